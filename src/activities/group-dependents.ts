// Copies of others that hang on our targets, stopped because the plan named them and the user asked for it. Each is looked at right before.
import type { StorageArray } from '../array/array.js';
import type { Clock } from '../domain/clock.js';
import { canStop, isActive } from '../domain/mapping.js';
import type { PlannedDependent } from '../domain/plan.js';
import { outdated } from './group-outdated.js';
import { poll } from './poll.js';

/** Returns when none of them is active any more. A mapping that is gone hangs on nothing. */
export async function stopDependents(
  array: StorageArray,
  dependents: readonly PlannedDependent[],
  clock: Clock,
): Promise<void> {
  if (dependents.length === 0) return;
  const sent = new Set<string>();
  await poll(clock, async () => {
    const now = new Map((await array.readMappings()).map((mapping) => [mapping.name, mapping]));
    const active = dependents.filter(({ mapping }) =>
      isActive(now.get(mapping)?.state ?? 'idle_or_copied'),
    );
    for (const { mapping, group } of active) {
      const found = now.get(mapping);
      if (found?.group !== group)
        throw outdated(`mapping ${mapping} is in group ${found?.group || '(none)'}`, { mapping });
      const key = group === '' ? `mapping ${mapping}` : `group ${group}`;
      if (sent.has(key) || !canStop(found.state)) continue;
      sent.add(key);
      await (group === '' ? array.stopMapping(mapping, 'force') : array.stopGroup(group, 'force'));
    }
    return active.length === 0 ? true : undefined;
  });
}
