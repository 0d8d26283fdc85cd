// Copy-on-write by grains, for real: a target reads through to its source until a grain is copied,
// a write to either side copies it first. What nobody ever wrote is found by asking the pages up the
// chain, and copied without looking at bytes.
// No method lets anything between its reads and writes, except the cut, which goes from mapping to
// mapping: the write gate makes it one instant.
/* eslint-disable @typescript-eslint/require-await -- the port is asynchronous for files; here all is done before the promise exists */
import type { ArrayState, Mapping, Volume } from '../model/state.js';
import { grainBytes } from '../model/state.js';
import { GrainSet, grainsOf, type Run } from '../model/grain-set.js';
import { isActive } from '../model/legality.js';
import { MemoryPages, PAGE, pagesOf } from '../store/memory.js';
import type { ByteRange, CopyEngine } from './engine.js';
import { rubbish, scribbledGrains } from './rubbish.js';

export class CopyOnWriteEngine implements CopyEngine {
  private readonly pages = new MemoryPages();
  /** Below the scribbles of prepare: a refresh must not count them as changed by a host. */
  private readonly spared = new Map<number, Map<number, Uint8Array | 'empty'>>();

  constructor(private readonly state: ArrayState) {}

  async create(volume: Volume): Promise<void> {
    this.pages.create(volume.id, volume.capacityBytes);
  }

  async remove(volume: Volume): Promise<void> {
    this.pages.remove(volume.id);
  }

  async read(volume: Volume, range: ByteRange): Promise<Uint8Array> {
    return this.readLogical(volume.id, range);
  }

  async write(volume: Volume, offset: number, data: Uint8Array): Promise<void> {
    const range = { offset, length: data.length };
    this.keepForTargets(volume.id, range);
    for (const inbound of this.inbound(volume.id))
      this.fetch(inbound, grainsOf(range, grainBytes(inbound)));
    this.noteChange(volume.id, range);
    this.pages.write(volume.id, offset, data);
  }

  async prepare(mapping: Mapping): Promise<void> {
    const originals = new Map<number, Uint8Array | 'empty'>();
    for (const grain of scribbledGrains(mapping.pending.total)) {
      // The partner still reads that grain from here.
      if (this.state.partnerOf(mapping)?.pending.has(grain)) continue;
      const range = this.rangeOf(mapping, { from: grain, to: grain + 1 });
      this.keepForTargets(mapping.target, range);
      // Only a refresh leaves grains as they are: any other copy brings all of them anew.
      const kept = mapping.incremental && mapping.completeBefore;
      const held = kept && this.pages.held(mapping.target, pagesOf(range)).length > 0;
      originals.set(
        grain,
        held ? this.pages.read(mapping.target, range.offset, range.length) : 'empty',
      );
      this.ruin(mapping, 'SCRIBBLED', [{ from: grain, to: grain + 1 }]);
    }
    this.spared.set(mapping.id, originals);
  }

  async settle(): Promise<void> {
    // Nothing is cached in memory.
  }

  async cut(mappings: readonly Mapping[]): Promise<void> {
    for (const mapping of mappings) {
      await Promise.resolve();
      const needed = this.neededGrains(mapping);
      for (const run of needed.runs()) this.noteDownstream(mapping, this.rangeOf(mapping, run));
      this.takeBackScribbles(mapping, needed);
      this.spared.delete(mapping.id);
      mapping.pending = needed;
      mapping.changed = GrainSet.empty(needed.total);
    }
  }

  async afterCut(): Promise<void> {
    // All is known at the cut.
  }

  async copyGrains(mapping: Mapping, grains: readonly Run[]): Promise<void> {
    for (const run of grains) this.fetch(mapping, run);
  }

  async poison(mapping: Mapping): Promise<void> {
    const runs = mapping.pending.runs();
    for (const run of runs) this.noteChange(mapping.target, this.rangeOf(mapping, run));
    this.ruin(mapping, 'POISONED', runs);
  }

  async abandon(mapping: Mapping): Promise<void> {
    for (const grain of this.spared.get(mapping.id)?.keys() ?? [])
      this.noteChange(mapping.target, this.rangeOf(mapping, { from: grain, to: grain + 1 }));
    this.spared.delete(mapping.id);
  }

  async forget(mapping: Mapping): Promise<void> {
    this.spared.delete(mapping.id);
  }

  usedBytes(volume: Volume): number {
    return Math.min(volume.capacityBytes, this.pages.usedBytes(volume.id));
  }

  async resize(volume: Volume, bytes: number): Promise<void> {
    this.pages.resize(volume.id, bytes);
  }

  imagePath(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    // The contents end with the process.
  }

  /** Active copies into a volume: one, or also a restore over it. A grain is pending in one of them at most. */
  private inbound(volume: number): Mapping[] {
    return this.state
      .mappingsOn(volume)
      .filter((mapping) => mapping.target === volume && isActive(mapping));
  }

  private readLogical(volume: number, range: ByteRange): Uint8Array {
    const data = this.pages.read(volume, range.offset, range.length);
    for (const inbound of this.inbound(volume))
      for (const run of inbound.pending.runs(grainsOf(range, grainBytes(inbound)))) {
        const part = overlap(range, this.rangeOf(inbound, run));
        data.set(this.readLogical(inbound.source, part), part.offset - range.offset);
      }
    return data;
  }

