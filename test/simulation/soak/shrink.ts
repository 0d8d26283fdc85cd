// A failing schedule made smaller: whatever can be left out while some promise is still broken is left out.
import type { Vm } from '../driver/sdk-vm.js';
import { carryOut, type Planted, type Scenario } from '../laboratory.js';

function smaller(scenario: Scenario): Scenario[] {
  const { faults, copies } = scenario;
  const without = <T>(list: readonly T[], at: number): T[] =>
    list.filter((_, index) => index !== at);
  return [
    ...faults.map((_, at) => ({ ...scenario, faults: without(faults, at) })),
    ...(copies.length > 1
      ? copies.map((_, at) => ({ ...scenario, copies: without(copies, at) }))
      : []),
    ...(scenario.evictions > 0 ? [{ ...scenario, evictions: 0 }] : []),
    ...copies.flatMap((copy, at) =>
      copy.hosts.length > 1
        ? [
            {
              ...scenario,
              copies: copies.map((each, index) =>
                index === at ? { ...copy, hosts: copy.hosts.slice(1) } : each,
              ),
            },
          ]
        : [],
    ),
  ];
}

/** Same seed, fewer things: the first smaller scenario that still fails, and so on. */
export async function shrink(vm: Vm, scenario: Scenario, planted: Planted = {}): Promise<Scenario> {
  for (const candidate of smaller(scenario)) {
    const { violations } = await carryOut(vm, candidate, planted);
    if (violations.length > 0) return shrink(vm, candidate, planted);
  }
  return scenario;
}
