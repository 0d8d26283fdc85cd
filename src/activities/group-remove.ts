// Undo of ensure: removes what this run created, and only while it never was prepared. What that
// is follows from the plan and from names on the array, never from an answer that may be lost.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { FlashCopyMapping } from '../domain/mapping.js';
import { buildNewVolumeName } from '../domain/names.js';
import type { PlannedGroup } from '../domain/plan.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { newVolumeNames } from './group-ensure-targets.js';
import { whileBeating } from './heartbeat.js';
import { ownClones } from './snapshot-clones.js';

type RemoveActivities = Pick<FlashCopyActivities, 'flashCopyRemoveCreated'>;

const inUse = (what: string, why: string): FlashCopyError =>
  new FlashCopyError({
    family: 'state',
    code: 'CREATED_IN_USE',
    message: `${what} stays: ${why}`,
    details: { object: what, why },
  });

/** A created target gets the run's name back first: nothing else says whose it is then. */
async function removeMappings(array: StorageArray, group: PlannedGroup): Promise<string[]> {
  const found = new Map((await array.readMappings()).map((mapping) => [mapping.name, mapping]));
  const removed: string[] = [];
  for (const [at, { name, existing, target, createTarget }] of group.mappings.entries()) {
    const mapping = found.get(name);
    // In another group it is somebody else's: this run makes its mappings in its own.
    if (existing !== undefined || mapping?.group !== group.name) continue;
    checkNeverStarted(mapping);
    if (createTarget !== undefined && mapping.target === target.name)
      await array.renameVDisk(target.name, buildNewVolumeName(group.name, at));
    await array.removeMapping(name);
    removed.push(`mapping:${name}`);
  }
  return removed;
}

function checkNeverStarted({ name, state, startTime }: FlashCopyMapping): void {
  if (state !== 'idle_or_copied' || startTime !== '')
    throw inUse(`mapping ${name}`, `it was prepared (${state})`);
}

/** Also one that an earlier run left empty: it has this run's name now. */
async function removeGroup(array: StorageArray, group: PlannedGroup): Promise<string[]> {
  const { name, existing } = group;
  const made = existing === undefined || existing.state === 'empty';
  if (!made || (await array.readGroup(name)) === undefined) return [];
  const members = (await array.readMappings({ group: name })).filter(
    (mapping) => mapping.group === name,
  );
  if (members.length > 0) throw inUse(`group ${name}`, 'it holds mappings');
  await array.removeGroup(name);
  return [`group:${name}`];
}

async function removeVolumes(array: StorageArray, group: PlannedGroup): Promise<string[]> {
  const names = newVolumeNames(group);
  const found = names.length === 0 ? [] : await array.readVDisks(names);
  for (const { name, fcMapCount } of found) {
    if (fcMapCount > 0) throw inUse(`volume ${name}`, 'a mapping uses it');
    if ((await array.readHostMaps(name)).length > 0)
      throw inUse(`volume ${name}`, 'it is mapped to a host');
    await array.removeVDisk(name);
  }
  return found.map(({ name }) => `vdisk:${name}`);
}

/** Clones, once no host has them, then their volume group; a stranger's volume keeps it. */
async function removeClones(array: StorageArray, name: string): Promise<string[]> {
  const group = await array.readVolumeGroup(name);
  if (group === undefined) return [];
  if (group.fromSnapshot !== name)
    throw inUse(`volume group ${name}`, 'it was not made from the snapshot of this run');
  const clones = await ownClones(array, name);
  const maps = await array.readHostMapsOf(clones.map((clone) => clone.name));
  const [map] = maps;
  if (map !== undefined) throw inUse(`volume ${map.vdiskName}`, `it is mapped to ${map.hostName}`);
  for (const clone of clones) await array.removeVDisk(clone.name);
  await array.removeVolumeGroup(name);
  return [`clone:${name}`];
}

export const removeActivities = ({ arrays, clock }: ActivityDependencies): RemoveActivities => ({
  flashCopyRemoveCreated: ({ group }) =>
    whileBeating(clock, async () => {
      const array = arrays(group.array);
      if (group.snapshot !== undefined) return { removed: await removeClones(array, group.name) };
      // In the order in which it can go.
      const mappings = await removeMappings(array, group);
      const groups = await removeGroup(array, group);
      return { removed: [...mappings, ...groups, ...(await removeVolumes(array, group))] };
    }),
});
