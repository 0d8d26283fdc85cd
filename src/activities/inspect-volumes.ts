// What a listing of volumes only hints at: the relationship of a target, and snapshots by name.
// Costs nothing where no volume is in remote copy or has snapshots.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { ArrayInspection } from '../domain/inspection.js';
import type { ArraySystem, VDisk } from '../domain/vdisk.js';

interface Volumes {
  readonly system: ArraySystem;
  readonly vdisks: readonly VDisk[];
  /** Names. */
  readonly targets: ReadonlySet<string>;
}

export async function inspectVolumes(
  array: StorageArray,
  { system, vdisks, targets }: Volumes,
): Promise<Pick<ArrayInspection, 'relationships' | 'snapshotsOf'>> {
  const related = vdisks.filter(
    ({ name, relationship }) => relationship !== undefined && targets.has(name),
  );
  const found = await Promise.all(
    related.map(({ name, relationship = '' }) =>
      known(array.readRelationship({ relationship, volume: name, system: system.name }), undefined),
    ),
  );
  const held = vdisks.filter(({ snapshotCount = 0 }) => snapshotCount > 0);
  const snapshots = await Promise.all(
    held.map(async ({ name }) =>
      (await known(array.readSnapshotsOfVolume(name), [])).map((snapshot) => ({
        volume: name,
        snapshot,
      })),
    ),
  );
  return {
    ...(related.length === 0 ? {} : { relationships: found.filter((one) => one !== undefined) }),
    ...(held.length === 0 ? {} : { snapshotsOf: snapshots.flat() }),
  };
}

/** Where the array does not have the command, the rules judge by what is known. */
async function known<T>(read: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof FlashCopyError && error.code === 'COMMAND_UNSUPPORTED') return otherwise;
    throw error;
  }
}
