// What the plan of a snapshot is judged by: the volume group as it is, what was taken of it, and whether the run's names are free.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { ArrayInspection } from '../domain/inspection.js';
import { buildGroupName } from '../domain/names.js';
import { askedSnapshot } from '../domain/plan-rules/kinds.js';
import type { FlashCopyRequest } from '../domain/request.js';

/** Nothing where the array does not have the function (CMMVC7205E): a rule says so. */
export async function inspectSnapshots(
  array: StorageArray,
  request: FlashCopyRequest,
  token: string,
): Promise<Pick<ArrayInspection, 'snapshots'>> {
  const { volumeGroup, restoreFrom, clone } = askedSnapshot({ request });
  try {
    const [group, taken] = [
      await array.readVolumeGroup(volumeGroup),
      await array.readSnapshots(volumeGroup),
    ];
    const members =
      restoreFrom === undefined
        ? []
        : await array.readSnapshotMembers({ volumeGroup, name: restoreFrom });
    const clones =
      clone === undefined
        ? undefined
        : await array.readVolumeGroup(buildGroupName(request.name, token));
    return {
      snapshots: {
        ...(group === undefined ? {} : { group }),
        taken,
        members,
        cloneGroupTaken: clones !== undefined,
      },
    };
  } catch (error) {
    if (error instanceof FlashCopyError && error.code === 'COMMAND_UNSUPPORTED') return {};
    throw error;
  }
}
