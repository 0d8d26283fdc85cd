// Snapshots of volume groups through the real workflows, on model hosts and the simulated array: first what goes wrong in the pause, then the fault
// matrix of a copy that is snapshot, cloned and mounted, then the good ones. MATRIX=all tries every cell.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StartSession, StorageArray } from '../../src/array/array.js';
import { withMethods } from '../../src/testing/lies.js';
import {
  activityNames,
  cellsOf,
  fault,
  scenarioOf,
  type Road,
  type Roads,
  type Shape,
} from './matrix.js';
import { tryCells } from './matrix-cells.js';
import type { Vm } from './driver/sdk-vm.js';
import { carryOut, createLaboratory, story, type Planted } from './laboratory.js';
import type { Fault } from './world/faults.js';
import { reportOf } from './world/world.js';

const SPREAD = 20;
const SHAPES: readonly Shape[] = [
  { method: 'quiesce', hosts: ['app1', 'app2'], snapshot: 'thinclone' },
  { method: 'unmount', hosts: ['app1'], snapshot: 'clone' },
];

let vm: Vm;
beforeAll(async () => {
  vm = await createLaboratory();
});
afterAll(() => vm.close());

async function copy(shape: Shape, faults: readonly Fault[], planted: Planted = {}) {
  const outcome = await carryOut(
    vm,
    scenarioOf(shape, { faults, order: { attempts: 1 } }),
    planted,
  );
  expect(outcome.violations, story(outcome)).toEqual([]);
  const [run] = outcome.world.runsOf('copy');
  const { state } = outcome.world.san.arrays.get('svc1')!.system;
  const snapshots = state.snapshots
    .filter(({ deleting }) => deleting !== true)
    .map(({ name }) => name);
  return { outcome, status: run!.status, report: reportOf(run!)!, snapshots };
}

const QUIESCED = SHAPES[0]!;

describe('a snapshot that does not count', () => {
  it.each(['throws-before', 'throws-after'] as const)(
    'whose answer is lost (%s) is gone again, and so is its grade',
    async (effect) => {
      const { report, status, snapshots } = await copy(QUIESCED, [
        fault('session.startSnapshot', effect, { where: 'svc1' }),
      ]);
      expect({ status, grade: report.grade, snapshots }).toEqual({
        status: 'FAILED',
        grade: undefined,
        snapshots: [],
      });
      expect(report.error?.code).toBe(effect === 'throws-after' ? 'START_UNKNOWN' : 'START_FAILED');
      expect(report.mounts).toEqual([]);
    },
  );

  it('cancelled while it is taken is gone again', async () => {
    const { status, snapshots, outcome } = await copy(QUIESCED, [
      fault('session.startSnapshot', 'cancel', { where: 'svc1' }),
    ]);
    expect({ status, snapshots }).toEqual({ status: 'CANCELLED', snapshots: [] });
    expect(outcome.world.san.arrays.get('svc1')!.starts.filter(({ ours }) => ours)).toHaveLength(1);
  });

  it('taken while somebody thawed a source is gone again, with its grade', async () => {
    const { report, snapshots } = await copy(QUIESCED, [
      fault('session.startSnapshot', 'foreign-thaw', { where: 'svc1' }),
    ]);
    expect({ code: report.error?.code, grade: report.grade, snapshots }).toEqual({
      ...{ code: 'GRADE_TOO_LOW', grade: undefined, snapshots: [] },
    });
    expect(report.advice.join()).toContain('its snapshot is gone again');
  });

  it('removed by somebody before its grade has none', async () => {
    const { report } = await copy(QUIESCED, [fault('flashCopyTakePointInTime', 'foreign-stop')]);
    expect({ code: report.error?.code, grade: report.grade }).toEqual({
      code: 'GRADE_TOO_LOW',
      grade: undefined,
    });
  });

  it('of a run that was terminated before its grade is removed by the guard', async () => {
    const { status, snapshots } = await copy(QUIESCED, [fault('flashCopyMarkAfter', 'terminate')]);
    expect({ status, snapshots }).toEqual({ status: 'TERMINATED', snapshots: [] });
  });
});

