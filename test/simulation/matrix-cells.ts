// One half of the fault matrix's cells, so that two cores share it. A spread of them, which ends in seconds; MATRIX=all (`make matrix`) tries every one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Vm } from './driver/sdk-vm.js';
import { createLaboratory, story } from './laboratory.js';
import { cellsOf, type Roads, type Shape, tryCell } from './matrix.js';
import { allShapes, roadsOfAllShapes } from './matrix-shapes.js';

/** Of each shape, in both halves together. */
const SPREAD = 14;

export function describeCells(half: 'even' | 'odd'): void {
  let vm: Vm;
  let roads: ReadonlyMap<Shape, Roads>;
  beforeAll(async () => {
    vm = await createLaboratory();
    roads = await roadsOfAllShapes(vm);
  });
  afterAll(() => vm.close());

  describe(`the fault matrix, ${half} cells`, () => {
    it.each(allShapes)(
      'keeps every promise in its cells: $method, hosts $hosts',
      async (shape) => {
        const cells = cellsOf(shape, roads.get(shape)!);
        const every = process.env['MATRIX'] === 'all' ? 1 : Math.ceil(cells.length / SPREAD);
        const tried = cells.filter((_, at) => at % every === 0).filter((_, at) => at % 2 === (half === 'even' ? 0 : 1));
        let missed = 0;
        for (const cell of tried) {
          const end = await tryCell(vm, cell);
          if (end.missed) missed += 1;
          expect(end.violations, `${cell.title}\n${story(end)}`).toEqual([]);
        }
        const hosts = `${shape.method}, ${shape.hosts.length} hosts`;
        console.log(`${hosts}, ${half}: ${tried.length} of ${cells.length} cells, ${missed} never came to pass`);
        expect(missed).toBe(0);
      },
      1_800_000,
    );
  });
}
