// Seeds one after another in one process: counts runs, copies, faults that struck, and every violation with its schedule.
import type { Vm } from '../driver/sdk-vm.js';
import { carryOut, type Planted } from '../laboratory.js';
import { activityNames, findRoads } from '../matrix.js';
import type { Fault } from '../world/faults.js';
import { kindOf } from '../world/kinds.js';
import { type Points, scenarioOf } from './schedule.js';

export interface Sweep {
  runs: number;
  copies: number;
  events: number;
  /** `effect at point` -> how often it struck. */
  readonly struck: Record<string, number>;
  /** By kind; see world/kinds.ts. */
  readonly kinds: Record<string, number>;
  readonly ends: Record<string, number>;
  readonly failing: { readonly seed: number; readonly violations: readonly string[] }[];
}

/** All activities, and the port calls of a good copy by either method. */
export async function pointsOf(vm: Vm): Promise<Points> {
  const hosts = ['app1', 'app2'];
  const roads = [
    await findRoads(vm, { method: 'quiesce', hosts }),
    await findRoads(vm, { method: 'unmount', hosts }),
  ];
  const ports = roads.flatMap((road) => road.ports.map((point) => point.split('@')[0] ?? ''));
  return { activities: activityNames(), ports: [...new Set(ports)].sort() };
}

export interface SweepOrder {
  readonly seeds: Iterable<number>;
  readonly points: Points;
  readonly planted?: Planted;
  /** Asked after each seed: true ends the sweep. */
  readonly enough?: (sweep: Sweep) => boolean;
}

/** Nothing has run yet. */
export const emptySweep = (): Sweep => ({
  ...{ runs: 0, copies: 0, events: 0 },
  ...{ struck: {}, kinds: {}, ends: {}, failing: [] },
});

export async function sweep(
  vm: Vm,
  { seeds, points, planted = {}, enough = () => false }: SweepOrder,
): Promise<Sweep> {
  const done = emptySweep();
  for (const seed of seeds) {
    const scenario = scenarioOf(seed, points);
    const { violations, world, events } = await carryOut(vm, scenario, planted);
    const copies = world.runsOf('copy');
    done.runs += 1;
    done.copies += copies.length;
    done.events += events;
    const unused = new Set(world.faults.unused);
    for (const fault of scenario.faults.filter((each) => !unused.has(each))) {
      count(done.struck, key(fault));
      count(done.kinds, kindOf(fault) ?? 'other');
    }
    for (const { status } of copies) count(done.ends, status);
    if (violations.length > 0) done.failing.push({ seed, violations });
    if (enough(done)) break;
  }
  return done;
}

const key = ({ effect, at }: Fault): string => `${effect} at ${at}`;
const count = (counts: Record<string, number>, name: string): void =>
  void (counts[name] = (counts[name] ?? 0) + 1);

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, at) => from + at);
