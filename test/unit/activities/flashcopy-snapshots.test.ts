// Snapshots of volume groups, as a request asks for them, judged by the bytes on the volumes: what goes wrong first, then what goes well.
import { describe, expect, it } from 'vitest';
import { snapshotPart } from '../../../src/domain/plan.js';
import type { FlashCopyRequest, RequestedSnapshot, VolumePair } from '../../../src/domain/request.js';
import { all, carryOut, plan, rawRequest, read, volumes, write } from './carry-out.js';
import { failure, san, type San } from './san.js';

const VG = { volumeGroup: 'vg', safeguarded: false, ignoreLegacy: false };
const PAIRS = ['one', 'two'].map((source) => ({ source, target: '' }));
const CLONES = ['one', 'two'].map((source) => ({ source, target: `${source}_new` }));

/** Volumes `one` full of A and `two` full of B, in volume group vg. */
async function grouped(): Promise<San & { uids: Record<string, string> }> {
  const made = await san();
  const uids = await volumes(made, 'one', 'two');
  await made.ok('mkvolumegroup -name vg');
  for (const name of ['one', 'two']) await made.ok(`chvdisk -volumegroup vg ${name}`);
  await write(made, 'one', 'A');
  await write(made, 'two', 'B');
  return { ...made, uids };
}

const taking = (snapshot: Partial<RequestedSnapshot> = {}, pairs: readonly VolumePair[] = PAIRS): FlashCopyRequest =>
  rawRequest(pairs, { rate: 50, kind: 'snapshot', snapshot: { ...VG, ...snapshot } });
const cloning = (clone: 'clone' | 'thinclone', more: Partial<RequestedSnapshot> = {}): FlashCopyRequest =>
  taking({ clone, ...more }, CLONES);
const restoring = (uids: Record<string, string>, restoreFrom: string): FlashCopyRequest =>
  rawRequest(
    ['one', 'two'].map((target) => ({ source: '', target, overwrite: uids[target]! })),
    { rate: 50, kind: 'restore-snapshot', snapshot: { ...VG, restoreFrom } },
  );

const both = async (made: San, names = ['one', 'two']): Promise<string[]> => [
  await read(made, names[0]!),
  await read(made, names[1]!),
];
const change = async (made: San, marks: string): Promise<void> => {
  await write(made, 'one', marks.charAt(0));
  await write(made, 'two', marks.charAt(1));
};
const bytes = (marks: string): string[] => [all(marks.charAt(0)), all(marks.charAt(1))];
const taken = async (made: San) => (await made.storage.readSnapshots('vg')).map(({ name }) => name);
const refused = async (made: San, request: FlashCopyRequest): Promise<string> =>
  JSON.stringify((await failure(plan(made, request, 'aaaaaa'))).details);

