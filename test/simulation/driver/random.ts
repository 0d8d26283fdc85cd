// Streams of chance, each named and derived from one seed: a new purpose draws from its own stream and leaves old seeds as they were.
import { seededNumbers } from '../../../src/testing/index.js';

export interface Stream {
  /** [0, 1). */
  next(): number;
  /** Whole number in [from, to]. */
  between(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
  chance(share: number): boolean;
}

/** FNV-1a: spreads names over seeds. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

export function stream(seed: number, name: string): Stream {
  const next = seededNumbers(hash(`${seed}/${name}`));
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    pick: (items) => items[between(0, items.length - 1)]!,
    chance: (share) => next() < share,
  };
}
