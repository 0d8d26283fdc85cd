// Reading groups, and fencing them against late commands.
import type { FlashCopyActivities, GroupRef } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { groupProgress, missingGroup, readListing } from './group-progress.js';

type WatchActivities = Pick<FlashCopyActivities, 'flashCopyReadGroup' | 'flashCopyFenceGroup'>;

export function watchActivities(deps: ActivityDependencies): WatchActivities {
  const readNow = async ({ array, group }: GroupRef) =>
    groupProgress(array, group, await readListing(deps.arrays(array)));
  return {
    flashCopyReadGroup: readNow,

    async flashCopyFenceGroup({ array, group, newName }) {
      const storage = deps.arrays(array);
      if ((await storage.readGroup(newName)) === undefined) {
        if ((await storage.readGroup(group)) === undefined) throw missingGroup(array, group);
        await storage.renameGroup(group, newName);
      }
      return readNow({ array, group: newName });
    },
  };
}
