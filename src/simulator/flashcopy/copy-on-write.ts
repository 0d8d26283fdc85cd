// Copy-on-write by grains, for real: a target reads through to its source until a grain is copied, a write to either side copies it first.
// No method lets anything between its reads and writes, except the cut, which goes from mapping to mapping: the write gate makes it one instant.
/* eslint-disable @typescript-eslint/require-await -- the port is asynchronous for files; here all is done before the promise exists */
import type { ArrayState, Mapping, Volume } from '../model/state.js';
import { grainBytes } from '../model/state.js';
import { GrainSet, grainsOf } from '../model/grain-set.js';
import { isActive } from '../model/legality.js';
import { MemoryPages } from '../store/memory.js';
import type { ByteRange, CopyEngine } from './engine.js';
import { rubbish, scribbledGrains } from './rubbish.js';

export class CopyOnWriteEngine implements CopyEngine {
  private readonly pages = new MemoryPages();
  /** Originals below the scribbles of prepare: a refresh must not count them as changed by a host. */
  private readonly spared = new Map<number, Map<number, Uint8Array | 'empty'>>();

  constructor(private readonly state: ArrayState) {}

  async create(volume: Volume): Promise<void> {
    this.pages.create(volume.id);
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
      for (const grain of grainsOf(range, grainBytes(inbound))) this.fetch(inbound, grain);
    this.noteChange(volume.id, range);
    this.pages.write(volume.id, offset, data);
  }

  async prepare(mapping: Mapping): Promise<void> {
    const originals = new Map<number, Uint8Array | 'empty'>();
    for (const grain of scribbledGrains(mapping.pending.total)) {
      if (this.state.partnerOf(mapping)?.pending.has(grain)) continue; // the partner still reads that grain from here
      const range = this.rangeOf(mapping, grain);
      this.keepForTargets(mapping.target, range);
      const empty = this.pages.isEmpty(mapping.target, range.offset, range.length);
      originals.set(
        grain,
        empty ? 'empty' : this.pages.read(mapping.target, range.offset, range.length),
      );
      this.pages.write(
        mapping.target,
        range.offset,
        rubbish('SCRIBBLED', { mapping: mapping.name, grain, length: range.length }),
      );
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
      for (const grain of needed.members())
        this.noteDownstream(mapping, this.rangeOf(mapping, grain));
      this.takeBackScribbles(mapping);
      this.spared.delete(mapping.id);
      mapping.pending = needed;
      mapping.changed = GrainSet.empty(needed.total);
    }
  }

  async afterCut(): Promise<void> {
    // All is known at the cut.
  }

  async copyGrains(mapping: Mapping, grains: readonly number[]): Promise<void> {
    for (const grain of grains) this.fetch(mapping, grain);
  }

  async poison(mapping: Mapping): Promise<void> {
    for (const grain of mapping.pending.members()) {
      const { offset, length } = this.rangeOf(mapping, grain);
      this.noteChange(mapping.target, { offset, length });
      this.pages.write(
        mapping.target,
        offset,
        rubbish('POISONED', { mapping: mapping.name, grain, length }),
      );
    }
  }

  async abandon(mapping: Mapping): Promise<void> {
    for (const grain of this.spared.get(mapping.id)?.keys() ?? [])
      this.noteChange(mapping.target, this.rangeOf(mapping, grain));
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
    for (const inbound of this.inbound(volume)) {
      if (inbound.pending.size === 0) continue;
      const size = grainBytes(inbound);
      for (const grain of grainsOf(range, size)) {
        if (!inbound.pending.has(grain)) continue;
        const from = Math.max(range.offset, grain * size);
        const part = {
          offset: from,
          length: Math.min(range.offset + range.length, (grain + 1) * size) - from,
        };
        data.set(this.readLogical(inbound.source, part), from - range.offset);
      }
    }
    return data;
  }

  /** Brings one grain of the point in time into the target itself. */
  private fetch(mapping: Mapping, grain: number): void {
    if (!isActive(mapping) || !mapping.pending.has(grain)) return;
    const { offset, length } = this.rangeOf(mapping, grain);
    const content = this.readLogical(mapping.source, { offset, length });
    const stale = !this.pages.isEmpty(mapping.target, offset, length);
    if (stale || content.some((byte) => byte !== 0))
      this.pages.write(mapping.target, offset, content);
    mapping.pending.delete(grain);
  }

  /** Before a source changes: every target that still reads that range from it gets its own copy. */
  private keepForTargets(source: number, range: ByteRange): void {
    for (const mapping of this.state.mappingsFrom(source))
      if (mapping.pending.size > 0)
        for (const grain of grainsOf(range, grainBytes(mapping))) this.fetch(mapping, grain);
  }

  private noteChange(volume: number, range: ByteRange): void {
    for (const mapping of this.state.mappingsOn(volume)) {
      if (!mapping.incremental) continue;
      for (const grain of grainsOf(range, grainBytes(mapping))) mapping.changed.add(grain);
    }
  }

  /** The target is about to change: what depends on its old content is copied out, what records its changes is told. */
  private noteDownstream(mapping: Mapping, range: ByteRange): void {
    for (const other of this.state.mappingsFrom(mapping.target)) {
      for (const grain of grainsOf(range, grainBytes(other))) {
        this.fetch(other, grain);
        if (other.incremental) other.changed.add(grain);
      }
    }
  }

  private takeBackScribbles(mapping: Mapping): void {
    for (const [grain, original] of this.spared.get(mapping.id) ?? []) {
      const { offset, length } = this.rangeOf(mapping, grain);
      if (original === 'empty') this.pages.discard(mapping.target, offset, length);
      else this.pages.write(mapping.target, offset, original);
    }
  }

  /** All grains for a first or incomplete copy, the changed ones for a refresh; never those the partner still reads from this target. */
  private neededGrains(mapping: Mapping): GrainSet {
    const refresh = mapping.incremental && mapping.completeBefore;
    const needed = refresh ? mapping.changed.copy() : GrainSet.full(mapping.pending.total);
    const partner = this.state.partnerOf(mapping);
    if (partner && isActive(partner))
      for (const grain of partner.pending.members()) needed.delete(grain);
    return needed;
  }

  private rangeOf(mapping: Mapping, grain: number): ByteRange {
    const size = grainBytes(mapping);
    const capacity = this.state.volume(mapping.target).capacityBytes;
    return { offset: grain * size, length: Math.min(size, capacity - grain * size) };
  }
}