describe('a snapshot that cannot be', () => {
  it.each<[string, (made: San) => Promise<unknown>, FlashCopyRequest, string, string]>([
    [
      'of a group that is not there',
      () => Promise.resolve(),
      taking({ volumeGroup: 'ghost' }),
      'VOLUME_GROUP_NOT_FOUND',
      'ghost',
    ],
    [
      'of a part of a group',
      () => Promise.resolve(),
      taking({}, [PAIRS[0]!]),
      'VOLUME_GROUP_DIFFERS',
      'it also holds two',
    ],
    [
      'of a volume outside',
      (made) => made.ok('chvdisk -novolumegroup two'),
      taking(),
      'VOLUME_GROUP_DIFFERS',
      'does not hold two',
    ],
    [
      'of volumes in mappings',
      (made) => made.ok('mkfcmap -source one -target data_copy -name byhand'),
      taking(),
      'VOLUME_IN_MAPPING',
      'byhand: remove the mapping, or say copy.snapshot.ignoreLegacy',
    ],
    [
      'with a rate of its own',
      () => Promise.resolve(),
      { ...taking(), copy: { ...taking().copy, rate: 80 } },
      'FIELD_NOT_FOR_SNAPSHOTS',
      'copy.rate',
    ],
    [
      'made incrementally',
      () => Promise.resolve(),
      { ...taking(), copy: { ...taking().copy, incremental: true } },
      'FIELD_NOT_FOR_SNAPSHOTS',
      'copy.incremental',
    ],
    [
      'that is to become independent',
      () => Promise.resolve(),
      { ...taking(), copy: { ...taking().copy, waitFor: 'copied' } },
      'NEVER_COPIED',
      'copy.waitFor',
    ],
    [
      'cloned over a volume',
      () => Promise.resolve(),
      taking({ clone: 'clone' }, [{ source: 'one', target: 'data_copy' }, CLONES[1]!]),
      'CLONE_NAME_TAKEN',
      'data_copy',
    ],
    ['cloned into no pool', () => Promise.resolve(), cloning('clone', { clonePool: 'Pool9' }), 'UNKNOWN_POOL', 'Pool0'],
  ])('%s is refused by the plan, and nothing is touched', async (_what, before, request, code, says) => {
    const made = await grouped();
    await before(made);
    const told = await refused(made, request);
    expect(told).toContain(code);
    expect(told).toContain(says);
    expect(await taken(made)).toEqual([]);
  });

  it('shown to a host without clone is refused', async () => {
    const made = await grouped();
    const host = { host: 'dev1', mounts: [], synthesis: 'auto', volumeGroups: {}, keepMapped: false } as const;
    expect(await refused(made, { ...taking(), targets: [host] })).toContain('SNAPSHOT_NOT_MAPPABLE');
  });

  it.each([
    ['8.4.2.0', 'SNAPSHOTS_NOT_SUPPORTED', 'code level 8.4.2.0'],
    ['8.6.0.0 (build 1)', 'SNAPSHOTS_NOT_SUPPORTED', 'code level 8.6.0.0'],
  ])('on an array of level %s without the function is refused in one line', async (codeLevel, code, says) => {
    const made = await san((deps) => ({
      arrays: (name) => {
        const array = deps.arrays(name);
        const absent = Object.assign(Object.create(array) as typeof array, {
          readSystem: async () => ({ ...(await array.readSystem()), codeLevel }),
        });
        return absent;
      },
    }));
    await volumes(made, 'one', 'two');
    made.system.faults.add({ on: 'lsvolumegroup', do: { code: 'CMMVC7205E' }, times: 9 });
    const told = await refused(made, taking());
    expect(told).toContain(code);
    expect(told).toContain(says);
    expect(told).not.toContain('VOLUME_GROUP');
  });

  it.each([
    ['holds another volume', 'chvdisk -volumegroup vg web_copy', 'PLAN_OUTDATED'],
    ['is another one of that name', 'chvolumegroup -name old vg; mkvolumegroup -name vg', 'PLAN_OUTDATED'],
  ])('since the plan its group %s: it is not taken', async (_what, line, code) => {
    const made = await grouped();
    const planned = await plan(made, taking(), 'aaaaaa');
    await made.ok(line);
    const group = planned.groups[0]!;
    const ref = { set: 'raw', run: 'raw-aaaaaa' };
    expect((await failure(made.run('flashCopyEnsureGroup', { ...ref, group }))).type).toBe(code);
    const order = { ...ref, sources: [], maxPauseMs: 1_000 };
    const groups = [{ array: 'svc1', name: group.name, snapshot: snapshotPart(group)! }];
    expect((await failure(made.run('flashCopyTakePointInTime', { ...order, groups }))).type).toBe(code);
    expect(await taken(made)).toEqual([]);
  });

  it('is not taken twice by one run: what it took in a life before is not its point in time', async () => {
    const made = await grouped();
    const { plan: planned, ref } = await carryOut(made, taking(), 'aaaaaa');
    const group = planned.groups[0]!;
    const groups = [{ array: 'svc1', name: group.name, snapshot: snapshotPart(group)! }];
    const again = made.run('flashCopyTakePointInTime', { ...ref, groups, sources: [], maxPauseMs: 1_000 });
    expect((await failure(again)).type).toBe('SNAPSHOT_EXISTS');
  });
});

