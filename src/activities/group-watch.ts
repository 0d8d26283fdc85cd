// Reading groups, and fencing them against late commands.
import { WAITS } from '../domain/timing.js';
import type { FlashCopyActivities, GroupProgress } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { missingGroup, readProgress } from './group-progress.js';
import { whileBeating } from './heartbeat.js';
import { poll } from './poll.js';
import { snapshotProgress } from './snapshot-progress.js';

type WatchActivities = Pick<FlashCopyActivities, 'flashCopyReadGroup' | 'flashCopyFenceGroup'>;

type ReadOrder = Parameters<FlashCopyActivities['flashCopyReadGroup']>[0];

/** Looks until the snapshot is there, or cannot be expected any more. */
function settled(
  deps: ActivityDependencies,
  look: () => Promise<GroupProgress>,
): Promise<GroupProgress> {
  const untilMs = deps.clock.now() + WAITS.settled;
  return poll(deps.clock, async () => {
    const seen = await look();
    return seen.state === 'empty' && deps.clock.now() < untilMs ? undefined : seen;
  });
}

export function watchActivities(deps: ActivityDependencies): WatchActivities {
  const readNow = async ({ array, group, snapshot }: ReadOrder): Promise<GroupProgress> =>
    snapshot === undefined
      ? readProgress(deps.arrays(array), group)
      : snapshotProgress(deps.arrays(array), group, snapshot);
  return {
    flashCopyReadGroup: (order) => whileBeating(deps.clock, () => readNow(order)),

    flashCopyFenceGroup: ({ array, group, newName, snapshot }) =>
      whileBeating(deps.clock, async () => {
        if (snapshot !== undefined) return settled(deps, () => readNow({ array, group, snapshot }));
        const storage = deps.arrays(array);
        if ((await storage.readGroup(newName)) === undefined) {
          if ((await storage.readGroup(group)) === undefined) throw missingGroup(array, group);
          await storage.renameGroup(group, newName);
        }
        return readNow({ array, group: newName });
      }),
  };
}
