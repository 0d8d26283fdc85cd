// A simple file system that keeps what is written in memory until it is flushed, and writes its own superblock and directory back whenever
// it is unmounted: a target that was still mounted during a copy destroys the copy, as a real one does.
import { crc32 } from 'node:zlib';
import { hostError } from './errors.js';
import { BLOCK, type BlockDevice, padded, unpadded } from './disk.js';

const MAGIC = 'model-fs';
const DIRECTORY_AT = BLOCK;
const DIRECTORY_BYTES = 16 * BLOCK;
const FIRST_DATA_BLOCK = 17;

export interface Superblock {
  readonly magic: typeof MAGIC;
  readonly uuid: string;
  /** False while it is mounted for writing and not frozen. */
  readonly clean: boolean;
}

interface Directory {
  nextBlock: number;
  files: Record<string, { size: number; blocks: number[] }>;
}

export async function readSuperblock(device: BlockDevice): Promise<Superblock | undefined> {
  const text = unpadded(await device.read(0, BLOCK));
  try {
    const found = JSON.parse(text) as Superblock;
    return found.magic === MAGIC ? found : undefined;
  } catch {
    return undefined;
  }
}

export const writeSuperblock = (device: BlockDevice, superblock: Superblock): Promise<void> =>
  device.write(0, padded(Buffer.from(JSON.stringify(superblock))));

function encodeDirectory(directory: Directory): Uint8Array {
  const text = Buffer.from(JSON.stringify(directory));
  const region = Buffer.alloc(DIRECTORY_BYTES);
  region.writeUInt32LE(text.length, 0);
  region.writeUInt32LE(crc32(text), 4);
  text.copy(region, 8);
  return region;
}

/** Throws FILE_SYSTEM_DAMAGED when its parts stem from different instants. */
async function readDirectory(device: BlockDevice): Promise<Directory> {
  const region = Buffer.from(await device.read(DIRECTORY_AT, DIRECTORY_BYTES));
  const text = region.subarray(8, 8 + region.readUInt32LE(0));
  if (crc32(text) !== region.readUInt32LE(4))
    throw hostError('FILE_SYSTEM_DAMAGED', `${device.path}: the directory's checksum is wrong`);
  return JSON.parse(text.toString('utf8')) as Directory;
}

export async function makeFileSystem(device: BlockDevice, uuid: string): Promise<void> {
  await device.write(DIRECTORY_AT, encodeDirectory({ nextBlock: FIRST_DATA_BLOCK, files: {} }));
  await writeSuperblock(device, { magic: MAGIC, uuid, clean: true });
}

/** Reads everything that ties the file system together. */
export async function checkFileSystem(device: BlockDevice): Promise<void> {
  if ((await readSuperblock(device)) === undefined)
    throw hostError('FILE_SYSTEM_DAMAGED', `${device.path}: no superblock`);
  const { files } = await readDirectory(device);
  for (const [name, { size, blocks }] of Object.entries(files))
    if (size > blocks.length * BLOCK)
      throw hostError('FILE_SYSTEM_DAMAGED', `${device.path}: ${name} lacks blocks`);
}

export class FileSystem {
  frozen = false;
  private readonly dirty = new Map<number, Uint8Array>();
  private directoryDirty = false;
  private waiting: (() => void)[] = [];
  private flushing: Promise<void> = Promise.resolve();

  readonly uuid: string;
  readonly readOnly: boolean;

  private constructor(
    readonly device: BlockDevice,
    private readonly directory: Directory,
    how: { readonly uuid: string; readonly readOnly: boolean },
  ) {
    this.uuid = how.uuid;
    this.readOnly = how.readOnly;
  }

  static async open(device: BlockDevice, readOnly: boolean): Promise<FileSystem> {
    const superblock = await readSuperblock(device);
    if (superblock === undefined)
      throw hostError('NO_FILE_SYSTEM', `${device.path} holds no file system`);
    const fileSystem = new FileSystem(device, await readDirectory(device), {
      uuid: superblock.uuid,
      readOnly,
    });
    if (!readOnly) await writeSuperblock(device, { ...superblock, clean: false });
    return fileSystem;
  }

  get dirtyBytes(): number {
    return this.dirty.size * BLOCK;
  }

  get fileNames(): string[] {
    return Object.keys(this.directory.files);
  }

  /** In memory only; waits while the file system is frozen. */
  async append(name: string, data: Uint8Array): Promise<void> {
    while (this.frozen) await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.readOnly) throw hostError('EROFS', `${this.device.path} is read-only`);
    const file = (this.directory.files[name] ??= { size: 0, blocks: [] });
    const inLast = file.size % BLOCK;
    const last = inLast === 0 ? undefined : file.blocks.at(-1);
    const before =
      last === undefined ? new Uint8Array() : (await this.block(last)).slice(0, inLast);
    const content = padded(Buffer.concat([before, data]));
    for (let at = 0; at < content.length; at += BLOCK) {
      const block = at === 0 && last !== undefined ? last : this.directory.nextBlock++;
      if (block !== last) file.blocks.push(block);
      this.dirty.set(block, content.slice(at, at + BLOCK));
    }
    file.size += data.length;
    this.directoryDirty = true;
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    const file = this.directory.files[name];
    if (file === undefined) return undefined;
    const blocks: Uint8Array[] = [];
    for (const block of file.blocks) blocks.push(await this.block(block));
    return Buffer.concat(blocks).subarray(0, file.size);
  }

  /** Everything dirty reaches the disk: data first, then the directory that names it. */
  flush(): Promise<void> {
    this.flushing = this.flushing.catch(() => undefined).then(() => this.writeBack());
    return this.flushing;
  }

  /** Throws BUSY when it is frozen already. */
  async freeze(): Promise<void> {
    if (this.frozen) throw hostError('BUSY', `${this.device.path} is frozen already`);
    this.frozen = true;
    await this.flush();
    if (!this.readOnly)
      await writeSuperblock(this.device, { magic: MAGIC, uuid: this.uuid, clean: true });
  }

  /** Throws NOT_FROZEN. */
  thaw(): void {
    if (!this.frozen) throw hostError('NOT_FROZEN', `${this.device.path} is not frozen`);
    this.frozen = false;
    this.waiting.splice(0).forEach((resume) => resume());
  }

  /** The last unmount: what memory holds becomes what the disk holds, whatever the disk holds by then. */
  async close(): Promise<void> {
    if (this.readOnly) return;
    this.directoryDirty = true;
    await this.flush();
    await writeSuperblock(this.device, { magic: MAGIC, uuid: this.uuid, clean: true });
  }

  private async writeBack(): Promise<void> {
    const blocks = [...this.dirty];
    const withDirectory = this.directoryDirty;
    const directory = encodeDirectory(this.directory);
    this.dirty.clear();
    this.directoryDirty = false;
    for (const [block, data] of blocks) await this.device.write(block * BLOCK, data);
    if (withDirectory) await this.device.write(DIRECTORY_AT, directory);
  }

  private block(number: number): Promise<Uint8Array> {
    const dirty = this.dirty.get(number);
    return dirty === undefined ? this.device.read(number * BLOCK, BLOCK) : Promise.resolve(dirty);
  }
}
