// FlashCopy over image files that others write behind our back: at the cut every target file becomes a clone of its source.
// Changed grains are found by comparing with a hidden base, the point in time before; they are never assumed.
import { statSync } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArrayState, Mapping, Volume } from '../model/state.js';
import { grainBytes } from '../model/state.js';
import { GrainSet } from '../model/grain-set.js';
import { Cloner, eachOf } from '../store/cloner.js';
import { createImage, differingGrains, readAt, type DataOf } from '../store/files.js';
import type { ByteRange, CopyEngine } from './engine.js';
import { rubbish, scribbledGrains } from './rubbish.js';

export class CloningEngine implements CopyEngine {
  private readonly cloner = new Cloner();
  private readonly dataOf: DataOf = (path) => this.cloner.dataOf(path);

  private constructor(
    private readonly state: ArrayState,
    private readonly folder: string,
  ) {}

  static async open(state: ArrayState, folder: string): Promise<CloningEngine> {
    await mkdir(folder, { recursive: true });
    const engine = new CloningEngine(state, folder);
    engine.cloner.warm();
    return engine;
  }

  usedBytes(volume: Volume): number {
    return Math.min(volume.capacityBytes, blocksOf(this.imagePath(volume)) * 512);
  }

  async resize(volume: Volume, bytes: number): Promise<void> {
    await this.withFile(volume.id, 'r+', (file) => file.truncate(bytes));
  }

  imagePath(volume: Volume): string {
    return join(this.folder, `${volume.storedAs}.img`);
  }

  async create(volume: Volume, keep: boolean): Promise<void> {
    const path = this.imagePath(volume);
    if (!keep || !(await exists(path))) await createImage(path, volume.capacityBytes);
  }

  async remove(volume: Volume): Promise<void> {
    await rm(this.imagePath(volume), { force: true });
  }

  async read(volume: Volume, range: ByteRange): Promise<Uint8Array> {
    return this.withFile(volume.id, 'r', (file) => readAt(file, range.offset, range.length));
  }

  async write(volume: Volume, offset: number, data: Uint8Array): Promise<void> {
    await this.withFile(volume.id, 'r+', (file) => file.write(data, 0, data.length, offset));
  }

  async prepare(mapping: Mapping): Promise<void> {
    await this.settle([mapping]);
    if (isRefresh(mapping)) {
      const pair = { from: this.base(mapping), to: this.image(mapping.target) };
      const changed = await differingGrains(pair, grainBytes(mapping), this.dataOf).catch(
        () => undefined,
      );
      if (changed) for (const grain of changed) mapping.changed.add(grain);
      else mapping.changed.add(0, mapping.changed.total);
    }
    await this.ruin(mapping, 'SCRIBBLED', scribbledGrains(mapping.pending.total));
  }

  async settle(mappings: readonly Mapping[]): Promise<void> {
    this.cloner.warm();
    // A file without a block has nothing to write back.
    const written = mappings.filter(({ source }) => blocksOf(this.image(source)) > 0);
    await eachOf(written, ({ source }) => this.withFile(source, 'r', (file) => file.sync()));
  }

  async cut(mappings: readonly Mapping[]): Promise<void> {
    await this.cloner.clone(
      mappings.map(({ source, target }) => ({ from: this.image(source), to: this.image(target) })),
    );
    for (const mapping of mappings) mapping.pending = GrainSet.full(mapping.pending.total);
  }

  async afterCut(mappings: readonly Mapping[]): Promise<void> {
    for (const mapping of mappings.filter(({ incremental }) => incremental))
      await this.compareWithBase(mapping);
  }

  async copyGrains(): Promise<void> {
    // The clone holds every grain already; only the account of progress follows the clock.
  }

  async poison(mapping: Mapping): Promise<void> {
    await this.ruin(mapping, 'POISONED', await this.toPoison(mapping));
  }

  async abandon(): Promise<void> {
    // The scribbles are in the file; the next comparison finds them.
  }

  async forget(mapping: Mapping): Promise<void> {
    await rm(this.base(mapping), { force: true });
  }

  close(): Promise<void> {
    this.cloner.close();
    return Promise.resolve();
  }

  /** The target is not served yet, so it still is the point in time: what differs from the old base changed on the source. */
  private async compareWithBase(mapping: Mapping): Promise<void> {
    const target = this.image(mapping.target);
    const base = this.base(mapping);
    if (isRefresh(mapping) && (await exists(base))) {
      const pair = { from: base, to: target };
      const onSource = await differingGrains(pair, grainBytes(mapping), this.dataOf);
      for (const grain of onSource) mapping.changed.add(grain);
      mapping.pending = mapping.changed.copy();
    } else {
      await createImage(base, this.state.volume(mapping.target).capacityBytes);
    }
    mapping.changed = GrainSet.empty(mapping.pending.total);
    await this.cloner.clone([{ from: target, to: base }]);
  }

  /** Pending grains that hold something, and a few of the others: destroying holes fills the disk. */
  private async toPoison({ target, pending, ...mapping }: Mapping): Promise<number[]> {
    const size = mapping.grainKiB * 1024;
    const grains = GrainSet.empty(pending.total);
    for (const { from, to } of await this.dataOf(this.image(target)))
      grains.add(Math.floor(from / size), Math.ceil(to / size));
    for (const grain of scribbledGrains(pending.total)) grains.add(grain);
    return grains.members().filter((grain) => pending.has(grain));
  }

  private async ruin(
    mapping: Mapping,
    cause: 'POISONED' | 'SCRIBBLED',
    grains: readonly number[],
  ): Promise<void> {
    const size = grainBytes(mapping);
    const capacity = this.state.volume(mapping.target).capacityBytes;
    await this.withFile(mapping.target, 'r+', async (file) => {
      for (const grain of grains) {
        const length = Math.min(size, capacity - grain * size);
        await file.write(
          rubbish(cause, { mapping: mapping.name, grain, length }),
          0,
          length,
          grain * size,
        );
      }
    });
  }

  private image(volume: number): string {
    return this.imagePath(this.state.volume(volume));
  }

  private base(mapping: Mapping): string {
    return join(this.folder, `.base-${mapping.id}.img`);
  }

  private async withFile<T>(
    volume: number,
    mode: 'r' | 'r+',
    work: (file: Awaited<ReturnType<typeof open>>) => Promise<T>,
  ): Promise<T> {
    const file = await open(this.image(volume), mode);
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  }
}

const isRefresh = (mapping: Mapping): boolean => mapping.incremental && mapping.completeBefore;
const blocksOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.blocks ?? 0;
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
