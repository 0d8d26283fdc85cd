// Reading groups, fencing them against late commands, and waiting for the background copy without holding a slot.
import { activityInfo } from '@temporalio/activity';
import { FlashCopyError } from '../domain/errors.js';
import type { FlashCopyActivities, GroupProgress, GroupRef } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { groupProgress, missingGroup, readListing } from './group-progress.js';
import { SharedListings } from './shared-listing.js';

type WatchActivities = Pick<FlashCopyActivities, 'flashCopyReadGroup' | 'flashCopyFenceGroup' | 'flashCopyAwaitCopied'>;

const LISTING_AGE_MS = 5_000;
const FIRST_LOOK_MS = 2_000;
const LAST_LOOK_MS = 30_000;

/** 2 s after the first look, doubling up to 30 s: small copies end soon, large ones are not asked about all the time. */
const nextLookMs = (attempt: number): number => Math.min(LAST_LOOK_MS, FIRST_LOOK_MS * 2 ** Math.min(attempt - 1, 8));

const isCopied = (progress: GroupProgress): boolean =>
  progress.volumes.length > 0 && progress.volumes.every((volume) => volume.independent);
const isCopying = (progress: GroupProgress): boolean => ['copying', 'suspended'].includes(progress.state);

function copyRunning(order: GroupRef, progress: GroupProgress): FlashCopyError {
  const percents = progress.volumes.map((volume) => volume.progressPercent);
  const least = Math.min(...percents);
  const copied = percents.filter((percent) => percent === 100).length;
  return new FlashCopyError({
    family: 'copy',
    code: 'COPY_RUNNING',
    message: `${order.group} ${progress.state}: slowest volume at ${least} %, ${copied} of ${percents.length} independent`,
    retry: 'safe',
    details: {
      array: order.array,
      group: order.group,
      leastPercent: least,
      progress: progress.volumes.map((volume) => `${volume.target} ${volume.progressPercent}`),
      nextLookMs: nextLookMs(activityInfo().attempt),
    },
  });
}

const copyStopped = (order: GroupRef, progress: GroupProgress): FlashCopyError =>
  new FlashCopyError({
    family: 'copy',
    code: 'COPY_STOPPED',
    message: `${order.group} is ${progress.state} before every volume was copied`,
    details: { array: order.array, group: order.group, state: progress.state },
  });

export function watchActivities(deps: ActivityDependencies): WatchActivities {
  const listings = new SharedListings(deps.clock);
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

    async flashCopyAwaitCopied(order) {
      const array = deps.arrays(order.array);
      const seen = groupProgress(order.array, order.group, await listings.read(array, LISTING_AGE_MS));
      if (isCopying(seen) && !isCopied(seen)) throw copyRunning(order, seen);
      // A verdict needs a listing of now: a shared one may be older than our start and show the former generation at 100 %.
      const now = groupProgress(order.array, order.group, await readListing(array));
      if (isCopied(now)) return now;
      throw isCopying(now) ? copyRunning(order, now) : copyStopped(order, now);
    },
  };
}
