// A volume group that a snapshot policy of the array serves too: a run takes and withdraws its own snapshots, and nothing of the policy's.
import { describe, expect, it } from 'vitest';
import { snapshotPart, type Plan } from '../../../src/domain/plan.js';
import { carryOut, plan } from './carry-out.js';
import { failure, type San } from './san.js';
import { bytes, both, change, grouped, restoring, taken, taking } from './snapshot-requests.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const POLICY =
  'mksnapshotpolicy -name p -backupunit hour -backupinterval 6 -backupstarttime 2001010300 -retentiondays 30';

/** `one` full of A and `two` full of B in vg, which has a snapshot of its policy: snapshot0. */
async function served(): Promise<Awaited<ReturnType<typeof grouped>>> {
  const made = await grouped();
  await made.ok(`${POLICY}; chvolumegroup -snapshotpolicy p vg`);
  await made.clock.advance(6 * HOUR_MS);
  expect(await taken(made)).toEqual(['snapshot0']);
  return made;
}

const withdraw = (
  made: San,
  { group, ref, plan: planned }: { group: object; ref: object; plan: Plan },
) =>
  made.run('flashCopyUnprepareGroup', {
    ...ref,
    ...group,
    snapshot: planned.groups[0]!.snapshot!,
  } as never);
const removals = ({ system }: San): number => system.statistics.commands.get('rmsnapshot') ?? 0;

describe('a volume group with a snapshot policy', () => {
  it('is planned and snapshot as any other; the withdrawal of a failed run takes its own away alone', async () => {
    const made = await served();
    await change(made, 'CD');
    const run = await carryOut(made, taking(), 'aaaaaa');
    expect(run.cut.starts).toEqual([
      expect.objectContaining({ started: 'done', preparedRead: true }),
    ]);
    expect(await taken(made)).toEqual(['snapshot0', 'raw_aaaaaa']);
    expect(await withdraw(made, run)).toBeUndefined();
    expect(await taken(made)).toEqual(['snapshot0']);
    expect(removals(made)).toBe(1);
  });

  it('keeps what the policy took when it is called as the run would call its own: the run stops, its withdrawal removes nothing', async () => {
    const made = await served();
    await made.ok('chsnapshot -snapshot snapshot0 -volumegroup vg -name raw_aaaaaa');
    const order = { array: 'svc1', group: 'raw_aaaaaa' };
    const planned = await made.run('flashCopyPlan', { request: taking(), token: 'bbbbbb' });
    const [group] = planned.groups;
    const named = { ...planned, groups: [{ ...group!, name: 'raw_aaaaaa' }] };
    const snapshot = snapshotPart(group!)!;
    const early = made.run('flashCopyTakePointInTime', {
      ...{ set: 'raw', run: 'raw-aaaaaa', sources: [], maxPauseMs: 1_000 },
      groups: [{ array: 'svc1', name: 'raw_aaaaaa', snapshot }],
    });
    expect(JSON.stringify(await failure(early))).toContain(
      'a snapshot policy of the array took it',
    );
    expect(
      await withdraw(made, { group: order, ref: { set: 'raw', run: 'raw-aaaaaa' }, plan: named }),
    ).toBeUndefined();
    expect(await taken(made)).toEqual(['raw_aaaaaa']);
    expect(removals(made)).toBe(0);
  });

  it('loses by retention what a run took when its time is over, and nothing of the policy; the janitor removes none', async () => {
    const made = await served();
    await carryOut(made, taking({ retentionDays: 1 }), 'aaaaaa');
    await made.clock.advance(DAY_MS + HOUR_MS);
    expect(await taken(made)).toEqual(['snapshot0', ...[2, 3, 4, 5].map((id) => `snapshot${id}`)]);
    expect((await made.run('flashCopyTidyArray', { array: 'svc1' })).repaired).toEqual([]);
    expect(await taken(made)).toHaveLength(5);
    expect(removals(made)).toBe(0);
  });

  it('is restored from what the policy took, by its name', async () => {
    const made = await served();
    await change(made, 'CD');
    const request = restoring(made.uids, 'snapshot0');
    expect((await plan(made, request, 'aaaaaa')).losses.join()).toContain(
      'since snapshot snapshot0',
    );
    await carryOut(made, request, 'bbbbbb');
    expect(await both(made)).toEqual(bytes('AB'));
    expect(await taken(made)).toEqual(['snapshot0']);
  });
});
