// A copy and its target hosts: whatever a run or its former life did there, nobody is locked out, and data that was not touched is shown again.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withMethods } from '../../src/testing/index.js';
import type { Vm } from './driver/sdk-vm.js';
import { carryOut, createLaboratory, story } from './laboratory.js';
import { fault, scenarioOf, type Shape } from './matrix.js';
import { reportOf } from './world/world.js';

const SHAPE: Shape = { method: 'quiesce', hosts: ['app1'] };

let vm: Vm;
beforeAll(async () => {
  vm = await createLaboratory();
});
afterAll(() => vm.close());

describe('a copy that was reset between the lock of its target host and the end of synthesis', () => {
  it.each([0, 8, 16, 24, 32, 40, 48, 56])(
    '%s ms of history back, and then fails, leaves no lock',
    async (ms) => {
      const faults = [
        fault('flashCopyPresent', 'reset', { ms }),
        ...[1, 2].map((nth) => fault('flashCopyPrepareGroup', 'refused', { nth: nth + 1 })),
      ];
      const outcome = await carryOut(vm, scenarioOf(SHAPE, { faults }));
      expect(outcome.violations, story(outcome)).toEqual([]);
    },
  );
});

describe('a copy that is refused right before its prepare', () => {
  it('shows the targets again: their data is as it was', async () => {
    let looks = 0;
    const outcome = await carryOut(vm, scenarioOf(SHAPE, { faults: [] }), {
      lie: ({ arrays }) => ({
        arrays: (name) =>
          withMethods(arrays(name), {
            // The plan's look is true; before the prepare somebody has mapped a target.
            readHostMapsOf: async (vdisks) => {
              const maps = await arrays(name).readHostMapsOf(vdisks);
              const stranger = {
                vdiskName: vdisks[0] ?? '',
                hostName: 'stranger',
                scsiId: 9,
                vdiskUid: '',
              };
              return (looks += 1) === 1 ? maps : [...maps, stranger];
            },
          }),
      }),
    });
    expect(outcome.violations, story(outcome)).toEqual([]);
    const report = reportOf(outcome.world.runsOf('copy')[0]!)!;
    expect(report.error?.code).toBe('NOT_RELEASED');
    const notes = report.compensation.map(({ note }) => note ?? '').join();
    expect(notes).not.toContain('left released');
  });
});
