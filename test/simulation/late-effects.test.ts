// A start whose answer is lost, and whose effect comes at once, in the pause, after it, after the fence, or long after the run: a copy that is
// reported as good holds exactly what was there between quiesce and give back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Vm } from './driver/sdk-vm.js';
import { carryOut, createLaboratory, story } from './laboratory.js';
import { fault, scenarioOf, type Shape } from './matrix.js';
import { CHANGE_LANDS_MS, LANDS_LATE_MS } from './world/faults.js';
import { reportOf } from './world/world.js';

let vm: Vm;
beforeAll(async () => {
  vm = await createLaboratory();
});
afterAll(() => vm.close());

const SHAPES: readonly { readonly what: string; readonly shape: Shape; readonly at: string }[] = [
  {
    what: 'a group, sources quiesced',
    shape: { method: 'quiesce', hosts: ['app1'] },
    at: 'session.startPrepared',
  },
  {
    what: 'a group, sources unmounted',
    shape: { method: 'unmount', hosts: ['app1', 'app2'] },
    at: 'session.startPrepared',
  },
  {
    what: 'a snapshot, sources quiesced',
    shape: { method: 'quiesce', hosts: ['app1', 'app2'], snapshot: 'thinclone' },
    at: 'session.startSnapshot',
  },
  {
    what: 'a snapshot, sources unmounted',
    shape: { method: 'unmount', hosts: ['app1'], snapshot: 'clone' },
    at: 'session.startSnapshot',
  },
];

const CASES = SHAPES.flatMap((one) => LANDS_LATE_MS.map((ms) => ({ ...one, ms })));

describe('a start whose answer is lost', () => {
  it.each(CASES)('is no false success when it lands $ms ms later: $what', async (one) => {
    const outcome = await carryOut(vm, {
      ...scenarioOf(one.shape, { faults: [fault(one.at, 'lands-late', { ms: one.ms })] }),
      again: one.shape.snapshot === undefined,
    });
    expect(outcome.violations, story(outcome)).toEqual([]);
    expect(outcome.world.acts.join()).toContain('lands-late');
    const report = reportOf(outcome.world.runsOf('copy')[0]!);
    // Seen within the pause it counts, and only then.
    const seen = one.ms < 5_000;
    const again = one.shape.method === 'quiesce';
    expect(report?.outcome).toBe(seen || again ? 'done' : 'failed');
    expect(report?.attempts?.map(({ error }) => error.code)).toEqual(
      seen || !again ? undefined : ['START_UNKNOWN'],
    );
  });
});

describe('a prepare whose answer is lost', () => {
  it.each(CHANGE_LANDS_MS)(
    'throws no good copy away when it lands %i ms later: it finds no group of its name',
    async (ms) => {
      const shape: Shape = { method: 'quiesce', hosts: ['app1'] };
      const faults = [fault('array.prepareGroup', 'lands-late', { ms })];
      const outcome = await carryOut(vm, scenarioOf(shape, { faults }));
      expect(outcome.violations, story(outcome)).toEqual([]);
      expect(outcome.world.faults.unused).toEqual([]);
      expect(reportOf(outcome.world.runsOf('copy')[0]!)?.outcome).toBe('done');
    },
  );
});