  /** Pages that a reader may find something in, by itself or up the chain; never one too few. */
  private occupied(volume: number, pages: Run): Run[] {
    const found = this.pages.held(volume, pages);
    for (const inbound of this.inbound(volume)) {
      const scale = grainBytes(inbound) / PAGE;
      const grains = { from: Math.floor(pages.from / scale), to: Math.ceil(pages.to / scale) };
      for (const run of inbound.pending.runs(grains))
        found.push(...this.occupied(inbound.source, within(scaled(run, scale), pages)));
    }
    return found;
  }

  /** Brings grains of the point in time into the target itself. */
  private fetch(mapping: Mapping, grains: Run): void {
    if (!isActive(mapping)) return;
    const size = grainBytes(mapping);
    for (const run of mapping.pending.runs(grains)) {
      const filled = GrainSet.empty(mapping.pending.total);
      for (const pages of this.occupied(mapping.source, pagesOf(this.rangeOf(mapping, run)))) {
        const { from, to } = grainsOf({ offset: pages.from * PAGE, length: bytesIn(pages) }, size);
        filled.add(from, to);
      }
      for (const gap of filled.gaps(run))
        this.pages.discard(mapping.target, pagesOf(this.rangeOf(mapping, gap)));
      for (const grain of filled.runs(run)) this.fetchEach(mapping, grain);
      mapping.pending.delete(run.from, run.to);
    }
  }

  private fetchEach(mapping: Mapping, { from, to }: Run): void {
    for (let grain = from; grain < to; grain++) {
      const range = this.rangeOf(mapping, { from: grain, to: grain + 1 });
      const content = this.readLogical(mapping.source, range);
      if (content.some((byte) => byte !== 0))
        this.pages.write(mapping.target, range.offset, content);
      else this.pages.discard(mapping.target, pagesOf(range));
    }
  }

  /** Before a source changes: every target that still reads that range from it gets its own copy. */
  private keepForTargets(source: number, range: ByteRange): void {
    for (const mapping of this.state.mappingsFrom(source))
      this.fetch(mapping, grainsOf(range, grainBytes(mapping)));
  }

  private noteChange(volume: number, range: ByteRange): void {
    for (const mapping of this.state.mappingsOn(volume)) {
      if (!mapping.incremental) continue;
      const { from, to } = grainsOf(range, grainBytes(mapping));
      mapping.changed.add(from, to);
    }
  }

  /** The target is about to change: what depends on its old content is copied out first. */
  private noteDownstream(mapping: Mapping, range: ByteRange): void {
    for (const other of this.state.mappingsFrom(mapping.target)) {
      const grains = grainsOf(range, grainBytes(other));
      this.fetch(other, grains);
      if (other.incremental) other.changed.add(grains.from, grains.to);
    }
  }

  /** Where the copy will bring content of its own, what was there does not matter. */
  private takeBackScribbles(mapping: Mapping, needed: GrainSet): void {
    for (const [grain, original] of this.spared.get(mapping.id) ?? []) {
      const range = this.rangeOf(mapping, { from: grain, to: grain + 1 });
      if (original === 'empty' || needed.has(grain))
        this.pages.discard(mapping.target, pagesOf(range));
      else this.pages.write(mapping.target, range.offset, original);
    }
  }

  /** Made when it is read: destroying a large volume takes no memory. */
  private ruin(
    { name, target, grainKiB }: Mapping,
    cause: 'POISONED' | 'SCRIBBLED',
    grains: readonly Run[],
  ): void {
    const size = grainKiB * 1024;
    const runs = grains.map((run) => within(scaled(run, size / PAGE), this.pagesOn(target)));
    this.pages.fill(target, runs, (page) => {
      const grain = Math.floor((page * PAGE) / size);
      const at = (page * PAGE) % size;
      return rubbish(cause, { mapping: name, grain, length: size }).subarray(at, at + PAGE);
    });
  }

  private pagesOn(volume: number): Run {
    return pagesOf({ offset: 0, length: this.state.volume(volume).capacityBytes });
  }

  /** All grains for a first or incomplete copy, the changed ones for a refresh; never those the partner still reads from this target. */
  private neededGrains(mapping: Mapping): GrainSet {
    const refresh = mapping.incremental && mapping.completeBefore;
    const needed = refresh ? mapping.changed.copy() : GrainSet.full(mapping.pending.total);
    const partner = this.state.partnerOf(mapping);
    if (!partner || !isActive(partner)) return needed;
    // Grains of two sizes do not fall together: then the partner gets its own copies first.
    if (partner.grainKiB !== mapping.grainKiB)
      this.fetch(partner, { from: 0, to: partner.pending.total });
    else for (const { from, to } of partner.pending.runs()) needed.delete(from, to);
    return needed;
  }

  private rangeOf(mapping: Mapping, { from, to }: Run): ByteRange {
    const size = grainBytes(mapping);
    const capacity = this.state.volume(mapping.target).capacityBytes;
    return { offset: from * size, length: Math.min(to * size, capacity) - from * size };
  }
}

const bytesIn = ({ from, to }: Run): number => (to - from) * PAGE;
const scaled = ({ from, to }: Run, scale: number): Run => ({ from: from * scale, to: to * scale });
const within = (run: Run, bounds: Run): Run => ({
  from: Math.max(run.from, bounds.from),
  to: Math.min(run.to, bounds.to),
});

function overlap(one: ByteRange, other: ByteRange): ByteRange {
  const offset = Math.max(one.offset, other.offset);
  const end = Math.min(one.offset + one.length, other.offset + other.length);
  return { offset, length: end - offset };
}
