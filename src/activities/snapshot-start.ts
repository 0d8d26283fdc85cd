// A snapshot as the start of a copy: what is asked of the array in the pause, and what must be true right before anything stands still.
import type { SnapshotRef, SnapshotStart, StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { PlannedSnapshot } from '../domain/plan.js';
import type { SnapshotPart } from './contract.js';
import { outdated } from './group-outdated.js';

/** The name carries the run's token: what has it was made by this run. */
export function startOf(
  name: string,
  { planned, volumes }: SnapshotPart,
): { readonly start: SnapshotStart; readonly readyWhen: string } {
  const { volumeGroup, restoreFrom, retentionDays, retentionMinutes, safeguarded, ignoreLegacy } =
    planned;
  if (restoreFrom !== undefined)
    return { start: { restore: { volumeGroup, ...restoreFrom } }, readyWhen: 'active' };
  const add = {
    ...{ volumeGroup, name, volumes: volumes.length },
    ...(retentionDays === undefined ? {} : { retentionDays }),
    ...(retentionMinutes === undefined ? {} : { retentionMinutes }),
    ...(safeguarded === undefined ? {} : { safeguarded }),
    ...(ignoreLegacy === undefined ? {} : { ignoreLegacy }),
  };
  return { start: { add }, readyWhen: 'absent' };
}

/** A snapshot of that name, which was not there right before the command: nobody else gives it this name, but a policy might. */
export async function snapshotTaken(
  array: StorageArray,
  { volumeGroup, name }: SnapshotRef,
): Promise<boolean> {
  const found = (await array.readSnapshots(volumeGroup)).find((one) => one.name === name);
  return found?.state === 'active' && !found.byPolicy;
}

/** Volumes that must be in the volume group, and in the snapshot. */
export const membersOf = ({ planned, volumes }: SnapshotPart): string[] =>
  volumes.map(({ source, target }) => (planned.restoreFrom === undefined ? source : target));

const same = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name) => other.includes(name));

/** The volume group is the planned one and holds what it held. Throws PLAN_OUTDATED. */
async function checkGroup(array: StorageArray, part: SnapshotPart): Promise<void> {
  const { volumeGroup, groupUid } = part.planned;
  const details = { array: array.name, volumeGroup };
  const group = await array.readVolumeGroup(volumeGroup);
  if (group === undefined) throw outdated(`volume group ${volumeGroup} is gone`, details);
  if (group.uid !== groupUid) throw outdated(`volume group ${volumeGroup} is another one`, details);
  if (!same(group.volumes, membersOf(part)))
    throw outdated(
      `volume group ${volumeGroup} holds ${group.volumes.join(', ') || 'nothing'}`,
      details,
    );
}

/** The snapshot that is restored is still that one. Throws PLAN_OUTDATED. */
async function checkRestorable(
  array: StorageArray,
  part: SnapshotPart,
  { name, time }: NonNullable<PlannedSnapshot['restoreFrom']>,
): Promise<void> {
  const { volumeGroup } = part.planned;
  const found = (await array.readSnapshots(volumeGroup)).find((one) => one.name === name);
  const details = { array: array.name, volumeGroup, snapshot: name };
  if (found?.time !== time || found.state !== 'active')
    throw outdated(
      `snapshot ${name} of ${time} is ${found === undefined ? 'gone' : `${found.state}, of ${found.time}`}`,
      details,
    );
  if (!same(await array.readSnapshotMembers({ volumeGroup, name }), membersOf(part)))
    throw outdated(`snapshot ${name} holds other volumes`, details);
}

/** Reads only. A snapshot of the run's name that is there already is not the one about to be taken: SNAPSHOT_EXISTS. */
export async function checkSnapshotReady(
  array: StorageArray,
  name: string,
  part: SnapshotPart,
): Promise<void> {
  const { volumeGroup, restoreFrom } = part.planned;
  await checkGroup(array, part);
  if (restoreFrom !== undefined) return checkRestorable(array, part, restoreFrom);
  const found = (await array.readSnapshots(volumeGroup)).find((one) => one.name === name);
  if (found === undefined) return;
  const whose = found.byPolicy
    ? 'a snapshot policy of the array took it'
    : 'this run took it in a life before';
  throw new FlashCopyError({
    family: 'state',
    code: 'SNAPSHOT_EXISTS',
    message: `volume group ${volumeGroup} on ${array.name} has a snapshot ${name} already: ${whose}`,
    details: { array: array.name, volumeGroup, snapshot: name },
  });
}
