// Snapshots that cannot be taken or restored, and answers that are lost: what is refused, what is found out, and what is left behind, which is nothing.
import { describe, expect, it } from 'vitest';
import { snapshotPart } from '../../../src/domain/plan.js';
import type { FlashCopyRequest } from '../../../src/domain/request.js';
import { carryOut, plan, rawRequest, volumes } from './carry-out.js';
import { failure, san, type San } from './san.js';
import {
  bytes,
  both,
  change,
  CLONES,
  cloning,
  grouped,
  PAIRS,
  refused,
  restoring,
  taken,
  taking,
} from './snapshot-requests.js';

describe('a mapping of a volume that has snapshots', () => {
  it('is refused by the plan, which names both, where the array would refuse at prepare', async () => {
    const made = await grouped();
    await made.ok('addsnapshot -volumegroup vg -name hourly_1');
    const { one_copy: overwrite } = await volumes(made, 'one_copy');
    const request = rawRequest([{ source: 'one', target: 'one_copy', overwrite: overwrite! }]);
    const failed = await failure(plan(made, request, 'aaaaaa'));
    expect(failed.type).toBe('VOLUME_HAS_SNAPSHOTS');
    expect(JSON.stringify(failed.details)).toContain('volume one has snapshot hourly_1');
    await made.ok('rmsnapshot -snapshot hourly_1 -volumegroup vg');
    expect((await failure(plan(made, request, 'aaaaaa'))).type).toBe('no failure');
  });

  it('is fine where the request is itself a snapshot', async () => {
    const made = await grouped();
    await made.ok('addsnapshot -volumegroup vg -name hourly_1');
    expect((await failure(plan(made, taking(), 'aaaaaa'))).type).toBe('no failure');
  });
});

