// What policies do by themselves: snapshots at their times, each with the days it stays. They go as all snapshots that expire do.
import { takeSnapshot, volumesOf } from './snapshot-taking.js';
import type { Machine } from '../machine.js';
import { ArrayError, refuse } from '../model/codes.js';
import type { VolumeGroup } from '../model/snapshot.js';
import {
  DAY_MS,
  occurrenceFrom,
  policyById,
  type PolicyAssignment,
  type SnapshotPolicy,
} from '../model/snapshot-policy.js';
import type { ArrayState } from '../model/state.js';
import { retireSnapshots } from './snapshot-images.js';

/** A volume has so many copies, snapshots among them (IBM: 256 mappings in a tree). */
const PER_VOLUME = 256;

interface Due {
  readonly group: VolumeGroup;
  readonly assigned: PolicyAssignment;
  readonly policy: SnapshotPolicy;
}

/** A write must wait until what is due has been taken: it belongs behind that point in time. */
export const policiesDue = ({ volumeGroups }: ArrayState, now: number): boolean =>
  volumeGroups.some(({ policy }) => policy !== undefined && policy.dueMs <= now);

/** Whatever is due, oldest first, of all groups. Written down at once: a restart must not take it again, of later bytes. */
export async function takePolicySnapshots(machine: Machine): Promise<void> {
  const now = machine.clock.now();
  if (!policiesDue(machine.state, now)) return;
  for (const due of dueIn(machine.state)) skipMissed(machine, due, now);
  for (
    let next = oldest(machine.state, now);
    next !== undefined;
    next = oldest(machine.state, now)
  ) {
    const atMs = next.assigned.dueMs;
    moveOn(next, atMs + 1);
    await retireSnapshots(machine, atMs);
    await takeDue(machine, next, atMs);
  }
  await machine.save();
}

/** After a restart that lost the contents: what would have been taken meanwhile cannot be told any more. */
export function forgetDue({ state, clock }: Machine): void {
  for (const due of dueIn(state)) moveOn(due, clock.now());
}

/** Suspended ones are never made up for. What would be gone again by now is not taken. */
function skipMissed({ state, reach }: Machine, due: Due, now: number): void {
  const { assigned, policy } = due;
  if (assigned.dueMs > now) return;
  if (assigned.suspended || state.settings.snapshotPoliciesSuspended) moveOn(due, now + 1);
  // Hosts have written since, nobody knows what: one snapshot, of now, instead of all that were missed.
  else if (reach.unseen) assigned.dueMs = now;
  else moveOn(due, now - policy.retentionDays * DAY_MS + 1);
}

function moveOn({ assigned, policy }: Due, fromMs: number): void {
  assigned.dueMs = occurrenceFrom(policy, assigned.anchorMs, Math.max(fromMs, assigned.dueMs));
}

/** Nobody waits for an answer: what fails is an event, and the next time is another chance. */
async function takeDue(
  machine: Machine,
  { group, assigned, policy }: Due,
  atMs: number,
): Promise<void> {
  const { state, events } = machine;
  try {
    const volumes = volumesOf(state, group);
    const full = volumes.find(({ id }) => state.mappingsFrom(id).length >= PER_VOLUME);
    if (full) throw refuse('CMMVC6302E', full.name);
    const how = { auto: true, safeguarded: assigned.safeguarded, ignoreLegacy: false };
    await takeSnapshot(machine, {
      volumes,
      group,
      atMs,
      keepMs: policy.retentionDays * DAY_MS,
      ...how,
    });
  } catch (error) {
    if (!(error instanceof ArrayError)) throw error;
    const description = `Snapshot policy ${policy.name} took no snapshot, ${error.message}`;
    events.add({
      ...{
        objectType: 'volume_group',
        objectId: group.id,
        objectName: group.name,
        status: 'alert',
        description,
      },
    });
  }
}

function dueIn(state: ArrayState): Due[] {
  return state.volumeGroups.flatMap((group) => {
    const assigned = group.policy;
    const policy = assigned === undefined ? undefined : policyById(state, assigned.policy);
    return assigned === undefined || policy === undefined ? [] : [{ group, assigned, policy }];
  });
}

function oldest(state: ArrayState, now: number): Due | undefined {
  const waiting = dueIn(state).filter(({ assigned }) => assigned.dueMs <= now);
  return waiting.sort((a, b) => a.assigned.dueMs - b.assigned.dueMs)[0];
}
