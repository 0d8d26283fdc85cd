// Snapshots of volume groups, their clones and restores, as a request asks for them, judged by the bytes on the volumes.
import { describe, expect, it } from 'vitest';
import { snapshotPart } from '../../../src/domain/plan.js';
import type { FlashCopyRequest } from '../../../src/domain/request.js';
import { all, carryOut, plan, rawRequest, read, volumes, write } from './carry-out.js';
import { failure, san, type San } from './san.js';
import {
  bytes,
  both,
  change,
  cloning,
  grouped,
  refused,
  restoring,
  taken,
  taking,
  VG,
} from './snapshot-requests.js';

describe('a snapshot', () => {
  it('is the whole group at one instant: what is written afterwards is not in it, and a restore brings all of it back', async () => {
    const made = await grouped();
    const first = await carryOut(made, taking(), 'aaaaaa');
    expect(first.cut.starts).toEqual([
      expect.objectContaining({ started: 'done', preparedRead: true }),
    ]);
    expect(first.plan.lines.join('\n')).toContain(
      'add snapshot raw_aaaaaa of volume group vg: 2 volumes at one instant',
    );
    await change(made, 'CD');
    await carryOut(made, taking(), 'bbbbbb');
    await change(made, 'EF');
    expect(await taken(made)).toEqual(['raw_aaaaaa', 'raw_bbbbbb']);
    const back = await carryOut(made, restoring(made.uids, 'raw_aaaaaa'), 'cccccc');
    expect(back.cut.starts).toEqual([
      expect.objectContaining({ started: 'done', preparedRead: true }),
    ]);
    expect(back.plan.losses.join()).toContain(
      'everything that was written since snapshot raw_aaaaaa',
    );
    expect(await both(made)).toEqual(bytes('AB'));
    await made.clock.advance(600_000);
    await carryOut(made, restoring(made.uids, 'raw_bbbbbb'), 'dddddd');
    expect(await both(made)).toEqual(bytes('CD'));
  });

  it('is read as one instant of all its volumes, and as nothing once it is gone', async () => {
    const made = await grouped();
    const { group, plan: planned } = await carryOut(made, taking(), 'aaaaaa');
    const snapshot = snapshotPart(planned.groups[0]!)!;
    const seen = await made.run('flashCopyReadGroup', { ...group, snapshot });
    expect(seen).toMatchObject({ state: 'copying', mappings: ['one', 'two'] });
    expect(new Set(seen.startTimes).size).toBe(1);
    expect(seen.volumes.map(({ target, independent }) => [target, independent])).toEqual([
      ['raw_aaaaaa', false],
      ['raw_aaaaaa', false],
    ]);
    await made.ok('rmsnapshot -snapshot raw_aaaaaa -volumegroup vg');
    expect(await made.run('flashCopyReadGroup', { ...group, snapshot })).toMatchObject({
      state: 'empty',
      mappings: [],
    });
  });

  it('goes by itself when its retention has passed, not before', async () => {
    const made = await grouped();
    await carryOut(made, taking({ retentionMinutes: 30 }), 'aaaaaa');
    await made.clock.advance(29 * 60_000);
    await change(made, 'CD');
    await carryOut(made, restoring(made.uids, 'raw_aaaaaa'), 'bbbbbb');
    expect(await both(made)).toEqual(bytes('AB'));
    await made.clock.advance(10 * 60_000);
    expect(await taken(made)).toEqual([]);
    expect(await refused(made, restoring(made.uids, 'raw_aaaaaa'))).toContain('SNAPSHOT_NOT_FOUND');
    expect(await both(made)).toEqual(bytes('AB'));
  });

  it('that is safeguarded stays after a run that failed, which says so, and holds what it held', async () => {
    const made = await grouped();
    const {
      ref,
      group,
      plan: planned,
    } = await carryOut(made, taking({ retentionDays: 1, safeguarded: true }), 'aaaaaa');
    expect(planned.losses.join()).toContain('stays until it expires');
    const { snapshot } = planned.groups[0]!;
    const kept = await made.run('flashCopyUnprepareGroup', {
      ...ref,
      ...group,
      snapshot: snapshot!,
    });
    expect(kept?.why).toMatch(/safeguarded: it stays until \d{12}/);
    expect(
      (await failure(made.storage.removeSnapshot({ volumeGroup: 'vg', name: group.group }))).type,
    ).not.toBe('no failure');
    await change(made, 'CD');
    await carryOut(made, restoring(made.uids, 'raw_aaaaaa'), 'bbbbbb');
    expect(await both(made)).toEqual(bytes('AB'));
    await made.clock.advance(86_400_000);
    expect(await taken(made)).toEqual([]);
  });

  it('of volumes in mappings is taken when that is asked for, and leaves the mapping its copy', async () => {
    const made = await grouped();
    const uids = await volumes(made, 'copy');
    await carryOut(
      made,
      rawRequest([{ source: 'one', target: 'copy', overwrite: uids['copy']! }], { rate: 0 }, 'old'),
      'aaaaaa',
    );
    await write(made, 'one', 'C');
    await carryOut(made, taking({ ignoreLegacy: true }), 'bbbbbb');
    await change(made, 'DE');
    await carryOut(
      made,
      {
        ...restoring(made.uids, 'raw_bbbbbb'),
        copy: {
          ...restoring(made.uids, 'raw_bbbbbb').copy,
          snapshot: { ...VG, ignoreLegacy: true, restoreFrom: 'raw_bbbbbb' },
        },
      },
      'cccccc',
    );
    expect(await both(made)).toEqual(bytes('CB'));
    expect(await read(made, 'copy')).toBe(all('A'));
  });
});

