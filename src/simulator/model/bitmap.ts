// Bitmap memory for FlashCopy: one bit per grain and mapping, a second bitmap for what changes under an incremental one.
import type { ArrayState, Mapping } from './state.js';

export const bitmapTotal = ({ settings }: ArrayState): number => settings.flashBitmapMiB * 2 ** 20;

export function bitmapNeed(mapping: Pick<Mapping, 'incremental'>, grains: number): number {
  return Math.ceil(grains / 8) * (mapping.incremental ? 2 : 1);
}

/** Bytes that all mappings use. */
export const bitmapBytes = ({ mappings }: ArrayState): number =>
  mappings.reduce((sum, mapping) => sum + bitmapNeed(mapping, mapping.pending.total), 0);
