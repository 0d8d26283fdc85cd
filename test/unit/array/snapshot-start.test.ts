// A snapshot as a start: what goes out in one line, what counts as read, and what proves that it was ours.
import { describe, expect, it } from 'vitest';
import type { SnapshotStart } from '../../../src/array/array.js';
import { channelLost } from '../../../src/transport/failures.js';
import { refuses, scripted } from './scripted-array.js';

const VIEW = 'id!3\nname!vg\nvolume_count!2\nuid!77\nsource_snapshot!\n';
const HEADER =
  'id!name!volume_group_id!volume_group_name!time!state!matches_group!parent_uid!expiration_time!safeguarded';
const row = (name = 's_abc123', state = 'active', time = '261123120000'): string =>
  `${HEADER}\n0!${name}!3!vg!${time}!${state}!yes!77!!no\n`;
const CREATED = 'Snapshot, id [0], successfully created or triggered\n';

const ADD: SnapshotStart = {
  add: { volumeGroup: 'vg', name: 's_abc123', volumes: 2, retentionDays: 7, safeguarded: true },
};
const RESTORE: SnapshotStart = {
  restore: { volumeGroup: 'vg', name: 's_abc123', time: '261123120000' },
};
const lost = (seen: string): Error => Object.assign(channelLost('svc', 'gone'), { cause: seen });

async function start(order: SnapshotStart, answer: Parameters<typeof scripted>[0][string][number]) {
  const { array, lines } = scripted({ start: [answer] });
  const session = await array.reserveStart(1000);
  return { answer: await session.startSnapshot(order, 1000), lines };
}

describe('addsnapshot', () => {
  it('goes out behind its two reads, and is done when the array tells an id', async () => {
    const { answer, lines } = await start(ADD, { stdout: VIEW + CREATED });
    expect(answer).toMatchObject({ started: 'done', stateRead: 'absent' });
    expect(lines).toEqual([
      "lsvolumegroupsnapshot -snapshot s_abc123 -volumegroup vg -delim '!'; lsvolumegroup -delim '!' vg; " +
        'addsnapshot -volumegroup vg -name s_abc123 -retentiondays 7 -safeguarded',
    ]);
  });

  it.each<[string, string, string]>([
    ['a snapshot of that name before it', row() + VIEW + CREATED, 'exists'],
    [
      'another number of volumes',
      VIEW.replace('volume_count!2', 'volume_count!3') + CREATED,
      'changed',
    ],
    ['another group', VIEW.replace('name!vg', 'name!other') + CREATED, ''],
    ['no group', CREATED, ''],
  ])('says %s', async (_what, stdout, stateRead) => {
    expect((await start(ADD, { stdout })).answer).toMatchObject({ stateRead, started: 'done' });
  });

  it('is unknown without an id, whatever the exit says', async () => {
    expect((await start(ADD, { stdout: VIEW })).answer).toMatchObject({
      started: 'unknown',
      stateRead: 'absent',
    });
  });

  it('of a name that is taken is not-done: the one that is there is not ours', async () => {
    const { answer } = await start(ADD, { ...refuses('CMMVC6035E'), stdout: row() + VIEW });
    expect(answer).toMatchObject({ started: 'not-done', stateRead: 'exists', code: 'CMMVC6035E' });
  });

  it('keeps what was read when the rest is lost, and takes a cut view for nothing', async () => {
    expect((await start(ADD, lost(VIEW))).answer).toMatchObject({
      started: 'unknown',
      stateRead: 'absent',
    });
    const cut = VIEW.slice(0, VIEW.indexOf('volume_count!') + 'volume_count!2'.length);
    expect((await start(ADD, lost(cut))).answer).toMatchObject({
      started: 'unknown',
      stateRead: '',
    });
    // The listing alone, before the view: more of it may have been on its way.
    expect((await start(ADD, lost(''))).answer.stateRead).toBe('');
  });

  it.each(['vg; rmvolume a', "vg'", '-force'])(
    'never sends a name like %s',
    async (volumeGroup) => {
      const { array, lines } = scripted({});
      const session = await array.reserveStart(1000);
      const hostile = { add: { volumeGroup, name: 's_abc123', volumes: 1 } };
      await expect(session.startSnapshot(hostile, 1000)).rejects.toMatchObject({
        code: 'INVALID_NAME',
      });
      expect(lines).toEqual([]);
    },
  );
});

describe('restorefromsnapshot', () => {
  it('goes out behind a read of that very snapshot', async () => {
    const { answer, lines } = await start(RESTORE, { stdout: row() });
    expect(answer).toMatchObject({ started: 'done', stateRead: 'active' });
    expect(lines).toEqual([
      "lsvolumegroupsnapshot -snapshot s_abc123 -volumegroup vg -delim '!'; restorefromsnapshot -snapshot s_abc123 -volumegroup vg",
    ]);
  });

  it.each<[string, string, string]>([
    ['one of another time', row('s_abc123', 'active', '261124120000'), ''],
    ['one that is being deleted', row('s_abc123', 'deleting'), 'deleting'],
    ['none', '', ''],
    ['one whose row is cut', row().slice(0, -20), ''],
  ])('says that it read %s', async (_what, stdout, stateRead) => {
    expect((await start(RESTORE, { stdout })).answer.stateRead).toBe(stateRead);
  });
});
