// Volume groups of model hosts: ids stand on every disk, logical volumes are striped over all of them, so a copy that misses one instant is torn.
import { hostError } from './errors.js';
import { BLOCK, type BlockDevice, padded, unpadded } from './disk.js';

const MAGIC = 'model-pv';
const DATA_START = 16 * BLOCK;
const BEGINNING = `{"magic":"${MAGIC}"`;

export interface LogicalVolume {
  readonly name: string;
  /** Bytes on each disk. */
  readonly start: number;
  readonly perDisk: number;
}

/** What stands in the first block of every disk. */
export interface PhysicalVolumeHeader {
  readonly magic: typeof MAGIC;
  readonly pvUuid: string;
  readonly groupUuid: string;
  readonly groupName: string;
  readonly index: number;
  /** UUIDs of all PVs, in order. */
  readonly all: readonly string[];
  readonly logicalVolumes: readonly LogicalVolume[];
}

export async function readHeader(disk: BlockDevice): Promise<PhysicalVolumeHeader | undefined> {
  const first = Buffer.from(await disk.read(0, BLOCK));
  // Of a large group the header goes on, up to the data.
  const long = first.at(-1) !== 0 && first.toString('utf8', 0, BEGINNING.length) === BEGINNING;
  const text = unpadded(long ? await disk.read(0, DATA_START) : first);
  try {
    const header = JSON.parse(text) as PhysicalVolumeHeader;
    return header.magic === MAGIC ? header : undefined;
  } catch {
    return undefined;
  }
}

export const writeHeader = (disk: BlockDevice, header: PhysicalVolumeHeader): Promise<void> =>
  disk.write(0, padded(Buffer.from(JSON.stringify(header))));

/** Makes a group with equally large striped volumes. Disks in order. */
export async function createVolumeGroup(order: {
  readonly disks: readonly BlockDevice[];
  readonly name: string;
  readonly volumes: readonly string[];
  readonly uuid: () => string;
}): Promise<void> {
  const all = order.disks.map(() => order.uuid());
  const room = Math.min(...order.disks.map((disk) => disk.sizeBytes)) - DATA_START;
  const perDisk = Math.floor(room / order.volumes.length / BLOCK) * BLOCK;
  const logicalVolumes = order.volumes.map((name, at) => ({
    name,
    start: DATA_START + at * perDisk,
    perDisk,
  }));
  const shared = {
    magic: MAGIC,
    groupUuid: order.uuid(),
    groupName: order.name,
    all,
    logicalVolumes,
  } as const;
  for (const [index, disk] of order.disks.entries())
    await writeHeader(disk, { ...shared, pvUuid: all[index] ?? '', index });
}

/** One block on each disk in turn. */
export class StripedVolume implements BlockDevice {
  readonly path: string;
  readonly uids: readonly string[];
  readonly sizeBytes: number;

  constructor(
    group: string,
    private readonly volume: LogicalVolume,
    private readonly disks: readonly BlockDevice[],
  ) {
    this.path = `/dev/${group}/${volume.name}`;
    this.uids = disks.flatMap((disk) => disk.uids);
    this.sizeBytes = volume.perDisk * disks.length;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const blocks: Uint8Array[] = [];
    for (let at = offset; at < offset + length; at += BLOCK) {
      const { disk, position } = this.locate(at);
      blocks.push(await disk.read(position, BLOCK));
    }
    return Buffer.concat(blocks);
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length; at += BLOCK) {
      const { disk, position } = this.locate(offset + at);
      await disk.write(position, data.slice(at, at + BLOCK));
    }
  }

  dropCache(): void {
    this.disks.forEach((disk) => disk.dropCache());
  }

  private locate(offset: number): { readonly disk: BlockDevice; readonly position: number } {
    const stripe = offset / BLOCK;
    const disk = this.disks[stripe % this.disks.length];
    if (disk === undefined || offset >= this.sizeBytes)
      throw hostError('EIO', `${this.path}: beyond its end`);
    return { disk, position: this.volume.start + Math.floor(stripe / this.disks.length) * BLOCK };
  }
}
