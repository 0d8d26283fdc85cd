// The pace of a background copy: from what was seen.
import { describe, expect, it } from 'vitest';
import {
  plannedEnd,
  bytesPerSecond,
  expectedEnd,
  observe,
  stalledForMs,
} from '../../../src/domain/copy-pace.js';

const MINUTE = 60_000;
const GiB = 2 ** 30;
const seen = (a: number, b: number, copyRate = 50) =>
  [a, b].map((progressPercent, at) => ({
    mapping: `m${at}`,
    progressPercent,
    copyRate,
    capacityBytes: GiB,
  }));

describe('the pace of a copy', () => {
  it('doubles with every ten of the rate, and 0 is none', () => {
    expect([0, 1, 10, 11, 50, 100, 101, 150].map(bytesPerSecond)).toEqual(
      [0, 0.125, 0.125, 0.25, 2, 64, 128, 2048].map((mib) => mib * 2 ** 20),
    );
  });

  it('tells when the slowest volume will be there, once there is something to measure', () => {
    const first = observe(undefined, seen(10, 50), 0);
    expect(expectedEnd(first, 0)).toBeUndefined();
    const later = observe(first, seen(20, 100), 10 * MINUTE);
    expect(expectedEnd(later, 10 * MINUTE)).toBe(90 * MINUTE);
    expect(expectedEnd(observe(later, seen(20, 100), 20 * MINUTE), 20 * MINUTE)).toBe(180 * MINUTE);
  });

  it('begins anew when a copy went back', () => {
    const first = observe(undefined, seen(90, 90), 0);
    expect(observe(first, seen(5, 90), MINUTE)).toMatchObject({
      firstAt: MINUTE,
      first: { m0: 5 },
    });
  });

  it('stands when no percent was gained for longer than one may take', () => {
    const first = observe(undefined, seen(10, 10), 0);
    const standing = observe(first, seen(10, 10), 11 * MINUTE);
    expect(stalledForMs(standing, seen(10, 10), 11 * MINUTE)).toBe(11 * MINUTE);
    // At 128 KiB/s one percent of 100 GiB takes over two hours.
    const large = seen(10, 10, 1).map((one) => ({ ...one, capacityBytes: 100 * GiB }));
    expect(stalledForMs(standing, large, 11 * MINUTE)).toBe(0);
    expect(stalledForMs(observe(first, seen(11, 10), 11 * MINUTE), seen(11, 10), 11 * MINUTE)).toBe(
      0,
    );
    expect(stalledForMs(standing, seen(100, 100), 11 * MINUTE)).toBe(0);
  });
});

describe('the end as the plan expects it', () => {
  const [takenAt, hour] = ['2026-12-01T02:00:00.000Z', 3_600_000];
  const volume = {
    ...{ array: 'svc1', source: 's', target: 't', mapping: 'fc_t', progressPercent: 10 },
    independent: false,
  };

  it('is so long after the point in time', () => {
    const report = { outcome: 'done', takenAt, volumes: [volume] } as const;
    expect(plannedEnd(report, 33 * hour)).toBe('2026-12-02T11:00:00.000Z');
    expect(plannedEnd({ ...report, volumes: [] }, hour)).toBe('2026-12-01T03:00:00.000Z');
  });

  it.each([
    ['before the point in time', { takenAt: undefined }],
    ['once everything is copied', { volumes: [{ ...volume, independent: true }] }],
    ['of a copy that failed', { outcome: 'failed' }],
    ['of a copy that was cancelled', { outcome: 'cancelled' }],
  ] as const)('is not told %s', (_, change) => {
    const report = { outcome: 'done', takenAt, volumes: [volume], ...change } as const;
    expect(plannedEnd(report as Parameters<typeof plannedEnd>[0], hour)).toBeUndefined();
  });

  it('is not told where nothing is copied in the background', () => {
    expect(plannedEnd({ outcome: 'done', takenAt, volumes: [volume] }, 0)).toBeUndefined();
  });
});
