// Trouble is counted in the time in which nothing worked.
import { describe, expect, it } from 'vitest';
import { troubleAfter, type Trouble } from '../../../src/domain/patience.js';

const MINUTE = 60_000;
const PATIENCE = 10 * MINUTE;

/** Attempts one after the other, each with its times in minutes: began, last worked, failed. */
const after = (...attempts: readonly (readonly [number, number, number])[]): number => {
  const end = attempts.reduce<Trouble | undefined>(
    (before, [beganAt, workedAt, failedAt], at) =>
      troubleAfter(
        before,
        {
          attempt: at + 1,
          beganAt: beganAt * MINUTE,
          workedAt: workedAt * MINUTE,
          failedAt: failedAt * MINUTE,
        },
        PATIENCE,
      ),
    undefined,
  );
  return (end?.ms ?? 0) / MINUTE;
};

describe('trouble', () => {
  it('begins with the first failure, however long was worked before', () => {
    expect(after([0, 300, 301])).toBe(0);
  });

  it('grows by what did not work, and by the wait before it', () => {
    expect(after([0, 0, 1], [1.1, 1.1, 3], [3.1, 3.1, 4])).toBeCloseTo(0.1 + 1.9 + 0.1 + 0.9);
  });

  it('does not grow while something works', () => {
    expect(after([0, 0, 1], [1, 8, 9])).toBeCloseTo(1);
  });

  it('does not grow while no worker is there', () => {
    expect(after([0, 0, 1], [31, 31, 31])).toBeCloseTo(10 / 60);
  });

  it('begins anew after more good work than the whole patience', () => {
    expect(after([0, 0, 1], [1, 1, 9], [9, 20, 20.5])).toBe(0);
  });
});
