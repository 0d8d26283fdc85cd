// The background copy: waited for without holding a slot, made faster or slower while it runs, and let go of at its end.
import { activityInfo } from '@temporalio/activity';
import type { StorageArray } from '../array/array.js';
import { observe, type Pace } from '../domain/copy-pace.js';
import { WAITS } from '../domain/timing.js';
import type { FlashCopyActivities, GroupProgress, GroupRef } from './contract.js';
import { membersOf, setAutodelete } from './group-autodelete.js';
import { copyRunning, copyStopped, isCopied, isLost, type CopiedOrder } from './copy-verdict.js';
import type { ActivityDependencies } from './dependencies.js';
import { groupProgress, missingGroup, readListing, readProgress } from './group-progress.js';
import { type Beat, whileBeating } from './heartbeat.js';
import { inBatches } from './in-parallel.js';
import { SharedListings } from './shared-listing.js';
import { snapshotProgress } from './snapshot-progress.js';

type CopiedActivities = Pick<
  FlashCopyActivities,
  'flashCopyAwaitCopied' | 'flashCopySetAutodelete' | 'flashCopyChangeRate'
>;

/** What the attempts before saw travels with the heartbeat: a worker may have died in between. */
function measure(seen: GroupProgress, beat: Beat, now: number): Pace {
  const before = activityInfo().heartbeatDetails as Pace | undefined;
  const pace = observe(before?.last === undefined ? undefined : before, seen.volumes, now);
  beat.report(pace);
  return pace;
}

async function changeRate(
  array: StorageArray,
  { group, copyRate, cleanRate }: Parameters<FlashCopyActivities['flashCopyChangeRate']>[0],
): Promise<GroupProgress> {
  if ((await array.readGroup(group)) === undefined) throw missingGroup(array.name, group);
  const rates = {
    ...(copyRate === undefined ? {} : { copyRate }),
    ...(cleanRate === undefined ? {} : { cleanRate }),
  };
  await inBatches(await membersOf(array, group), (name) => array.changeMapping(name, rates));
  return readProgress(array, group);
}

export function copiedActivities({ arrays, clock }: ActivityDependencies): CopiedActivities {
  const listings = new SharedListings(clock);
  const look = (order: GroupRef, listing: Parameters<typeof groupProgress>[2]): GroupProgress =>
    groupProgress(order.array, order.group, listing);
  const judge = async (
    array: StorageArray,
    { order, beat }: { readonly order: CopiedOrder; readonly beat: Beat },
    now: GroupProgress,
  ): Promise<GroupProgress> => {
    if (isCopied(now, order)) return now;
    if (isLost(now, order)) throw await copyStopped(array, order, now);
    throw copyRunning(order, now, { pace: measure(now, beat, clock.now()), now: clock.now() });
  };
  return {
    flashCopyAwaitCopied: (order: CopiedOrder) =>
      whileBeating(clock, async (beat) => {
        const array = arrays(order.array);
        if (order.snapshot !== undefined)
          return judge(
            array,
            { order, beat },
            await snapshotProgress(array, order.group, order.snapshot),
          );
        const shared = await listings.read(array, WAITS.copyListingAge);
        // A verdict needs a listing of now: a shared one may be older than our start and show the former generation at 100 %, or the group
        // under its former name.
        const seen = shared.groups.some(({ name }) => name === order.group)
          ? look(order, shared)
          : undefined;
        const open = seen !== undefined && !isCopied(seen, order) && !isLost(seen, order);
        return judge(array, { order, beat }, open ? seen : look(order, await readListing(array)));
      }),

    flashCopySetAutodelete: ({ array, group }) =>
      whileBeating(clock, () => setAutodelete(arrays(array), group)),

    flashCopyChangeRate: (order) =>
      whileBeating(clock, () => changeRate(arrays(order.array), order)),
  };
}
