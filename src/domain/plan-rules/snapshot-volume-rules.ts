// Snapshots of the array's own function and FlashCopy mappings exclude each other on one volume:
// the array refuses at prepare (CMMVC9862E), when targets are let go already. Known beforehand.
import { refuseIf, type Rule } from './rule.js';

const withoutSnapshots: Rule = ({ pairs }) =>
  pairs.flatMap(({ field, array, source, target }) =>
    (
      [
        ['source', source],
        ['target', target],
      ] as const
    ).flatMap(([role, vdisk]) => {
      const names = (array.snapshotsOf ?? [])
        .filter(({ volume }) => volume === vdisk?.name)
        .map(({ snapshot }) => snapshot);
      const count = vdisk?.snapshotCount ?? 0;
      const which = names.length === 0 ? `${count} snapshots` : `snapshot ${names.join(', ')}`;
      return refuseIf(count > 0, () => [
        'VOLUME_HAS_SNAPSHOTS',
        `${field}.${role}`,
        vdisk?.name ?? '',
        `volume ${vdisk?.name ?? ''} has ${which}, and takes no mapping then: ` +
          'use copy.kind snapshot, or remove them (rmsnapshot)',
      ]);
    }),
  );

export const SNAPSHOT_VOLUME_RULES: readonly Rule[] = [withoutSnapshots];
