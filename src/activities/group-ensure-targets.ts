// The volumes of a group: those of the plan are still those, and those it creates are made, of
// their source's size. A volume that is made carries the run's name until a mapping of this run
// leads to it (docs/decisions/0019): whose it is can be read on the array at any moment.
import type { StorageArray } from '../array/array.js';
import type { FlashCopyMapping } from '../domain/mapping.js';
import { buildNewVolumeName } from '../domain/names.js';
import type { PlannedGroup, PlannedMapping } from '../domain/plan.js';
import type { VDisk } from '../domain/vdisk.js';
import { mayBeGone } from './group-autodelete.js';
import { outdated } from './group-outdated.js';

export type Found = ReadonlyMap<string, VDisk>;

function checkVolume(vdisk: VDisk | undefined, planned: PlannedMapping['source']): void {
  if (vdisk === undefined)
    throw outdated(`volume ${planned.name} is gone`, { volume: planned.name });
  if (planned.uid !== '' && vdisk.uid !== planned.uid)
    throw outdated(
      `volume ${planned.name} is another one: UID ${vdisk.uid}, planned ${planned.uid}`,
      {
        volume: planned.name,
        uid: vdisk.uid,
      },
    );
  if (vdisk.capacityBytes !== planned.capacityBytes)
    throw outdated(
      `volume ${planned.name} has ${vdisk.capacityBytes} bytes, planned ${planned.capacityBytes}`,
      {
        volume: planned.name,
      },
    );
}

/**
 * Every mapping of the plan is this set's and was started before: its row names source and target,
 * and a volume in a mapping cannot be exchanged for another of its name without the mapping being
 * made anew, which loses the start time (`checkMapping` looks at both).
 */
const isBoundByMappings = ({ existing, mappings }: PlannedGroup): boolean =>
  existing !== undefined &&
  mappings.every(
    (one) =>
      one.createTarget === undefined &&
      one.adopted !== true &&
      !mayBeGone(one) &&
      (one.existing?.startTime ?? '') !== '',
  );

/** The names under which the volumes that a group creates may stand on the array now. */
export const newVolumeNames = ({ name, mappings }: PlannedGroup): string[] =>
  mappings.flatMap(({ createTarget }, at) =>
    createTarget === undefined ? [] : [buildNewVolumeName(name, at)],
  );

/** Reads them all at once; touches nothing. Throws PLAN_OUTDATED. */
export async function checkVolumes(array: StorageArray, group: PlannedGroup): Promise<Found> {
  if (isBoundByMappings(group)) return new Map();
  const names = group.mappings.flatMap((mapping) => [mapping.source.name, mapping.target.name]);
  const vdisks = await array.readVDisks([...names, ...newVolumeNames(group)]);
  const found = new Map(vdisks.map((vdisk) => [vdisk.name, vdisk]));
  for (const { source, target, createTarget } of group.mappings) {
    checkVolume(found.get(source.name), source);
    const present = found.get(target.name);
    const wanted = { ...target, capacityBytes: target.capacityBytes ?? source.capacityBytes };
    if (present !== undefined || createTarget === undefined) checkVolume(present, wanted);
  }
  await checkAppeared(array, group, found);
  return found;
}

/** What was to be created and is there already: ours only where our own mapping leads to it. */
async function checkAppeared(
  array: StorageArray,
  group: PlannedGroup,
  found: Found,
): Promise<void> {
  const appeared = group.mappings.filter(
    ({ target, createTarget }) => createTarget !== undefined && found.has(target.name),
  );
  if (appeared.length === 0) return;
  const mappings = await array.readMappings();
  for (const planned of appeared) {
    if (mappings.some((one) => isOurs(one, planned, group))) continue;
    const { name } = planned.target;
    throw outdated(`volume ${name} appeared`, { volume: name, uid: found.get(name)?.uid ?? '' });
  }
}

const isOurs = (found: FlashCopyMapping, planned: PlannedMapping, group: PlannedGroup): boolean =>
  found.name === planned.name && found.group === group.name && found.target === planned.target.name;

/** Of a snapshot: its volumes are those, names of clones still free. Throws PLAN_OUTDATED. */
export async function checkSnapshotVolumes(
  array: StorageArray,
  group: PlannedGroup,
): Promise<void> {
  const names = group.mappings.flatMap(({ source, target }) =>
    [source.name, target.name].filter((name) => name !== ''),
  );
  const found = new Map((await array.readVDisks(names)).map((vdisk) => [vdisk.name, vdisk]));
  for (const { source, target } of group.mappings) {
    const { capacityBytes } = source;
    if (source.name !== '') checkVolume(found.get(source.name), source);
    if (group.snapshot?.restoreFrom !== undefined)
      checkVolume(found.get(target.name), { ...target, capacityBytes });
    else if (target.name !== '' && found.has(target.name))
      throw outdated(`volume ${target.name} appeared`, { volume: target.name });
  }
}

/** Under the run's name. What has its mapping has its own name too, or gets it with that. */
export async function createTargets(
  array: StorageArray,
  group: PlannedGroup,
  found: Found,
): Promise<void> {
  for (const [at, { source, target, createTarget }] of group.mappings.entries()) {
    const name = buildNewVolumeName(group.name, at);
    if (createTarget === undefined || found.has(target.name) || found.has(name)) continue;
    await array.createVDisk({ ...createTarget, name, capacityBytes: source.capacityBytes });
  }
}
