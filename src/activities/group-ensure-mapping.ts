// One mapping as the plan wants it: made, taken over after comparison, moved into the group, or given other rates.
import type { StorageArray } from '../array/array.js';
import type { FlashCopyMapping } from '../domain/mapping.js';
import type { PlannedGroup, PlannedMapping } from '../domain/plan.js';
import { checkMapping, outdated } from './group-outdated.js';

interface Step {
  readonly planned: PlannedMapping;
  readonly found: FlashCopyMapping | undefined;
  /** What the group's mappings have; undefined when nobody knows. */
  readonly cleanRate: number | undefined;
}

/** Answers whether anything was changed. */
export async function ensureMapping(
  array: StorageArray,
  group: PlannedGroup,
  step: Step,
): Promise<boolean> {
  const { planned, found } = step;
  const { copyRate, cleanRate, incremental, grainSize } = group;
  if (found === undefined) {
    if (planned.existing !== undefined)
      throw outdated(`mapping ${planned.name} is gone`, { mapping: planned.name });
    const { name, source, target } = planned;
    await array.createMapping({
      ...{ name, source: source.name, target: target.name, group: group.name },
      ...{ copyRate, cleanRate, incremental, grainSize },
    });
    return true;
  }
  const moved = found.group !== group.name;
  checkMapping(moved ? await inFull(array, found) : found, planned, group);
  if (moved) {
    if (found.group !== planned.existing?.group)
      throw outdated(`mapping ${found.name} is in group ${found.group || '(none)'}`, {
        mapping: found.name,
      });
    await array.changeMapping(found.name, { group: group.name });
  }
  const sameRates =
    found.copyRate === copyRate && step.cleanRate === cleanRate && planned.adopted !== true;
  if (!sameRates) await array.changeMapping(found.name, { copyRate, cleanRate });
  return moved || !sameRates;
}

/** What comes from elsewhere is compared in full before it is touched. */
const inFull = async (array: StorageArray, found: FlashCopyMapping): Promise<FlashCopyMapping> =>
  (await array.readMapping(found.name)) ?? found;
