// The volumes of a group: those of the plan are still those, and those it creates are made, of their source's size.
import { activityInfo } from '@temporalio/activity';
import type { StorageArray } from '../array/array.js';
import type { PlannedGroup, PlannedMapping } from '../domain/plan.js';
import type { VDisk } from '../domain/vdisk.js';
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
 * Every mapping of the plan is this set's and was started before: its row names source and target, and a volume in a mapping cannot be exchanged
 * for another of its name without the mapping being made anew, which loses the start time (`checkMapping` looks at both).
 */
const isBoundByMappings = ({ existing, mappings }: PlannedGroup): boolean =>
  existing !== undefined &&
  mappings.every(
    (one) =>
      one.createTarget === undefined &&
      one.adopted !== true &&
      (one.existing?.startTime ?? '') !== '',
  );

/** Reads them all at once; touches nothing. Throws PLAN_OUTDATED. */
export async function checkVolumes(array: StorageArray, group: PlannedGroup): Promise<Found> {
  if (isBoundByMappings(group)) return new Map();
  const names = group.mappings.flatMap((mapping) => [mapping.source.name, mapping.target.name]);
  const found = new Map((await array.readVDisks(names)).map((vdisk) => [vdisk.name, vdisk]));
  for (const { source, target, createTarget } of group.mappings) {
    checkVolume(found.get(source.name), source);
    const present = found.get(target.name);
    const wanted = { ...target, capacityBytes: target.capacityBytes ?? source.capacityBytes };
    if (present !== undefined || createTarget === undefined) checkVolume(present, wanted);
  }
  return found;
}

/** Of a snapshot: what is in it is still that, and names of clones are still free. Throws PLAN_OUTDATED. */
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

/** A volume that was to be created and is there: ours only from an earlier attempt of this run, and only while nobody else uses it. */
async function checkAppeared(
  array: StorageArray,
  vdisk: VDisk,
  { group, wasHere }: { readonly group: PlannedGroup; readonly wasHere: boolean },
): Promise<void> {
  if (vdisk.fcMapCount > 0) {
    const mappings = await array.readMappings();
    const ours = mappings.find(
      ({ target, group: name }) => target === vdisk.name && name === group.name,
    );
    if (ours !== undefined) return;
  }
  const maps = await array.readHostMaps(vdisk.name);
  const earlier = wasHere || activityInfo().attempt > 1;
  if (!earlier || maps.length > 0 || vdisk.fcMapCount > 0)
    throw outdated(`volume ${vdisk.name} appeared`, { volume: vdisk.name, uid: vdisk.uid });
}

export async function createTargets(
  array: StorageArray,
  group: PlannedGroup,
  { found, wasHere }: { readonly found: Found; readonly wasHere: boolean },
): Promise<void> {
  for (const { source, target, createTarget } of group.mappings) {
    if (createTarget === undefined) continue;
    const present = found.get(target.name);
    if (present !== undefined) await checkAppeared(array, present, { group, wasHere });
    else
      await array.createVDisk({
        ...createTarget,
        name: target.name,
        capacityBytes: source.capacityBytes,
      });
  }
}