describe('an answer to addsnapshot that is lost', () => {
  it.each(['before', 'after'] as const)(
    '%s it ran leaves the start unknown; looking tells, and the undo leaves nothing',
    async (when) => {
      const made = await grouped();
      made.system.faults.add({ on: 'addsnapshot', when, do: 'drop-connection' });
      const { cut, plan: planned, ref, group } = await carryOut(made, taking(), 'aaaaaa');
      expect(cut.error?.code).toBe('START_UNKNOWN');
      expect(cut.starts[0]?.started).toBe('unknown');
      const snapshot = snapshotPart(planned.groups[0]!)!;
      const seen = await made.run('flashCopyFenceGroup', { ...ref, ...group, newName: group.group, snapshot });
      expect(seen.state).toBe(when === 'after' ? 'copying' : 'empty');
      await made.run('flashCopyUnprepareGroup', { ...ref, ...group, snapshot: snapshot.planned });
      expect(await taken(made)).toEqual([]);
      expect(await both(made)).toEqual(bytes('AB'));
    },
  );

  it('is waited for: a snapshot that comes late is still found and goes', async () => {
    const made = await grouped();
    const planned = await plan(made, taking(), 'aaaaaa');
    const group = { array: 'svc1', group: planned.groups[0]!.name };
    const ref = { set: 'raw', run: 'raw-aaaaaa' };
    void made.clock.sleep(9_000).then(() => made.ok(`addsnapshot -volumegroup vg -name ${group.group}`));
    const snapshot = planned.groups[0]!.snapshot!;
    await made.run('flashCopyUnprepareGroup', { ...ref, ...group, snapshot, patient: true });
    expect(made.system.state.snapshots.filter(({ deleting }) => deleting !== true)).toEqual([]);
  });
});

