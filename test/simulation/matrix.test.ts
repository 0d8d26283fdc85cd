// The fault matrix. Here a spread of it, so that it ends in seconds; MATRIX=all tries every cell, and so does `make soak` before its runs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STEPS } from '../../src/domain/steps.js';
import type { Vm } from './driver/sdk-vm.js';
import { createLaboratory, story } from './laboratory.js';
import { activityNames, cellsOf, findRoads, type Roads, type Shape, SHAPES, tryCell } from './matrix.js';
import { carryOut } from './laboratory.js';
import { reportOf } from './world/world.js';

/** Of each shape. */
const SPREAD = 14;

let vm: Vm;
const roads = new Map<Shape, Roads>();
const shapes = (['quiesce', 'unmount'] as const).flatMap((method) => SHAPES(method));

beforeAll(async () => {
  vm = await createLaboratory();
  for (const shape of shapes) {
    const alike = shapes.find(({ method }) => method === shape.method)!;
    roads.set(shape, await findRoads(vm, shape, roads.get(alike)));
  }
});
afterAll(() => vm.close());

describe('the fault matrix', () => {
  it('reaches every activity a worker registers: a new one joins by itself, or stands here', () => {
    const reached = new Set([...roads.values()].flatMap(({ activities }) => [...activities.keys()]));
    expect(activityNames().filter((name) => !reached.has(name) && !APART.has(name))).toEqual([]);
  });

  it('reaches every step of the procedure', async () => {
    const [shape] = shapes;
    const [cell] = cellsOf(shape!, roads.get(shape!)!);
    const { world } = await carryOut(vm, { ...cell!.scenario, faults: [] });
    const steps = reportOf(world.runsOf('copy')[0]!)?.steps.map(({ name }) => name);
    expect(STEPS.filter((step) => steps?.includes(step) !== true)).toEqual([]);
  });

  it.each(shapes)(
    'keeps every promise in its cells: $method, hosts $hosts',
    async (shape) => {
      const cells = cellsOf(shape, roads.get(shape)!);
      const every = process.env['MATRIX'] === 'all' ? 1 : Math.ceil(cells.length / SPREAD);
      const tried = cells.filter((_, at) => at % every === 0);
      let missed = 0;
      for (const cell of tried) {
        const end = await tryCell(vm, cell);
        if (end.missed) missed += 1;
        expect(end.violations, `${cell.title}\n${story(end)}`).toEqual([]);
      }
      console.log(
        `${shape.method}, ${shape.hosts.length} hosts: ${tried.length} of ${cells.length} cells, ${missed} never came to pass`,
      );
      expect(missed).toBe(0);
    },
    1_800_000,
  );
});

/** Not called by the copies of this matrix; each has its own tests. */
const APART: ReadonlySet<string> = new Set<string>([
  // Requests of another kind: snapshots.test.ts.
  'flashCopyMakeClones',
  // The janitor's: test/unit/activities/janitor-*.test.ts on simulated array and model hosts, test/workflow/janitor.test.ts on a real server.
  ...['flashCopyJanitorScope', 'flashCopyReviewRuns', 'flashCopyTidyArray', 'flashCopyTidyHost'],
]);