describe('clones of a snapshot', () => {
  it.each(['clone', 'thinclone'] as const)(
    '(%s) are called as asked, hold the snapshot, and are written to alone',
    async (kind) => {
      const made = await grouped();
      const { plan: planned } = await carryOut(made, cloning(kind), 'aaaaaa');
      expect(planned.lines.join('\n')).toContain(
        'of it as volume group raw_aaaaaa: one -> one_new, two -> two_new',
      );
      await change(made, 'CD');
      expect(await both(made, ['one_new', 'two_new'])).toEqual(bytes('AB'));
      await write(made, 'two_new', 'W');
      expect(await both(made)).toEqual(bytes('CD'));
      await carryOut(made, restoring(made.uids, 'raw_aaaaaa'), 'bbbbbb');
      expect(await both(made)).toEqual(bytes('AB'));
      expect(await both(made, ['one_new', 'two_new'])).toEqual(bytes('AW'));
    },
  );

  it('become independent when they are clones: waited for, they outlive their snapshot', async () => {
    const made = await grouped();
    const request = cloning('clone');
    const { group, plan: planned } = await carryOut(
      made,
      { ...request, copy: { ...request.copy, waitFor: 'copied' } },
      'aaaaaa',
    );
    const order = { ...group, snapshot: snapshotPart(planned.groups[0]!)! };
    expect((await failure(made.run('flashCopyAwaitCopied', order))).type).toBe('COPY_RUNNING');
    await made.clock.advance(600_000);
    const end = await made.run('flashCopyAwaitCopied', order);
    expect(end.volumes.map(({ target, independent }) => [target, independent])).toEqual([
      ['one_new', true],
      ['two_new', true],
    ]);
    await made.storage.removeSnapshot({ volumeGroup: 'vg', name: 'raw_aaaaaa' });
    await change(made, 'CD');
    expect(await taken(made)).toEqual([]);
    expect(await both(made, ['one_new', 'two_new'])).toEqual(bytes('AB'));
  });

  it('that are thin never are, and one that was removed is lost', async () => {
    const made = await grouped();
    const { group, plan: planned } = await carryOut(made, cloning('thinclone'), 'aaaaaa');
    const order = { ...group, snapshot: snapshotPart(planned.groups[0]!)! };
    await made.clock.advance(600_000);
    expect((await failure(made.run('flashCopyAwaitCopied', order))).type).toBe('COPY_RUNNING');
    await made.ok('rmvdisk one_new');
    expect((await failure(made.run('flashCopyAwaitCopied', order))).type).toBe('COPY_STOPPED');
  });

  it('are made once, whatever answer is lost, and removed with the run, not while a host has them', async () => {
    const made = await grouped();
    for (const on of ['mkvolumegroup', 'chvdisk'])
      made.system.faults.add({ on, when: 'after', do: 'drop-connection' });
    const planned = await plan(made, cloning('thinclone'), 'aaaaaa');
    const [group] = planned.groups;
    const ref = { set: 'raw', run: 'raw-aaaaaa' };
    const groups = [{ array: 'svc1', name: group!.name, snapshot: snapshotPart(group!)! }];
    await made.run('flashCopyTakePointInTime', { ...ref, groups, sources: [], maxPauseMs: 1_000 });
    const make = () => made.run('flashCopyMakeClones', { ...ref, group: group! });
    for (const lost of [make(), make()]) expect((await failure(lost)).type).toBe('CHANNEL_LOST');
    const { volumes: clones } = await make();
    expect(clones.map(({ name }) => name)).toEqual(['one_new', 'two_new']);
    const vdisks = await made.storage.readVDisks(['one_new', 'two_new']);
    expect(clones).toEqual(vdisks.map(({ name, uid }) => ({ name, uid })));
    expect(await both(made, ['one_new', 'two_new'])).toEqual(bytes('AB'));

    const remove = () => made.run('flashCopyRemoveCreated', { ...ref, group: group! });
    await made.ok('mkvdiskhostmap -host dev1 one_new');
    expect((await failure(remove())).type).toBe('CREATED_IN_USE');
    await made.ok('rmvdiskhostmap -host dev1 one_new');
    await remove();
    await remove();
    expect(await made.storage.readVDisks(['one_new', 'two_new'])).toEqual([]);
    expect(await made.storage.readVolumeGroup(group!.name)).toBeUndefined();
    expect(await both(made)).toEqual(bytes('AB'));
  });
});

