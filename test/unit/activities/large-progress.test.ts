// A server cuts a failure above 4 KB off, details and all: what a look at a large copy says stays far below, and each volume's progress is in the heartbeat.
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import type { GroupProgress } from '../../../src/activities/contract.js';
import { copyRunning, copyStopped } from '../../../src/activities/copy-verdict.js';
import { toFailure } from '../../../src/activities/failure-boundary.js';
import type { StorageArray } from '../../../src/array/array.js';

const LIMIT_BYTES = 4_096;
const COUNT = 512;
/** The longest name an array takes. */
const name = (at: number): string => `volume_${at}`.padEnd(63, 'x');
const order = { array: 'svc1', group: 'nightly_k3f9q2' };

const progress = (state: 'suspended' | 'stopped'): GroupProgress => ({
  state,
  volumes: Array.from({ length: COUNT }, (_, at) => ({
    ...{ array: 'svc1', source: name(at), target: name(at), mapping: name(at) },
    ...{ progressPercent: 37, independent: false, state, copyRate: 50 },
  })),
  startTimes: [],
  mappings: Array.from({ length: COUNT }, (_, at) => name(at)),
});

const offline = {
  readVDisks: (names: readonly string[]) =>
    Promise.resolve(names.map((each) => ({ name: each, status: 'offline' }))),
} as unknown as StorageArray;

const pace = { firstAt: 0, first: {}, changedAt: 0, last: {} };

it.each([
  [
    'runs',
    () => Promise.resolve(copyRunning(order, progress('suspended'), { pace, now: 3_600_000 })),
  ],
  ['was lost', () => copyStopped(offline, order, progress('stopped'))],
])('of 512 volumes with the longest names, when the copy %s', async (_, verdict) => {
  const failure = toFailure(await new MockActivityEnvironment().run(verdict));
  const { message, details } = failure as Error & { details: unknown };
  expect(message).toContain('volume_0');
  expect(Buffer.byteLength(message + JSON.stringify(details))).toBeLessThan(LIMIT_BYTES / 1.2);
});