describe('a snapshot', () => {
  it('is the whole group at one instant: what is written afterwards is not in it, and a restore brings all of it back', async () => {
    const made = await grouped();
    const first = await carryOut(made, taking(), 'aaaaaa');
    expect(first.cut.starts).toEqual([expect.objectContaining({ started: 'done', preparedRead: true })]);
    expect(first.plan.lines.join('\n')).toContain(
      'add snapshot raw_aaaaaa of volume group vg: 2 volumes at one instant',
    );
    await change(made, 'CD');
    await carryOut(made, taking(), 'bbbbbb');
    await change(made, 'EF');
    expect(await taken(made)).toEqual(['raw_aaaaaa', 'raw_bbbbbb']);
    const back = await carryOut(made, restoring(made.uids, 'raw_aaaaaa'), 'cccccc');
    expect(back.cut.starts).toEqual([expect.objectContaining({ started: 'done', preparedRead: true })]);
    expect(back.plan.losses.join()).toContain('everything that was written since snapshot raw_aaaaaa');
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
    const kept = await made.run('flashCopyUnprepareGroup', { ...ref, ...group, snapshot: snapshot! });
    expect(kept?.why).toMatch(/safeguarded: it stays until \d{12}/);
    expect((await failure(made.storage.removeSnapshot({ volumeGroup: 'vg', name: group.group }))).type).not.toBe(
      'no failure',
    );
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
      expect(planned.lines.join('\n')).toContain('of it as volume group raw_aaaaaa: one -> one_new, two -> two_new');
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
    for (const on of ['mkvolumegroup', 'chvdisk']) made.system.faults.add({ on, when: 'after', do: 'drop-connection' });
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

    const remove = () =>
      made.run('flashCopyRemoveCreated', { ...ref, group: group!, created: [`clone:${group!.name}`] });
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

describe('a restore from a snapshot', () => {
  it.each<[string, (made: San & { uids: Record<string, string> }) => FlashCopyRequest, string]>([
    ['that is not there', (made) => restoring(made.uids, 'ghost'), 'SNAPSHOT_NOT_FOUND'],
    ['over volumes nobody confirmed', () => restoring({}, 'raw_aaaaaa'), 'TARGET_NOT_CONFIRMED'],
    [
      'over the wrong volumes',
      (made) => restoring({ one: made.uids['two']!, two: made.uids['one']! }, 'raw_aaaaaa'),
      'OVERWRITE_UID_WRONG',
    ],
    [
      'that hosts would watch',
      (made) => ({
        ...restoring(made.uids, 'raw_aaaaaa'),
        sources: [{ host: 'app1', method: 'quiesce', units: [], applications: [], mounts: 'auto' }],
      }),
      'RESTORE_HAS_NO_SOURCES',
    ],
  ])('%s is refused, and nothing is overwritten', async (_what, request, code) => {
    const made = await grouped();
    await carryOut(made, taking(), 'aaaaaa');
    await change(made, 'CD');
    expect(await refused(made, JSON.parse(JSON.stringify(request(made))) as FlashCopyRequest)).toContain(code);
    expect(await both(made)).toEqual(bytes('CD'));
  });

  it('is not begun while a volume is mapped, nor of a snapshot that is another one by now', async () => {
    const made = await grouped();
    await carryOut(made, taking(), 'aaaaaa');
    await change(made, 'CD');
    const planned = await plan(made, restoring(made.uids, 'raw_aaaaaa'), 'bbbbbb');
    const [group] = planned.groups;
    const ref = { set: 'raw', run: 'raw-bbbbbb' };
    const part = { array: 'svc1', snapshot: snapshotPart(group!)! };
    await made.ok('mkvdiskhostmap -host dev1 two');
    const prepare = made.run('flashCopyPrepareGroup', { ...ref, ...part, group: group!.name, timeoutMs: 1_000 });
    expect((await failure(prepare)).type).toBe('NOT_RELEASED');
    await made.ok('rmsnapshot -snapshot raw_aaaaaa -volumegroup vg');
    await made.clock.advance(5_000);
    await made.ok('addsnapshot -volumegroup vg -name raw_aaaaaa');
    const order = { ...ref, groups: [{ ...part, name: group!.name }], sources: [], maxPauseMs: 1_000 };
    expect((await failure(made.run('flashCopyTakePointInTime', order))).type).toBe('PLAN_OUTDATED');
    expect(await both(made)).toEqual(bytes('CD'));
  });
});

describe('with hosts', () => {
  const sources = [{ host: 'web1', method: 'quiesce', units: [], applications: [], mounts: 'auto' } as const];
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
      expect(verdicts).toEqual([{ contradictions: [], checked: 1 }]);
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
    await carryOut(made, { ...taken, groups: pairs, copy: { ...taken.copy, snapshot: plain } }, 'aaaaaa');
    const web = () => made.web1.kernel.mountAt('/web')!.fileSystem;
    await web().append('lost', Buffer.from('lost'));
    const before = (await made.storage.readHostMaps('web'))[0]!;
    const host = { host: 'web1', mounts: [], synthesis: 'auto', volumeGroups: {}, keepMapped: false } as const;
    const back = rawRequest(
      [{ source: '', target: 'web', overwrite: made.uid('web') }],
      { rate: 50, kind: 'restore-snapshot', snapshot: { ...VG, restoreFrom: 'web_aaaaaa' } },
      'back',
    );
    const { plan: planned, verdicts } = await carryOut(made, { ...back, targets: [host] }, 'bbbbbb');
    expect(planned.lines).toContain('web1: unmount /web');
    expect(web().fileNames).toContain('kept');
    expect(web().fileNames).not.toContain('lost');
    expect(verdicts).toEqual([{ contradictions: [], checked: 0 }]);
    expect(await made.storage.readHostMaps('web')).toEqual([before]);
  });
});
