// The point in time is taken again within the same run when it failed without harm, and only then.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Vm } from './driver/sdk-vm.js';
import { carryOut, createLaboratory, story } from './laboratory.js';
import { fault, scenarioOf, type Road, type Shape } from './matrix.js';
import type { Fault } from './world/faults.js';
import { reportOf } from './world/world.js';

let vm: Vm;
beforeAll(async () => {
  vm = await createLaboratory();
});
afterAll(() => vm.close());

const QUIESCE: Shape = { method: 'quiesce', hosts: ['app1', 'app2'] };

async function copy(faults: readonly Fault[], order: Road['order'] = {}, shape = QUIESCE) {
  const outcome = await carryOut(vm, scenarioOf(shape, { faults, order }));
  expect(outcome.violations, story(outcome)).toEqual([]);
  const [run] = outcome.world.runsOf('copy');
  return { status: run!.status, report: reportOf(run!)! };
}

const HICCUPS: readonly (readonly [string, Fault])[] = [
  ['START_UNKNOWN', fault('session.startPrepared', 'lands-late', { where: 'svc1', ms: 15_000 })],
  ['QUIESCE_BROKEN', fault('session.startPrepared', 'foreign-thaw', { where: 'svc1' })],
  ['OPENING_OVERDUE', fault('source.arm', 'stalls', { where: 'app2', ms: 30_000 })],
  ['QUEUED_TOO_LONG', fault('flashCopyTakePointInTime', 'queued', { ms: 200_000 })],
  ['TIMED_OUT', fault('flashCopyTakePointInTime', 'answer-lost')],
];

describe('a point in time that failed without harm', () => {
  it.each(HICCUPS)('is taken again, and the copy is good: %s', async (code, hiccup) => {
    const { report } = await copy([hiccup]);
    expect(report).toMatchObject({ outcome: 'done', grade: 'filesystem', verified: true });
    expect(report.attempts).toMatchObject([{ attempt: 1, error: { code, outcome: 'not-done' } }]);
    expect(report.pauses.map(({ broken }) => broken)).toEqual(['', '']);
  });

  it('keeps the pauses of each attempt apart', async () => {
    const { report } = await copy([HICCUPS[0]![1]]);
    const [first] = report.attempts!;
    for (const { host, givenBackAt } of first!.pauses) {
      const second = report.pauses.find((pause) => pause.host === host);
      expect(second?.beganAt).toBeGreaterThan(givenBackAt);
    }
  });

  it('reports the first cause after the last attempt', async () => {
    const { report } = await copy([
      HICCUPS[0]![1],
      fault('source.arm', 'stalls', { where: 'app2', nth: 2, ms: 30_000 }),
    ]);
    expect(report.error?.code).toBe('START_UNKNOWN');
    expect(report.attempts).toHaveLength(1);
  });

  it('is left at one attempt where the request says so', async () => {
    const { status, report } = await copy([HICCUPS[0]![1]], { attempts: 1 });
    expect({ status, code: report.error?.code }).toEqual({
      ...{ status: 'FAILED', code: 'START_UNKNOWN' },
    });
    expect(report.attempts).toBeUndefined();
  });

  it('is taken again by unmounting only where the request says so', async () => {
    const unmount: Shape = { method: 'unmount', hosts: ['app1'] };
    const lost = [HICCUPS[0]![1]];
    expect((await copy(lost, {}, unmount)).status).toBe('FAILED');
    expect((await copy(lost, { attempts: 2 }, unmount)).report.outcome).toBe('done');
  });
});

describe('no other attempt', () => {
  it('follows a refusal for good', async () => {
    const { status, report } = await copy([fault('source.arm', 'refused', { where: 'app2' })]);
    expect({ status, attempts: report.attempts }).toEqual({ status: 'FAILED' });
  });

  it('follows a cancel that came with the trouble, or between two attempts', async () => {
    for (const at of ['flashCopyFenceGroup', 'flashCopyUnprepareGroup']) {
      const { status } = await copy([HICCUPS[0]![1], fault(at, 'cancel')]);
      expect(status).toBe('CANCELLED');
    }
  });
});
