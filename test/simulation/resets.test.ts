// Runs that are reset, open or closed: replayed under another run id they answer the commands of their history, or no server goes on with them.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playOnDriver } from './conformance/on-driver.js';
import type { Scenario } from './conformance/script.js';
import { NotDeterministic } from './driver/replay.js';
import { bundleCode, createVm, type Vm } from './driver/sdk-vm.js';
import { carryOut, createLaboratory, story } from './laboratory.js';
import { fault, scenarioOf, type Shape } from './matrix.js';
import { ENDED } from './world/faults.js';

const SHAPE: Shape = { method: 'quiesce', hosts: ['app1'] };

let scripts: Vm;
let vm: Vm;
beforeAll(async () => {
  const workflows = fileURLToPath(new URL('./conformance/workflows.ts', import.meta.url));
  scripts = await createVm(await bundleCode(workflows));
  vm = await createLaboratory();
});
afterAll(async () => {
  await scripts.close();
  await vm.close();
});

describe('the driver, as core does', () => {
  const reset = (as: 'branch' | 'argument'): Scenario => ({
    name: as,
    script: [
      { op: 'ofRunId', as },
      { op: 'sleep', ms: 100 },
    ],
    then: [{ at: 5_000, do: 'reset', tasks: 2 }],
  });

  it('goes on with a reset run whose commands differ in an argument only', async () => {
    const { runs } = await playOnDriver(scripts, reset('argument'));
    expect(runs.map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED']);
  });

  it('does not with one that branches on its run id, and names both commands', async () => {
    const error = await playOnDriver(scripts, reset('branch')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NotDeterministic);
    expect((error as Error).message).toMatch(/startTimer 1 became scheduleActivity deed 1/);
  });
});

describe('a copy that was aborted', () => {
  it.each(['flashCopyPlan', 'flashCopyPrepareGroup', 'flashCopyMount', 'flashCopyVerify'])(
    'at %s and is reset to its last task ends again',
    async (at) => {
      const faults = [fault(at, 'abort'), fault(ENDED, 'reset')];
      const outcome = await carryOut(vm, { ...scenarioOf(SHAPE, { faults }), again: true });
      expect(outcome.violations, story(outcome)).toEqual([]);
      const runs = outcome.world.runsOf('copy').slice(0, 2);
      expect(runs.map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
    },
  );
});
