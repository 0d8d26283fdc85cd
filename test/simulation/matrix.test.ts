// The even cells of the fault matrix, and what all of it reaches: every activity and every step, so that a new one joins by itself.
import { describe, expect, it } from 'vitest';
import { STEPS } from '../../src/domain/steps.js';
import { carryOut } from './laboratory.js';
import { activityNames, cellsOf } from './matrix.js';
import { describeCells, openMatrix } from './matrix-cells.js';
import { allShapes } from './matrix-shapes.js';
import { reportOf } from './world/world.js';

const matrix = openMatrix();

describe('the fault matrix', () => {
  it('reaches every activity a worker registers: a new one joins by itself, or stands here', () => {
    const reached = new Set(
      [...matrix().roads.values()].flatMap(({ activities }) => [...activities.keys()]),
    );
    expect(activityNames().filter((name) => !reached.has(name) && !APART.has(name))).toEqual([]);
  });

  it('reaches every step of the procedure', async () => {
    const { vm, roads } = matrix();
    const [shape] = allShapes;
    const [cell] = cellsOf(shape!, roads.get(shape!)!);
    const { world } = await carryOut(vm, { ...cell!.scenario, faults: [] });
    const steps = reportOf(world.runsOf('copy')[0]!)?.steps.map(({ name }) => name);
    expect(STEPS.filter((step) => steps?.includes(step) !== true)).toEqual([]);
  });
});

describeCells('even', matrix);

/** Not called by the copies of this matrix; each has its own tests. */
const APART: ReadonlySet<string> = new Set<string>([
  // Requests of another kind: snapshots.test.ts.
  'flashCopyMakeClones',
  // The janitor's: test/unit/activities/janitor-*.test.ts on simulated array and model hosts, test/workflow/janitor.test.ts on a real server.
  ...['flashCopyJanitorScope', 'flashCopyReviewRuns', 'flashCopyTidyArray', 'flashCopyTidyHost'],
]);
