// Outages by duration: what comes back is waited for, before the point in time for `within`, after it for hours. A person is called after minutes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Vm } from './driver/sdk-vm.js';
import { carryOut, createLaboratory, story } from './laboratory.js';
import { fault, scenarioOf, type Shape } from './matrix.js';
import { AWAY } from './world/faults.js';
import { reportOf } from './world/world.js';

const SHAPE: Shape = { method: 'quiesce', hosts: ['app1'] };
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let vm: Vm;
beforeAll(async () => {
  vm = await createLaboratory();
});
afterAll(() => vm.close());

async function outage(at: string, where: string, ms: number) {
  const faults = [fault(at, AWAY, { where, ms })];
  const outcome = await carryOut(vm, scenarioOf(SHAPE, { faults }));
  expect(outcome.violations, story(outcome)).toEqual([]);
  expect(outcome.world.faults.unused).toEqual([]);
  const run = outcome.world.runsOf('copy')[0]!;
  return { outcome, run, report: reportOf(run)! };
}

describe('after a good cut', () => {
  it.each([
    ['flashCopyPresent', 20 * SECOND],
    ['flashCopyPresent', 5 * MINUTE],
    ['flashCopyMount', 30 * MINUTE],
    ['flashCopyVerify', 120 * MINUTE],
  ])('a target host that is away at %s for %i ms costs time, not the copy', async (at, ms) => {
    const { outcome, run, report } = await outage(at, 'dev1', ms);
    expect(run.status, story(outcome)).toBe('COMPLETED');
    expect(report.verified).toBe(true);
  });

  it.each([20 * SECOND, 120 * MINUTE])(
    'an array that is away for %i ms while it copies costs time, not the copy',
    async (ms) => {
      const { outcome, run } = await outage('flashCopyReadGroup', 'svc1', ms);
      expect(run.status, story(outcome)).toBe('COMPLETED');
    },
  );
});

describe('before the point in time', () => {
  it.each([
    ['flashCopyPlan', 'svc1', 2 * MINUTE],
    ['flashCopyEnsureGroup', 'svc1', 2 * MINUTE],
    ['flashCopyReleaseTarget', 'dev1', 5 * MINUTE],
    ['flashCopyPreFlush', 'app1', 5 * MINUTE],
    ['flashCopyPrepareGroup', 'svc1', 2 * MINUTE],
  ])('an outage at %s of %s for %i ms is waited out', async (at, where, ms) => {
    const { outcome, run } = await outage(at, where, ms);
    expect(run.status, story(outcome)).toBe('COMPLETED');
  });

  it('an array that is away for 30 min ends the run, and the targets are shown again', async () => {
    const { outcome, run, report } = await outage('flashCopyPrepareGroup', 'svc1', 30 * MINUTE);
    expect(run.status, story(outcome)).toBe('FAILED');
    expect(report.error?.code).toBe('UNREACHABLE');
    expect(report.compensation.filter(({ ok }) => !ok)).toEqual([]);
    const notes = report.compensation.map(({ note }) => note ?? '').join();
    expect(notes).not.toContain('left released');
  });
});

describe('a person', () => {
  it('is called when a target host is away for minutes, and called off when it is back', async () => {
    const { outcome } = await outage('flashCopyPresent', 'dev1', 30 * MINUTE);
    const said = outcome.world.notices.map(({ way, notice }) => `${way} ${notice.what}`);
    expect(said.sort()).toEqual(
      ['command', 'webhook'].flatMap((way) => [`${way} outage`, `${way} outage-over`]),
    );
  });

  it('is not called for what a node failover takes', async () => {
    const { outcome } = await outage('flashCopyReadGroup', 'svc1', 3 * MINUTE);
    expect(outcome.world.notices).toEqual([]);
  });
});

it('an outage writes nothing to the history of its run', async () => {
  const events = async (ms: number): Promise<number> =>
    (await outage('flashCopyPresent', 'dev1', ms)).run.events.length;
  expect(await events(120 * MINUTE)).toBe(await events(0));
});

it('workers that die again and again use up nothing', async () => {
  const deaths = Array.from({ length: 12 }, (_, at) =>
    fault('flashCopyEnsureGroup', 'worker-killed', { nth: at + 1 }),
  );
  const outcome = await carryOut(vm, scenarioOf(SHAPE, { faults: deaths }));
  expect(outcome.world.runsOf('copy')[0]?.status, story(outcome)).toBe('COMPLETED');
  expect(outcome.violations, story(outcome)).toEqual([]);
});
