// Volume groups and snapshots as the array tells of them. Snapshots are found by name within their volume group: ids are used again.
import { checkObjectName } from '../../domain/names.js';
import type { StorageArray } from '../array.js';
import { list, show } from './command.js';
import { refusalClass } from './errors.js';
import { toClonedVolume, toSnapshot, toVolumeGroup } from './objects.js';
import { findByName } from './reads.js';
import type { Row } from './row.js';
import type { Wire } from './wire.js';

export type SnapshotReads = Pick<
  StorageArray,
  | 'readVolumeGroup'
  | 'readSnapshots'
  | 'readSnapshotMembers'
  | 'readSnapshotsOfVolume'
  | 'readClonedVolumes'
  | 'readPopulation'
>;

export function createSnapshotReads(wire: Wire): SnapshotReads {
  const volumesOf = (group: string): Promise<Row[]> =>
    wire.list(
      list('lsvdisk', { bytes: true, filtervalue: `volume_group_name=${checkObjectName(group)}` }),
    );
  return {
    readVolumeGroup: async (name) => {
      const row = await findByName(wire, 'lsvolumegroup', name);
      if (row === undefined) return undefined;
      return toVolumeGroup(
        row,
        (await volumesOf(name)).map((volume) => volume.filled('name')),
      );
    },
    readSnapshots: async (volumeGroup) => {
      const command = list('lsvolumegroupsnapshot', { volumegroup: checkObjectName(volumeGroup) });
      return (await noneIfMissing(wire.list(command))).map(toSnapshot);
    },
    readSnapshotMembers: async ({ volumeGroup, name }) => {
      const rows = await wire.list(
        list('lsvolumesnapshot', { filtervalue: `snapshot_name=${checkObjectName(name)}` }),
      );
      // Another volume group may have a snapshot of that name.
      return rows
        .filter((row) => row.text('volume_group_name') === volumeGroup)
        .map((row) => row.filled('volume_name'));
    },
    readSnapshotsOfVolume: async (volume) => {
      const filtervalue = `volume_name=${checkObjectName(volume)}`;
      const rows = await wire.list(list('lsvolumesnapshot', { filtervalue }));
      return rows
        .filter((row) => row.text('volume_name') === volume)
        .map((row) => row.filled('snapshot_name'));
    },
    readClonedVolumes: async (volumeGroup) => {
      const cloned = [];
      // Only the detailed view tells what a volume was made from.
      for (const volume of await volumesOf(volumeGroup))
        cloned.push(
          toClonedVolume(await wire.show(show('lsvdisk', volume.filled('name'), { bytes: true }))),
        );
      return cloned;
    },
    readPopulation: async () =>
      (await wire.list(list('lsvolumepopulation'))).map((row) => ({
        volume: row.filled('volume_name'),
        progressPercent: row.integer('progress', { max: 100 }),
      })),
  };
}

async function noneIfMissing(rows: Promise<Row[]>): Promise<Row[]> {
  try {
    return await rows;
  } catch (error) {
    if (refusalClass(error) === 'missing') return [];
    throw error;
  }
}