describe('a snapshot whose answer was lost after everything was read', () => {
  const unheard = (array: StorageArray): StorageArray =>
    withMethods(array, {
      reserveStart: async (timeoutMs) => {
        const session = await array.reserveStart(timeoutMs);
        return withMethods<StartSession>(session, {
          startSnapshot: async (order, within) => ({
            ...(await session.startSnapshot(order, within)),
            ...{ started: 'unknown', code: 'CHANNEL_LOST', message: 'planted', unheard: true },
          }),
        });
      },
    });
  const planted: Planted = { lie: ({ arrays }) => ({ arrays: (name) => unheard(arrays(name)) }) };

  it('counts when it is read under our name before anybody is given back: it was absent in the pause, and nothing was broken', async () => {
    const { report, status, snapshots } = await copy(QUIESCED, [], planted);
    expect({ status, grade: report.grade, verified: report.verified }).toEqual({
      ...{ status: 'COMPLETED', grade: 'filesystem', verified: true },
    });
    expect(snapshots).toEqual(report.snapshots?.map(({ name }) => name));
  });

  it('does not when a source was thawed meanwhile', async () => {
    const thawed = [fault('session.startSnapshot', 'foreign-thaw', { where: 'svc1' })];
    const { report, snapshots } = await copy(QUIESCED, thawed, planted);
    expect({ code: report.error?.code, grade: report.grade, snapshots }).toEqual({
      ...{ code: 'GRADE_TOO_LOW', grade: undefined, snapshots: [] },
    });
  });
});

describe.each(SHAPES)('a snapshot by $method, as $snapshot', (shape) => {
  let roads: Roads;
  beforeAll(async () => {
    const { world } = await carryOut(vm, scenarioOf(shape, { faults: [] }));
    const points = [...world.faults.reached.keys()];
    const names = [...new Set(points.map((point) => point.split('@')[0] ?? ''))];
    const undo = fault('flashCopyMount', 'refused');
    const afterwards = await carryOut(vm, scenarioOf(shape, { faults: [undo] }));
    const undone = [...afterwards.world.faults.reached.keys()].map(
      (point) => point.split('@')[0] ?? '',
    );
    roads = {
      activities: new Map<string, Road>([
        ...undone
          .filter((name) => name.startsWith('flashCopy'))
          .map((name) => [name, { faults: [undo] }] as const),
        ...names
          .filter((name) => name.startsWith('flashCopy'))
          .map((name) => [name, { faults: [] }] as const),
      ]),
      ports: points.filter((point) => !point.startsWith('flashCopy')),
    };
  });

  it('reaches what no other kind does, and nothing that belongs to mappings', () => {
    const reached = [...roads.activities.keys()];
    expect(reached).toContain('flashCopyMakeClones');
    expect(reached).toContain('flashCopyUnprepareGroup');
    expect(reached).not.toContain('flashCopyMakePreparable');
    expect(activityNames()).toEqual(expect.arrayContaining(reached));
  });

  it('is one instant on all volumes, mounted and verified on its clones, and reported by its name', async () => {
    const { report, status, snapshots } = await copy(shape, []);
    expect({ status, outcome: report.outcome, verified: report.verified }).toEqual({
      ...{ status: 'COMPLETED', outcome: 'done', verified: true },
    });
    expect(report.grade).toBe(shape.method === 'unmount' ? 'application' : 'filesystem');
    expect(report.mounts.length).toBeGreaterThan(0);
    expect(report.snapshots?.map(({ name }) => name)).toEqual(snapshots);
    expect(
      report.volumes.every(({ independent }) => independent === (shape.snapshot === 'clone')),
    ).toBe(true);
  });

  it('keeps every promise in the cells of its fault matrix', async () => {
    const cells = cellsOf(shape, roads);
    const every = process.env['MATRIX'] === 'all' ? 1 : Math.ceil(cells.length / SPREAD);
    // What is about the snapshot itself is tried always.
    const tried = cells.filter(
      ({ title }, at) => at % every === 0 || /MakeClones|UnprepareGroup|Snapshot/.test(title),
    );
    const missed = await tryCells(vm, tried);
    console.log(
      `${shape.method}, ${shape.snapshot ?? ''}: ${tried.length} of ${cells.length} cells, ${missed} missed`,
    );
    expect(missed).toBe(0);
  }, 1_800_000);
});