describe('with hosts', () => {
  const sources = [
    { host: 'web1', method: 'quiesce', units: [], applications: [], mounts: 'auto' } as const,
  ];
  const inGroup = async (): Promise<San> => {
    const made = await san();
    await made.ok('mkvolumegroup -name vg; chvdisk -volumegroup vg web');
    await made.web1.kernel.mountAt('/web')!.fileSystem.append('kept', Buffer.from('kept'));
    return made;
  };
  const cloned = (clone: 'clone' | 'thinclone'): FlashCopyRequest => ({
    ...rawRequest(
      [{ source: 'web', target: 'web_new' }],
      { rate: 50, kind: 'snapshot', snapshot: { ...VG, clone } },
      'web',
    ),
    ...{ sources, grade: 'filesystem' },
    targets: [
      {
        ...{ host: 'dev1', synthesis: 'auto', volumeGroups: {}, keepMapped: false },
        mounts: [{ from: '/web', at: '/copy/web', readOnly: false }],
      },
    ],
  });

  it.each(['clone', 'thinclone'] as const)(
    'a %s is mounted with both marks telling the truth, and an identity of its own',
    async (kind) => {
      const made = await inGroup();
      const { verdicts, cut, plan: planned } = await carryOut(made, cloned(kind), 'aaaaaa');
      expect(planned.targets[0]!.presentations[0]!.uid).toBe('new:svc1/web_new');
      expect(cut.attestations).toEqual([{ host: 'web1', broken: '' }]);
      expect(verdicts).toEqual([{ contradictions: [], checked: 1, changed: [] }]);
      const copy = made.dev1.kernel.mountAt('/copy/web')!.fileSystem;
      expect(copy.fileNames).toContain('kept');
      expect(copy.uuid).not.toBe(made.web1.kernel.mountAt('/web')!.fileSystem.uuid);
    },
  );

  it('a restore has the host of production let go first, and mounts there again what was mounted', async () => {
    const made = await inGroup();
    const taken = { ...cloned('clone'), targets: [] };
    const { clone: _none, ...plain } = taken.copy.snapshot!;
    const pairs = [{ array: 'svc1', volumes: [{ source: 'web', target: '' }] }];
    await carryOut(
      made,
      { ...taken, groups: pairs, copy: { ...taken.copy, snapshot: plain } },
      'aaaaaa',
    );
    const web = () => made.web1.kernel.mountAt('/web')!.fileSystem;
    await web().append('lost', Buffer.from('lost'));
    const before = (await made.storage.readHostMaps('web'))[0]!;
    const host = {
      host: 'web1',
      mounts: [],
      synthesis: 'auto',
      volumeGroups: {},
      keepMapped: false,
    } as const;
    const back = rawRequest(
      [{ source: '', target: 'web', overwrite: made.uid('web') }],
      { rate: 50, kind: 'restore-snapshot', snapshot: { ...VG, restoreFrom: 'web_aaaaaa' } },
      'back',
    );
    const { plan: planned, verdicts } = await carryOut(
      made,
      { ...back, targets: [host] },
      'bbbbbb',
    );
    expect(planned.lines).toContain('web1: unmount /web');
    expect(web().fileNames).toContain('kept');
    expect(web().fileNames).not.toContain('lost');
    expect(verdicts).toEqual([{ contradictions: [], checked: 0, changed: [] }]);
    expect(await made.storage.readHostMaps('web')).toEqual([before]);
  });
});
