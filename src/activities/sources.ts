// Source hosts: flushed beforehand, taken down (unmount method), always given back, and marked afterwards.
import type { PlannedSource } from '../domain/plan.js';
import type { HoldOrder } from '../host/host.js';
import type { FlashCopyActivities } from './contract.js';
import { type ActivityDependencies, DIRTY_LIMIT_BYTES } from './dependencies.js';
import { looking, whileBeating } from './heartbeat.js';

type SourceActivities = Pick<
  FlashCopyActivities,
  'flashCopyPreFlush' | 'flashCopyTakeDown' | 'flashCopyGiveBack' | 'flashCopyMarkAfter'
>;

/** What a holder is armed with, and what a give back needs when no holder is left. */
export const holdOrder = (run: string, source: PlannedSource): HoldOrder => ({
  run,
  method: source.method,
  mounts: source.mounts,
  units: source.units,
  deadlineMs: source.deadlineMs,
});

export const dirtyLimit = (deps: ActivityDependencies): number =>
  deps.dirtyLimitBytes ?? DIRTY_LIMIT_BYTES;

async function takeDown(
  deps: ActivityDependencies,
  run: string,
  source: PlannedSource,
): Promise<void> {
  const host = deps.hosts(source.host).source;
  // A repeat finds it down already: then the mount points are blocked, and nothing may be written there.
  const held = await host.attest(run);
  if (held.broken !== '') await host.writeNonce({ run, kind: 'before', mounts: source.mounts });
  await host.takeDown(holdOrder(run, source));
}

export const sourceActivities = (deps: ActivityDependencies): SourceActivities => ({
  flashCopyPreFlush: ({ source }) =>
    whileBeating(deps.clock, async () => {
      await deps
        .hosts(source.host)
        .source.preFlush({ mounts: source.mounts, limitBytes: dirtyLimit(deps) }, looking());
    }),

  flashCopyTakeDown: ({ run, source }) =>
    whileBeating(deps.clock, () => takeDown(deps, run, source)),

  flashCopyGiveBack: ({ run, source }) =>
    whileBeating(deps.clock, () => deps.hosts(source.host).source.giveBack(holdOrder(run, source))),

  flashCopyMarkAfter: ({ run, source }) =>
    whileBeating(deps.clock, () =>
      deps.hosts(source.host).source.writeNonce({ run, kind: 'after', mounts: source.mounts }),
    ),
});
