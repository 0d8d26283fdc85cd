// One bundle and one sandbox for a whole process, and one way to carry out a scenario in it: start copies, let time run, ask the invariants.
import { fileURLToPath } from 'node:url';
import type { ActivityDependencies } from '../../src/activities/index.js';
import { bundleCode, createVm, type Vm } from './driver/sdk-vm.js';
import type { Fault } from './world/faults.js';
import { violations } from './world/invariants.js';
import type { SanShape } from './world/san.js';
import { type CopyOrder, World } from './world/world.js';

/** A planted bug: what activities get instead of the truth, or workflow code of its own. */
export interface Planted {
  readonly lie?: (deps: ActivityDependencies) => Partial<ActivityDependencies>;
}

export interface Scenario {
  readonly seed: number;
  readonly san: SanShape;
  /** In ms after the beginning. */
  readonly copies: readonly (CopyOrder & { readonly afterMs: number })[];
  readonly faults: readonly Fault[];
  readonly evictions: number;
  /** Once all is over, one more copy of each order must succeed. */
  readonly again: boolean;
}

export interface Outcome {
  readonly violations: readonly string[];
  readonly world: World;
  readonly events: number;
}

export async function createLaboratory(
  options: { readonly traces?: boolean; readonly workflows?: string } = {},
): Promise<Vm> {
  const ours = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));
  return createVm(await bundleCode(options.workflows ?? ours), options.traces);
}

const LIMIT = { events: 300_000, ms: 3 * 86_400_000 };

/** Never throws for what the product does: a failed workflow task is a violation like any other. */
export async function carryOut(
  vm: Vm,
  scenario: Scenario,
  planted: Planted = {},
): Promise<Outcome> {
  const { seed, san, copies, faults, evictions, again } = scenario;
  const world = await World.create({ vm, seed, san, faults, evictions, ...planted });
  const found: string[] = [];
  try {
    for (const { afterMs, ...order } of copies)
      world.queue.after(afterMs, () => world.startCopy(order));
    found.push(...(await violations(world, await world.run(LIMIT))));
    // A disk that a stranger took from under a mount is for a person to clear away.
    const taken = world.acts.some((act) => act.includes('foreign-unmap'));
    if (found.length === 0 && again && !taken) found.push(...(await runAgain(world, copies)));
  } catch (error) {
    found.push(
      `bug: ${error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error)}`,
    );
  } finally {
    await world.close();
  }
  return { violations: found, world, events: world.queue.fired };
}

/** Whatever happened: the next copy succeeds. Faults that never struck are called off. */
async function runAgain(world: World, copies: readonly CopyOrder[]): Promise<string[]> {
  world.faults.callOff();
  for (const order of new Map(copies.map((copy) => [copy.set, copy])).values()) {
    const run = world.startCopy(order);
    const stuck = await world.run(LIMIT);
    const found = await violations(world, stuck);
    if (found.length > 0) return found.map((line) => `in the copy afterwards: ${line}`);
    if (run?.status !== 'COMPLETED')
      return [
        `the copy of ${order.set} afterwards is ${run?.status ?? 'not started'}: ${run?.failure?.message ?? ''}`,
      ];
  }
  return [];
}

/** What happened, for a person who looks into a violation. */
export function story({ world, violations: found }: Outcome): string {
  const runs = world.server.runs.map(
    (run) =>
      `  ${run.id} ${run.status} ${run.failure?.message ?? ''}\n    ${run.events.join(', ')}`,
  );
  return [
    'violations:',
    ...found.map((line) => `  ${line}`),
    'faults:',
    ...world.acts.map((act) => `  ${act}`),
    'runs:',
    ...runs,
  ].join('\n');
}
