// Snapshots go by themselves: when they expire, or when they were deleted and no clone or restore needs them any more.
import type { Machine } from '../machine.js';
import type { Snapshot } from '../model/snapshot.js';
import { drop } from '../model/state.js';
import { removeImage } from './removal.js';

/** What clients read: `dependent_deleting` goes away by itself. */
export function snapshotState(
  machine: Machine,
  snapshot: Snapshot,
): 'active' | 'deleting' | 'dependent_deleting' {
  if (snapshot.deleting !== true) return 'active';
  return isNeeded(machine, snapshot) ? 'dependent_deleting' : 'deleting';
}

/**
 * `now`: of an earlier moment, when what happened since then is made up for in its order.
 * True when some went.
 */
export async function retireSnapshots(
  machine: Machine,
  now = machine.clock.now(),
): Promise<boolean> {
  const { state } = machine;
  const gone = state.snapshots.filter((snapshot) => {
    if (snapshot.expires !== undefined && snapshot.expires <= now) snapshot.deleting = true;
    return snapshot.deleting === true && !isNeeded(machine, snapshot);
  });
  if (gone.length > 0) await machine.reach.idle();
  for (const { members } of gone)
    for (const { image } of members) await removeImage(machine, image);
  drop(state.snapshots, (snapshot) => gone.includes(snapshot));
  return gone.length > 0;
}

const isNeeded = ({ state }: Machine, { members }: Snapshot): boolean =>
  members.some(({ image }) => state.mappingsFrom(image).length > 0);
