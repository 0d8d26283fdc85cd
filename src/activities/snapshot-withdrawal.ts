// Undo of a snapshot: what a run took goes with the run. A restore takes none; a safeguarded one nobody can remove; one of a
// snapshot policy is not ours to remove, even when it is called as ours would be.
import type { StorageArray } from '../array/array.js';
import type { Clock } from '../domain/clock.js';
import type { VolumeGroupSnapshot } from '../domain/snapshot.js';
import { WAITS } from '../domain/timing.js';
import type { FlashCopyActivities, Kept } from './contract.js';
import { poll } from './poll.js';

type Order = Parameters<FlashCopyActivities['flashCopyUnprepareGroup']>[0];

export async function withdrawSnapshot(
  array: StorageArray,
  { group: name, snapshot, patient }: Order,
  clock: Clock,
): Promise<Kept | undefined> {
  if (snapshot === undefined || snapshot.restoreFrom !== undefined) return undefined;
  const { volumeGroup } = snapshot;
  const look = async () =>
    (await array.readSnapshots(volumeGroup)).find((one) => one.name === name);
  const found = patient === true ? await lookLong(look, clock) : await look();
  if (found?.byPolicy === true) return undefined;
  if (found?.safeguarded === true)
    return {
      why: `snapshot ${name} is safeguarded: it stays until ${found.expires}, and is not good`,
    };
  if (found !== undefined) await array.removeSnapshot({ volumeGroup, name });
  return undefined;
}

async function lookLong(
  look: () => Promise<VolumeGroupSnapshot | undefined>,
  clock: Clock,
): Promise<VolumeGroupSnapshot | undefined> {
  const untilMs = clock.now() + WAITS.settled;
  const { found } = await poll(clock, async () => {
    const seen = await look();
    return seen === undefined && clock.now() < untilMs ? undefined : { found: seen };
  });
  return found;
}
