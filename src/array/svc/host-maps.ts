// Who may see a volume. Promise: after success the map was acknowledged by the array or read back; a volume is never taken from another host.
import { FlashCopyError } from '../../domain/errors.js';
import { checkObjectName } from '../../domain/names.js';
import type { StorageArray } from '../array.js';
import { compare, notThere } from './changes.js';
import { refusalClass } from './errors.js';
import type { Reads } from './reads.js';
import type { Wire } from './wire.js';

export function createHostMaps(
  wire: Wire,
  reads: Reads,
): Pick<StorageArray, 'mapVDisk' | 'unmapVDisk'> {
  const find = async (vdisk: string, host: string) =>
    (await reads.readHostMaps(vdisk)).find((map) => map.hostName === host);
  return {
    mapVDisk: async ({ vdisk, host, scsiId }) => {
      const flags = { host: checkObjectName(host), scsi: scsiId };
      try {
        // Never -force: a volume that another host sees is refused.
        const warnings = await wire.change({ verb: 'mkvdiskhostmap', flags, object: vdisk });
        if (warnings.length > 0 && (await find(vdisk, host)) === undefined)
          throw notThere(warnings);
      } catch (error) {
        if (refusalClass(error) !== 'already') throw error;
        const map = await find(vdisk, host);
        if (map === undefined) throw mappedElsewhere(vdisk, error);
        if (scsiId !== undefined)
          compare(`map of ${vdisk} to ${host}`, { scsiId }, { scsiId: map.scsiId });
      }
    },
    unmapVDisk: async ({ vdisk, host }) => {
      const flags = { host: checkObjectName(host) };
      try {
        await wire.change({ verb: 'rmvdiskhostmap', flags, object: vdisk });
      } catch (error) {
        const gone = ['already', 'missing'].includes(refusalClass(error) ?? '');
        // A volume that does not exist at all throws from this read: the caller meant another one.
        if (!gone || (await find(vdisk, host)) !== undefined) throw error;
      }
    },
  };
}

function mappedElsewhere(vdisk: string, cause: unknown): FlashCopyError {
  return new FlashCopyError({
    family: 'array',
    code: 'MAPPED_ELSEWHERE',
    message: `${vdisk} is mapped to another host; unmap it there first`,
    details: { vdisk },
    cause,
  });
}
