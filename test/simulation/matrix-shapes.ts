// All shapes of the fault matrix, and the roads to every activity in each: found once a shape of the same method.
import type { Vm } from './driver/sdk-vm.js';
import { findRoads, type Roads, type Shape, SHAPES } from './matrix.js';

export const allShapes: readonly Shape[] = (['quiesce', 'unmount'] as const).flatMap((method) =>
  SHAPES(method),
);

export async function roadsOfAllShapes(vm: Vm): Promise<ReadonlyMap<Shape, Roads>> {
  const roads = new Map<Shape, Roads>();
  for (const shape of allShapes) {
    const alike = allShapes.find(({ method }) => method === shape.method)!;
    roads.set(shape, await findRoads(vm, shape, roads.get(alike)));
  }
  return roads;
}
