// One half of the fault matrix's cells, so that two cores share it. A spread of them, which ends in seconds; MATRIX=all (`make matrix`) tries every one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Vm } from './driver/sdk-vm.js';
import { createLaboratory, story } from './laboratory.js';
import { type Cell, cellsOf, type Roads, type Shape, tryCell } from './matrix.js';
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

export function describeCells(half: 'even' | 'odd', matrix: () => Matrix): void {
  describe(`the fault matrix, ${half} pairs of cells`, () => {
    it.each(allShapes)(
      'keeps every promise in its cells: $method, hosts $hosts',
      async (shape) => {
        const { vm, roads } = matrix();
        const cells = cellsOf(shape, roads.get(shape)!);
        const every = process.env['MATRIX'] === 'all' ? 1 : Math.ceil(cells.length / SPREAD);
        // By pairs: one by one, a half would get most of the effects that take long.
        const tried = cells
          .filter((_, at) => at % every === 0)
          .filter((_, at) => (at >> 1) % 2 === (half === 'even' ? 0 : 1));
        const missed = await tryCells(vm, tried);
        const hosts = `${shape.method}, ${shape.hosts.length} hosts`;
        console.log(`${hosts}, ${half}: ${tried.length} of ${cells.length} cells, ${missed} never came to pass`);
        expect(missed).toBe(0);
      },
      1_800_000,
    );
  });
}
