// Activities that no worker takes for minutes: nothing stands still unwatched, and no pause comes from a prepare that is too old.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Vm } from './driver/sdk-vm.js';
import { carryOut, createLaboratory, story } from './laboratory.js';
import { fault, scenarioOf, type Method } from './matrix.js';
import { QUEUED_MS } from './world/faults.js';
import { reportOf } from './world/world.js';

let vm: Vm;
beforeAll(async () => {
  vm = await createLaboratory();
});
afterAll(() => vm.close());

const PAUSES: readonly (readonly [Method, string])[] = [
  ['quiesce', 'flashCopyTakePointInTime'],
  ['unmount', 'flashCopyTakeDown'],
  ['unmount', 'flashCopyStartGroups'],
];

describe('a pause that no worker takes up', () => {
  it.each(PAUSES)('is given up before the lease of its guard ends: %s, %s', async (method, at) => {
    const shape = { method, hosts: ['app1', 'app2'] };
    const outcome = await carryOut(vm, {
      ...scenarioOf(shape, { faults: [fault(at, 'queued', { ms: QUEUED_MS })] }),
      again: true,
    });
    expect(outcome.violations, story(outcome)).toEqual([]);
    const report = reportOf(outcome.world.runsOf('copy')[0]!);
    // A source that is only quiesced is asked again.
    const error = method === 'quiesce' ? report?.attempts?.[0]?.error : report?.error;
    expect(error).toMatchObject({ code: 'QUEUED_TOO_LONG', outcome: 'not-done' });
    const starts = outcome.world.san.arrays.get('svc1')!.starts.filter(({ ours }) => ours);
    expect(starts).toHaveLength(method === 'quiesce' ? 2 : 1);
  });

  it('is refused at its own moment when the group has been prepared for too long meanwhile', async () => {
    const wait = fault('flashCopyTakePointInTime', 'queued', { ms: 25_000 });
    // The array takes its time to say that it is prepared, and then to open a session.
    const slow = [
      fault('array.readGroup', 'stalls', { where: 'svc1', nth: 2, ms: 25_000 }),
      fault('array.reserveStart', 'stalls', { where: 'svc1', ms: 15_000 }),
    ];
    const shape = { method: 'quiesce' as const, hosts: ['app1'] };
    const outcome = await carryOut(
      vm,
      scenarioOf(shape, { faults: [wait, ...slow], order: { attempts: 1 } }),
    );
    expect(outcome.violations, story(outcome)).toEqual([]);
    expect(reportOf(outcome.world.runsOf('copy')[0]!)?.error?.code).toBe('PREPARED_TOO_LONG');
  });
});
