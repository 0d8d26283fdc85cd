// A copy whose source cannot be given back, for tests of what people and the janitor do about it.
import type { Report } from '../../src/domain/report.js';
import { until } from './carry-out.js';
import type { CopyHandle } from './temporal.js';
import { failure, World } from './world.js';

/** Stands still for good: each give back fails, as on a host nobody reaches. */
export function stuckWorld(more: ConstructorParameters<typeof World>[0] = {}): World {
  const world = new World({ sources: { source1: 'unmount' }, ...more });
  world.on('flashCopyGiveBack', () =>
    Promise.reject(failure('UNREACHABLE', { family: 'transport' })),
  );
  return world;
}

export const reportOf = (handle: CopyHandle): Promise<Report> => handle.query<Report>('report');
export const stuck = (handle: CopyHandle): Promise<void> =>
  until(async () => (await reportOf(handle)).phase === 'NEEDS_OPERATOR');
