// One mapping as the plan wants it: made, taken over after comparison, moved into the group, or
// given other rates. A target that the run made gets its own name once the mapping leads to it.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { FlashCopyMapping } from '../domain/mapping.js';
import { buildNewVolumeName } from '../domain/names.js';
import type { PlannedGroup, PlannedMapping } from '../domain/plan.js';
import { mayBeGone } from './group-autodelete.js';
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
  if (found === undefined) {
    await createMapping(array, group, planned);
    return true;
  }
  const named = await nameTarget(array, { group, planned, target: found.target });
  const changed = await changeMapping(array, group, {
    ...step,
    found: named ? { ...found, target: planned.target.name } : found,
  });
  return changed || named;
}

async function createMapping(
  array: StorageArray,
  group: PlannedGroup,
  planned: PlannedMapping,
): Promise<void> {
  const { name, source } = planned;
  if (planned.existing !== undefined && !mayBeGone(planned))
    throw outdated(`mapping ${name} is gone`, { mapping: name });
  const { copyRate, cleanRate, incremental, grainSize } = group;
  const target = firstName(group, planned);
  await array.createMapping({
    ...{ name, source: source.name, target, group: group.name },
    ...{ copyRate, cleanRate, incremental, grainSize },
  });
  await nameTarget(array, { group, planned, target });
}

/** What is made for this mapping carries the run's name first. */
const firstName = (group: PlannedGroup, planned: PlannedMapping): string =>
  planned.createTarget === undefined
    ? planned.target.name
    : buildNewVolumeName(group.name, group.mappings.indexOf(planned));

interface Naming {
  readonly group: PlannedGroup;
  readonly planned: PlannedMapping;
  /** The name of the mapping's target now. */
  readonly target: string;
}

/** Answers whether the volume still had the run's name. */
async function nameTarget(array: StorageArray, { group, planned, target }: Naming) {
  if (planned.createTarget === undefined || target !== firstName(group, planned)) return false;
  const { name } = planned.target;
  try {
    await array.renameVDisk(target, name);
  } catch (error) {
    if (!(error instanceof FlashCopyError && error.code === 'OBJECT_EXISTS')) throw error;
    throw outdated(`volume ${name} appeared`, { volume: name });
  }
  return true;
}

async function changeMapping(
  array: StorageArray,
  group: PlannedGroup,
  { planned, found, cleanRate: now }: Step & { readonly found: FlashCopyMapping },
): Promise<boolean> {
  const { copyRate, cleanRate } = group;
  const moved = found.group !== group.name;
  checkMapping(moved ? await inFull(array, found) : found, planned, group);
  if (moved) {
    if (found.group !== planned.existing?.group)
      throw outdated(`mapping ${found.name} is in group ${found.group || '(none)'}`, {
        mapping: found.name,
      });
    await array.changeMapping(found.name, { group: group.name });
  }
  const sameRates = found.copyRate === copyRate && now === cleanRate && planned.adopted !== true;
  const keep = planned.existing?.autodelete === true ? { autodelete: false } : {};
  if (!sameRates) await array.changeMapping(found.name, { copyRate, cleanRate, ...keep });
  return moved || !sameRates;
}

/** What comes from elsewhere is compared in full before it is touched. */
const inFull = async (array: StorageArray, found: FlashCopyMapping): Promise<FlashCopyMapping> =>
  (await array.readMapping(found.name)) ?? found;
