// Chance that repeats itself: the same seed draws the same tokens (mulberry32, public domain).
import type { Randomness } from '../domain/clock.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** A stream of numbers in [0, 1). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function seededRandomness(seed: number): Randomness {
  const next = seededNumbers(seed);
  const draw = (alphabet: string): string => alphabet.charAt(Math.floor(next() * alphabet.length));
  return {
    token: (length) =>
      Array.from({ length }, (_, index) =>
        draw(index === 0 ? LETTERS : `${LETTERS}0123456789`),
      ).join(''),
  };
}
