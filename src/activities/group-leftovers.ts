// What a run of this set began to make and did not end (its worker died, it was terminated): found
// by name on the array, and removed by the next run. Never what was started, mapped to a host, or
// is in use: the array itself refuses that too, for nothing here is forced.
import type { StorageArray } from '../array/array.js';
import type { ArrayInspection } from '../domain/inspection.js';
import type { FlashCopyMapping } from '../domain/mapping.js';
import { groupPrefix, isGroupOfSet, isNewVolumeOfSet } from '../domain/names.js';
import type { PlannedLeftovers } from '../domain/plan.js';

const neverStarted = ({ state, startTime }: FlashCopyMapping): boolean =>
  state === 'idle_or_copied' && startTime === '';

/** A mapping in a group of the set whose target still has the name it was made under. */
const isLeft = (mapping: FlashCopyMapping, set: string): boolean =>
  isGroupOfSet(mapping.group, set) &&
  isNewVolumeOfSet(mapping.target, set) &&
  mapping.target.startsWith(`${mapping.group}_`) &&
  neverStarted(mapping);

/** `makes`: volumes are to be made, so those that were begun are looked for. Undefined: none. */
export async function findLeftovers(
  array: StorageArray,
  set: string,
  of: { readonly mappings: readonly FlashCopyMapping[]; readonly makes: boolean },
): Promise<ArrayInspection['leftovers']> {
  const mappings = of.mappings.filter((mapping) => isLeft(mapping, set));
  if (mappings.length === 0 && !of.makes) return undefined;
  const others = of.mappings.filter((mapping) => !mappings.includes(mapping));
  const used = new Set(others.flatMap(({ source, target }) => [source, target]));
  const called = await array.readVDisksCalled(groupPrefix(set));
  const volumes = called.filter(({ name }) => isNewVolumeOfSet(name, set) && !used.has(name));
  const maps = await array.readHostMapsOf(volumes.map(({ name }) => name));
  const mapped = new Set(maps.map((map) => map.vdiskName));
  return { mappings, volumes: volumes.filter(({ name }) => !mapped.has(name)) };
}

export async function removeLeftovers(
  array: StorageArray,
  { mappings, volumes, groups }: PlannedLeftovers,
): Promise<void> {
  const now = mappings.length === 0 ? [] : await array.readMappings();
  for (const name of mappings) {
    const found = now.find((mapping) => mapping.name === name);
    if (found !== undefined && neverStarted(found) && volumes.includes(found.target))
      await array.removeMapping(name);
  }
  for (const name of volumes) await array.removeVDisk(name);
  for (const name of groups) await array.removeGroup(name);
}