describe('a snapshot that cannot be', () => {
  const untouched = (): Promise<void> => Promise.resolve();
  it.each<[string, (made: San) => Promise<unknown>, FlashCopyRequest, string, string]>([
    [
      'of a group that is not there',
      untouched,
      taking({ volumeGroup: 'ghost' }),
      'VOLUME_GROUP_NOT_FOUND',
      'ghost',
    ],
    [
      'of a part of a group',
      untouched,
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
      untouched,
      { ...taking(), copy: { ...taking().copy, rate: 80 } },
      'FIELD_NOT_FOR_SNAPSHOTS',
      'copy.rate',
    ],
    [
      'made incrementally',
      untouched,
      { ...taking(), copy: { ...taking().copy, incremental: true } },
      'FIELD_NOT_FOR_SNAPSHOTS',
      'copy.incremental',
    ],
    [
      'that is to become independent',
      untouched,
      { ...taking(), copy: { ...taking().copy, waitFor: 'copied' } },
      'NEVER_COPIED',
      'copy.waitFor',
    ],
    [
      'cloned over a volume',
      untouched,
      taking({ clone: 'clone' }, [{ source: 'one', target: 'data_copy' }, CLONES[1]!]),
      'CLONE_NAME_TAKEN',
      'data_copy',
    ],
    [
      'cloned into no pool',
      () => Promise.resolve(),
      cloning('clone', { clonePool: 'Pool9' }),
      'UNKNOWN_POOL',
      'Pool0',
    ],
  ])(
    '%s is refused by the plan, and nothing is touched',
    async (...[, before, request, code, says]) => {
      const made = await grouped();
      await before(made);
      const told = await refused(made, request);
      expect(told).toContain(code);
      expect(told).toContain(says);
      expect(await taken(made)).toEqual([]);
    },
  );

  it('shown to a host without clone is refused', async () => {
    const made = await grouped();
    const host = {
      host: 'dev1',
      mounts: [],
      synthesis: 'auto',
      volumeGroups: {},
      keepMapped: false,
    } as const;
    expect(await refused(made, { ...taking(), targets: [host] })).toContain(
      'SNAPSHOT_NOT_MAPPABLE',
    );
  });

  const back = (made: San): FlashCopyRequest =>
    restoring({ one: made.uid('one'), two: made.uid('two') }, 'nightly_aaaaaa');
  it.each<[string, string, string, (made: San) => FlashCopyRequest]>([
    ['8.4.2.0', 'taken', 'code level 8.4.2.0', () => taking()],
    ['8.6.0.0 (build 1)', 'taken', 'code level 8.6.0.0', () => taking()],
    ['8.4.2.0', 'restored', 'code level 8.4.2.0', back],
    ['8.6.0.0 (build 1)', 'restored', 'code level 8.6.0.0', back],
  ])(
    'on an array of level %s without the function, to be %s, is refused in one line',
    async (...given) => {
      const [codeLevel, , says, request] = given;
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
      const told = await refused(made, request(made));
      expect(told).toContain('SNAPSHOTS_NOT_SUPPORTED');
      expect(told).toContain(says);
      expect(told).not.toContain('VOLUME_GROUP');
      expect(told.trim().split('\n')).toHaveLength(1);
    },
  );

  it.each([
    ['holds another volume', 'chvdisk -volumegroup vg web_copy', 'PLAN_OUTDATED'],
    [
      'is another one of that name',
      'chvolumegroup -name old vg; mkvolumegroup -name vg',
      'PLAN_OUTDATED',
    ],
  ])('since the plan its group %s: it is not taken', async (_what, line, code) => {
    const made = await grouped();
    const planned = await plan(made, taking(), 'aaaaaa');
    await made.ok(line);
    const group = planned.groups[0]!;
    const ref = { set: 'raw', run: 'raw-aaaaaa' };
    expect((await failure(made.run('flashCopyEnsureGroup', { ...ref, group }))).type).toBe(code);
    const order = { ...ref, sources: [], maxPauseMs: 1_000 };
    const groups = [{ array: 'svc1', name: group.name, snapshot: snapshotPart(group)! }];
    expect((await failure(made.run('flashCopyTakePointInTime', { ...order, groups }))).type).toBe(
      code,
    );
    expect(await taken(made)).toEqual([]);
  });

  it('is not taken twice by one run: what it took in a life before is not its point in time', async () => {
    const made = await grouped();
    const { plan: planned, ref } = await carryOut(made, taking(), 'aaaaaa');
    const group = planned.groups[0]!;
    const groups = [{ array: 'svc1', name: group.name, snapshot: snapshotPart(group)! }];
    const again = made.run('flashCopyTakePointInTime', {
      ...ref,
      groups,
      sources: [],
      maxPauseMs: 1_000,
    });
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
      const seen = await made.run('flashCopyFenceGroup', {
        ...ref,
        ...group,
        newName: group.group,
        snapshot,
      });
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
    void made.clock
      .sleep(9_000)
      .then(() => made.ok(`addsnapshot -volumegroup vg -name ${group.group}`));
    const snapshot = planned.groups[0]!.snapshot!;
    await made.run('flashCopyUnprepareGroup', { ...ref, ...group, snapshot, patient: true });
    expect(made.system.state.snapshots.filter(({ deleting }) => deleting !== true)).toEqual([]);
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
    expect(
      await refused(made, JSON.parse(JSON.stringify(request(made))) as FlashCopyRequest),
    ).toContain(code);
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
    const prepare = made.run('flashCopyPrepareGroup', {
      ...ref,
      ...part,
      group: group!.name,
      timeoutMs: 1_000,
    });
    expect((await failure(prepare)).type).toBe('NOT_RELEASED');
    await made.ok('rmsnapshot -snapshot raw_aaaaaa -volumegroup vg');
    await made.clock.advance(5_000);
    await made.ok('addsnapshot -volumegroup vg -name raw_aaaaaa');
    const order = {
      ...ref,
      groups: [{ ...part, name: group!.name }],
      sources: [],
      maxPauseMs: 1_000,
    };
    expect((await failure(made.run('flashCopyTakePointInTime', order))).type).toBe('PLAN_OUTDATED');
    expect(await both(made)).toEqual(bytes('CD'));
  });
});
