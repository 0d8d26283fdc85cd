// A short soak: a few seeds of what `make soak` runs ten thousand of, seeds that once found a bug, and that the same seed is the same world.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Vm } from './driver/sdk-vm.js';
import { carryOut, createLaboratory, type Scenario, story } from './laboratory.js';
import { FOUND_SEEDS } from './soak/found-seeds.js';
import { type Points, scenarioOf } from './soak/schedule.js';
import { kindLines } from './world/kinds.js';
import { pointsOf, range, sweep } from './soak/sweep.js';

const SEEDS = 12;

let vm: Vm;
let points: Points;

beforeAll(async () => {
  vm = await createLaboratory();
  points = await pointsOf(vm);
});
afterAll(() => vm.close());

async function digest(scenario: Scenario): Promise<string[]> {
  const { world, violations, events } = await carryOut(vm, scenario);
  const told = world.server.runs.map(
    ({ id, status, events: history }) => `${id} ${status} ${history.join()}`,
  );
  return [...violations, ...told.map((line) => line.replaceAll(/w\d+-run/g, 'run')), `${events}`];
}

describe('the soak', () => {
  it('keeps every promise over its first seeds', async () => {
    const { runs, copies, ends, kinds, failing } = await sweep(vm, {
      seeds: range(1, 1 + SEEDS),
      points,
    });
    console.log(
      `runs=${runs} copies=${copies} ${JSON.stringify(ends)} violations=${failing.length}\n${kindLines(kinds).join('\n')}`,
    );
    expect(failing).toEqual([]);
  });

  it.each(FOUND_SEEDS)('keeps every promise where it once did not: $what', async ({ scenario }) => {
    const outcome = await carryOut(vm, scenario);
    expect(outcome.violations, story(outcome)).toEqual([]);
  });

  it('is the same world twice for one seed, and with its workers forgetting every run', async () => {
    const scenario = scenarioOf(3, points);
    const first = await digest({ ...scenario, evictions: 0 });
    expect(await digest({ ...scenario, evictions: 0 })).toEqual(first);
    expect(await digest({ ...scenario, evictions: 1 })).toEqual(first);
  });
});
