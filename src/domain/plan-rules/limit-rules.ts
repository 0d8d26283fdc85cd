// Limits of the array, known before anything is made: mappings of one source, and bitmap memory (IBM: 256 targets of a source, 1 bit for each grain).
import type { IoGroup } from '../vdisk.js';
import { refuseIf, type Rule } from './rule.js';
import type { PairView, View } from './view.js';

const TARGETS_OF_A_SOURCE = 256;

const targetsOfASource: Rule = ({ pairs }) =>
  [...new Set(pairs.map(({ array, asked }) => `${array.array}/${asked.source}`))].flatMap((key) => {
    const of = pairs.filter(({ array, asked }) => `${array.array}/${asked.source}` === key);
    const [first] = of;
    const found =
      first?.array.mappings.filter(({ source }) => source === first.asked.source).length ?? 0;
    const all = found + of.filter(({ mapping }) => mapping === undefined).length;
    return refuseIf(first !== undefined && all > TARGETS_OF_A_SOURCE, () => [
      'TOO_MANY_TARGETS',
      `${first?.field ?? ''}.source`,
      first?.asked.source ?? '',
      `it would have ${all} targets, an array bears ${TARGETS_OF_A_SOURCE}: remove mappings that are not needed`,
    ]);
  });

/** An incremental mapping keeps a second bitmap, of what changed since. */
export function bitmapBytes(view: View, { source }: PairView): number {
  const { grainSize, incremental } = view.request.copy;
  return Math.ceil((source?.capacityBytes ?? 0) / (grainSize * 1024) / 8) * (incremental ? 2 : 1);
}

const bitmapRoom: Rule = (view) => {
  const needed = new Map<IoGroup, number>();
  return view.pairs.flatMap((pair) => {
    if (pair.mapping !== undefined) return [];
    const name = pair.target?.ioGroup ?? pair.asked.create?.ioGroup ?? pair.source?.ioGroup;
    const group = pair.array.ioGroups?.find((one) => one.name === name);
    if (group === undefined) return [];
    const all = (needed.get(group) ?? 0) + bitmapBytes(view, pair);
    needed.set(group, all);
    return refuseIf(all > group.bitmapFreeBytes, () => [
      'BITMAP_MEMORY_FULL',
      `${pair.field}.target`,
      pair.asked.target,
      `mappings up to here need ${all} bytes of bitmap memory in ${group.name}, ${group.bitmapFreeBytes} are free: use grainSize 256, remove mappings, or give it more (chiogrp -feature flash)`,
    ]);
  });
};

export const LIMIT_RULES: readonly Rule[] = [targetsOfASource, bitmapRoom];
