// The one place with real time and real chance; everything else takes them as ports.
import { randomInt } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { Clock, Randomness } from '../domain/clock.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await after(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const draw = (alphabet: string): string => alphabet.charAt(randomInt(alphabet.length));

export const systemRandomness: Randomness = {
  token: (length) =>
    Array.from({ length }, (_, i) => draw(i === 0 ? LETTERS : `${LETTERS}0123456789`)).join(''),
};
