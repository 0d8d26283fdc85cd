// Port: the I/O of hosts on the simulated array's volumes, for model hosts and tests. A host sees only what is mapped to its host object,
// and gets EIO where a real host would: not mapped, target preparing/prepared/stopped, volume removed.
import { FlashCopyError } from '../domain/errors.js';

/** Which volume, seen by whom. */
export interface VolumeAddress {
  /** Name or vdisk_UID. */
  readonly vdisk: string;
  /** Name of the array's host object that does the I/O. */
  readonly host: string;
}

export interface VolumeRead extends VolumeAddress {
  /** Bytes; any alignment. */
  readonly offset: number;
  readonly length: number;
}

export interface VolumeWrite extends VolumeAddress {
  readonly offset: number;
  readonly data: Uint8Array;
}

/** What a rescan of a host finds. Offline volumes are found too: reading them fails. */
export interface VisibleVolume {
  readonly name: string;
  readonly uid: string;
  readonly scsiId: number;
  readonly capacityBytes: number;
}

export interface VolumeIo {
  /** Throws EIO (family `host`, not-done). Never-written bytes are 0. */
  read(request: VolumeRead): Promise<Uint8Array>;
  /** Durable for the array once resolved. Waits while a group is being cut, then goes on. Throws EIO (not-done). */
  write(request: VolumeWrite): Promise<void>;
  /** All volumes mapped to the host, in the order of their SCSI ids; [] for an unknown host. */
  visibleTo(host: string): VisibleVolume[];
}

/** The one error of host I/O. */
export function ioError(address: VolumeAddress, reason: string): FlashCopyError {
  return new FlashCopyError({
    family: 'host',
    code: 'EIO',
    message: `I/O error on ${address.vdisk} from ${address.host}: ${reason}`,
    details: { vdisk: address.vdisk, host: address.host, reason },
  });
}
