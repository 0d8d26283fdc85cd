// Block devices of a model host. Reads come from the host's cache once they were read: a disk that changes beneath shows its old content
// until its cache is dropped, as on a real host.
import type { VolumeIo } from '../../simulator/volume-io.js';

export const BLOCK = 4096;

export interface BlockDevice {
  readonly path: string;
  /** UIDs of the VDisks beneath. */
  readonly uids: readonly string[];
  readonly sizeBytes: number;
  /** Offset and length in whole blocks. */
  read(offset: number, length: number): Promise<Uint8Array>;
  write(offset: number, data: Uint8Array): Promise<void>;
  dropCache(): void;
}

/** Data padded with zeros to whole blocks. */
export function padded(data: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(data.length / BLOCK) * BLOCK);
  whole.set(data);
  return whole;
}

/** What was padded, as text. */
export function unpadded(blocks: Uint8Array): string {
  const end = blocks.indexOf(0);
  return Buffer.from(blocks.subarray(0, end < 0 ? blocks.length : end)).toString('utf8');
}

export const diskPath = (uid: string): string => `/dev/mapper/3${uid.toLowerCase()}`;

/** Where a host reaches a VDisk. */
export interface DiskAddress {
  readonly io: VolumeIo;
  readonly uid: string;
  /** The array's host object. */
  readonly host: string;
  readonly sizeBytes: number;
}

export class ModelDisk implements BlockDevice {
  readonly path: string;
  readonly uids: readonly string[];
  readonly sizeBytes: number;
  private readonly cache = new Map<number, Uint8Array>();

  constructor(private readonly address: DiskAddress) {
    this.path = diskPath(address.uid);
    this.uids = [address.uid];
    this.sizeBytes = address.sizeBytes;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const numbers = Array.from({ length: length / BLOCK }, (_, index) => offset / BLOCK + index);
    if (!numbers.every((number) => this.cache.has(number))) {
      const { io, uid, host } = this.address;
      this.remember(offset, await io.read({ vdisk: uid, host, offset, length }));
    }
    return Buffer.concat(numbers.map((number) => this.cache.get(number) ?? new Uint8Array(BLOCK)));
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    const { io, uid, host } = this.address;
    await io.write({ vdisk: uid, host, offset, data });
    this.remember(offset, data);
  }

  dropCache(): void {
    this.cache.clear();
  }

  private remember(offset: number, data: Uint8Array): void {
    for (let at = 0; at < data.length; at += BLOCK)
      this.cache.set((offset + at) / BLOCK, data.slice(at, at + BLOCK));
  }
}
