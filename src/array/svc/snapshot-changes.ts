// Changes around snapshots, each one command: clones, renames, removals. The snapshot itself is taken by a start session.
import type { FlashCopyError } from '../../domain/errors.js';
import { checkObjectName } from '../../domain/names.js';
import type { StorageArray } from '../array.js';
import { compare, tolerate, unlessExists } from './changes.js';
import { refusalClass } from './errors.js';
import type { Reads } from './reads.js';
import type { SnapshotReads } from './snapshot-reads.js';
import type { Wire } from './wire.js';

export type SnapshotChanges = Pick<
  StorageArray,
  'cloneSnapshot' | 'renameVDisk' | 'removeVolumeGroup' | 'removeSnapshot'
>;

export function createSnapshotChanges(wire: Wire, reads: Reads & SnapshotReads): SnapshotChanges {
  return {
    cloneSnapshot: (clone) => cloneSnapshot(wire, reads, clone),
    renameVDisk: async (from, to) => {
      try {
        await wire.change({ verb: 'chvdisk', flags: { name: checkObjectName(to) }, object: from });
      } catch (error) {
        if (refusalClass(error) !== 'missing' || (await reads.readVDisks([to])).length === 0)
          throw error;
      }
    },
    removeVolumeGroup: (name) =>
      tolerate('missing', wire.change({ verb: 'rmvolumegroup', object: name })),
    removeSnapshot: ({ volumeGroup, name }) => {
      const flags = { snapshot: checkObjectName(name), volumegroup: checkObjectName(volumeGroup) };
      return tolerate('missing', wire.change({ verb: 'rmsnapshot', flags }));
    },
  };
}

async function cloneSnapshot(
  wire: Wire,
  reads: SnapshotReads,
  { name, volumeGroup, as, kind, pool }: Parameters<StorageArray['cloneSnapshot']>[0],
): Promise<void> {
  const flags = {
    name: checkObjectName(as),
    type: kind,
    snapshot: checkObjectName(name),
    fromsourcegroup: checkObjectName(volumeGroup),
    pool: pool && checkObjectName(pool),
  };
  await unlessExists(
    wire.change({ verb: 'mkvolumegroup', flags }),
    async (refused: FlashCopyError) => {
      const found = await reads.readVolumeGroup(as);
      if (found === undefined) throw refused;
      compare(
        `volume group ${as}`,
        { 'source snapshot': name },
        { 'source snapshot': found.fromSnapshot },
      );
    },
  );
}
