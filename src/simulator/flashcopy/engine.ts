// Port: how the bytes of FlashCopy move. Two engines keep it: copy-on-write by grains in memory, and clones of image files.
// The rules (states, which grains, when) are not here: engines obey the mapping they are given.
import type { Run } from '../model/grain-set.js';
import type { Mapping, Volume } from '../model/state.js';

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface CopyEngine {
  /** A new volume full of zeros, or, with `keep`, the one that is there already (a restart). */
  create(volume: Volume, keep: boolean): Promise<void>;
  remove(volume: Volume): Promise<void>;
  /** What a host reads: the logical content. */
  read(volume: Volume, range: ByteRange): Promise<Uint8Array>;
  write(volume: Volume, offset: number, data: Uint8Array): Promise<void>;
  /** Prepare: write back the source's cache, throw target data away (some of it visibly). The target is out of reach already. */
  prepare(mapping: Mapping): Promise<void>;
  /** Right before the instant: whatever shortens it. */
  settle(mappings: readonly Mapping[]): Promise<void>;
  /** Inside the instant, writes of all hosts held: the targets become the sources. Sets pending and clears changed. */
  cut(mappings: readonly Mapping[]): Promise<void>;
  /** After the instant, before hosts reach the targets again. */
  afterCut(mappings: readonly Mapping[]): Promise<void>;
  /** Background copy of some pending grains; the caller takes them off `pending`. */
  copyGrains(mapping: Mapping, grains: readonly Run[]): Promise<void>;
  /** Stop below 100 %: pending grains become unreadable rubbish. */
  poison(mapping: Mapping): Promise<void>;
  /** Prepare without a start: what it threw away stays lost. */
  abandon(mapping: Mapping): Promise<void>;
  /** The mapping is gone: hidden files and notes too. */
  forget(mapping: Mapping): Promise<void>;
  /** Bytes the volume holds by itself: what a thin one takes of its pool. */
  usedBytes(volume: Volume): number;
  /** Another capacity; what is beyond a smaller one is lost. The caller sets `capacityBytes` afterwards. */
  resize(volume: Volume, bytes: number): Promise<void>;
  /** Files with an image behind them, for a data plane; undefined in memory. */
  imagePath(volume: Volume): string | undefined;
  close(): Promise<void>;
}
