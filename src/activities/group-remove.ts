// Undo of ensure: removes what this run created, and only while it never was prepared.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { PlannedGroup } from '../domain/plan.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { createdByPlan } from './group-ensure.js';
import { ownClones } from './snapshot-clones.js';
import { whileBeating } from './heartbeat.js';

type RemoveActivities = Pick<FlashCopyActivities, 'flashCopyRemoveCreated'>;

const inUse = (what: string, why: string): FlashCopyError =>
  new FlashCopyError({
    family: 'state',
    code: 'CREATED_IN_USE',
    message: `${what} stays: ${why}`,
    details: { object: what, why },
  });

async function removeMapping(
  array: StorageArray,
  group: PlannedGroup,
  name: string,
): Promise<void> {
  const mapping = (await array.readMappings()).find((candidate) => candidate.name === name);
  if (mapping === undefined) return;
  if (mapping.group !== group.name)
    throw inUse(`mapping ${name}`, `it is in group ${mapping.group || '(none)'}`);
  if (mapping.state !== 'idle_or_copied' || mapping.startTime !== '')
    throw inUse(`mapping ${name}`, `it was prepared (${mapping.state})`);
  await array.removeMapping(name);
}

async function removeVDisk(array: StorageArray, name: string): Promise<void> {
  const [vdisk] = await array.readVDisks([name]);
  if (vdisk === undefined) return;
  if (vdisk.fcMapCount > 0) throw inUse(`volume ${name}`, 'a mapping uses it');
  if ((await array.readHostMaps(name)).length > 0)
    throw inUse(`volume ${name}`, 'it is mapped to a host');
  await array.removeVDisk(name);
}

async function removeGroup(array: StorageArray, name: string): Promise<void> {
  const members = (await array.readMappings()).filter((mapping) => mapping.group === name);
  if (members.length > 0) throw inUse(`group ${name}`, 'it holds mappings');
  await array.removeGroup(name);
}

/** Clones, once no host has them, then their volume group; a volume that somebody put there keeps it. */
async function removeClones(array: StorageArray, name: string): Promise<void> {
  const group = await array.readVolumeGroup(name);
  if (group === undefined) return;
  if (group.fromSnapshot !== name)
    throw inUse(`volume group ${name}`, 'it was not made from the snapshot of this run');
  const clones = await ownClones(array, name);
  const maps = await array.readHostMapsOf(clones.map((clone) => clone.name));
  const [map] = maps;
  if (map !== undefined) throw inUse(`volume ${map.vdiskName}`, `it is mapped to ${map.hostName}`);
  for (const clone of clones) await array.removeVDisk(clone.name);
  await array.removeVolumeGroup(name);
}

export const removeActivities = ({ arrays, clock }: ActivityDependencies): RemoveActivities => ({
  flashCopyRemoveCreated: ({ group, created }) =>
    whileBeating(clock, async () => {
      const array = arrays(group.array);
      // Only what the plan itself says is created here, in the order in which it can go: mappings, group, volumes; or clones.
      for (const object of createdByPlan(group).filter((candidate) =>
        created.includes(candidate),
      )) {
        const name = object.slice(object.indexOf(':') + 1);
        if (object.startsWith('mapping:')) await removeMapping(array, group, name);
        else if (object.startsWith('group:')) await removeGroup(array, name);
        else if (object.startsWith('clone:')) await removeClones(array, name);
        else await removeVDisk(array, name);
      }
    }),
});
