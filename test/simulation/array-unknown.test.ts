// An array that never answers: its ledger is unknown, so there is no lock to free.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Vm } from './driver/sdk-vm.js';
import { carryOut, createLaboratory, story } from './laboratory.js';
import { fault, scenarioOf } from './matrix.js';

let vm: Vm;
beforeAll(async () => {
  vm = await createLaboratory();
});
afterAll(() => vm.close());

describe('a copy of an array that never says who it is', () => {
  it('ends, and holds nothing', async () => {
    const shape = { method: 'quiesce', hosts: ['app1'] } as const;
    const faults = [fault('flashCopyReadSystem', 'refused')];
    const outcome = await carryOut(vm, scenarioOf(shape, { faults }));
    expect(outcome.violations, story(outcome)).toEqual([]);
    const [first] = outcome.world.runsOf('copy');
    expect(first?.status).toBe('FAILED');
    expect(first?.events.filter((event) => event.includes('flashCopyUnlock'))).toEqual([]);
  });
});
