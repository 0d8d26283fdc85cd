// One half of the fault matrix's cells, so that two cores share it. A spread of them, which ends in seconds; MATRIX=all (`make matrix`) tries every one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Vm } from './driver/sdk-vm.js';
import { createLaboratory, story } from './laboratory.js';
import { type Cell, cellsOf, type Roads, type Shape, tryCell } from './matrix.js';
import { kindLines, kindOf, neverStruck } from './world/kinds.js';
import { allShapes, roadsOfAllShapes } from './matrix-shapes.js';

/** Of each shape, in both halves together. */
const SPREAD = 14;

export interface Matrix {
  readonly vm: Vm;
  readonly roads: ReadonlyMap<Shape, Roads>;
}

/** For the tests of one file; call what it answers inside them. */
export function openMatrix(): () => Matrix {
  let matrix: Matrix;
  beforeAll(async () => {
    const vm = await createLaboratory();
    matrix = { vm, roads: await roadsOfAllShapes(vm) };
  });
  afterAll(() => matrix.vm.close());
  return () => matrix;
}

/** Each keeps every promise (P1-P6), by state and by bytes. Answers how many faults never came to pass. */
export async function tryCells(vm: Vm, cells: readonly Cell[]): Promise<number> {
  let missed = 0;
  for (const cell of cells) {
    const end = await tryCell(vm, cell);
    if (end.missed) missed += 1;
    expect(end.violations, `${cell.title}\n${story(end)}`).toEqual([]);
  }
  return missed;
}

/** By the count of ones in a cell's number (Thue-Morse): by its parity each half would get the same effects of every activity, and one the slow ones. */
const halfOf = (at: number): 'even' | 'odd' =>
  at.toString(2).replaceAll('0', '').length % 2 === 0 ? 'even' : 'odd';

const countsOf = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set(names)].map((name) => [name, names.filter((each) => each === name).length]),
  );

export function describeCells(half: 'even' | 'odd', matrix: () => Matrix): void {
  describe(`the fault matrix, ${half} cells`, () => {
    it.each(allShapes)(
      'keeps every promise in its cells: $method, hosts $hosts',
      async (shape) => {
        const { vm, roads } = matrix();
        const cells = cellsOf(shape, roads.get(shape)!);
        const every = process.env['MATRIX'] === 'all' ? 1 : Math.ceil(cells.length / SPREAD);
        const tried = cells
          .filter((_, at) => at % every === 0)
          .filter((_, at) => halfOf(at) === half);
        const missed = await tryCells(vm, tried);
        const hosts = `${shape.method}, ${shape.hosts.length} hosts`;
        console.log(
          `${hosts}, ${half}: ${tried.length} of ${cells.length} cells, ${missed} never came to pass`,
        );
        const kinds = countsOf(cells.map(({ fault }) => kindOf(fault) ?? 'other'));
        if (half === 'even') console.log(['cells of each kind:', ...kindLines(kinds)].join('\n'));
        expect(missed).toBe(0);
        expect(neverStruck(kinds)).toEqual([]);
      },
      1_800_000,
    );
  });
}
