// Moves a group to where prepare is legal, and back from prepared. Idempotent by reading; stop is never sent in preparing.
import type { StopMode, StorageArray } from '../array/array.js';
import { canPrepare, canStop } from '../domain/mapping.js';
import type { PlannedGroup } from '../domain/plan.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { stopDependents } from './group-dependents.js';
import { about, findGroup, groupError, membersOf, type LookDeps } from './group-look.js';
import { whileBeating } from './heartbeat.js';
import { poll } from './poll.js';
import { withdrawSnapshot } from './snapshot-withdrawal.js';

type StateActivities = Pick<
  FlashCopyActivities,
  'flashCopyMakePreparable' | 'flashCopyUnprepareGroup'
>;

/** A stop whose answer was lost, or that came second, is judged by what the group does next. */
async function stopTolerantly(array: StorageArray, group: string, how?: StopMode): Promise<void> {
  try {
    await array.stopGroup(group, how);
  } catch (error) {
    const state = (await array.readGroup(group))?.state;
    if (state !== undefined && canStop(state) && state !== 'stopping') throw error;
  }
}

/** Prepare is legal from idle_or_copied and stopped only. A copy is stopped when the plan found it running, and said so. */
async function makePreparable(
  array: StorageArray,
  group: PlannedGroup,
  look: LookDeps,
): Promise<void> {
  const planned = group.existing?.state ?? 'empty';
  await poll(look.clock, async () => {
    const { state } = await findGroup(array, group.name);
    look.beat.report({ group: group.name, state });
    if (canPrepare(state)) return state;
    if (state === 'empty')
      throw groupError('GROUP_EMPTY', 'holds no mapping', about(array, group.name, state));
    if (!canStop(state) || state === 'stopping') return undefined;
    if (planned === 'empty' || planned === 'idle_or_copied' || planned === 'stopped')
      throw groupError(
        'PLAN_OUTDATED',
        `${state}, planned ${planned}`,
        about(array, group.name, state),
      );
    await stopTolerantly(array, group.name, await stopModeNow(array, group));
    return undefined;
  });
}

/** A split is for complete copies only; one that is not yet is stopped plainly. */
async function stopModeNow(
  array: StorageArray,
  group: PlannedGroup,
): Promise<StopMode | undefined> {
  if (group.stop !== 'split') return group.stop;
  const members = await membersOf(array, group.name);
  return members.every(({ progressPercent }) => progressPercent === 100) ? 'split' : undefined;
}

/** Never touches a group that copies: a start that came late must be judged, not stopped. */
export async function unprepare(array: StorageArray, group: string, look: LookDeps): Promise<void> {
  await poll(look.clock, async () => {
    const state = (await array.readGroup(group))?.state;
    look.beat.report({ group, state: state ?? 'gone' });
    if (state === 'prepared') await stopTolerantly(array, group);
    return state === 'prepared' || state === 'preparing' ? undefined : true;
  });
}

export const stateActivities = ({ arrays, clock }: ActivityDependencies): StateActivities => ({
  flashCopyMakePreparable: ({ group }) =>
    whileBeating(clock, async (beat) => {
      const array = arrays(group.array);
      await stopDependents(array, group.stopFirst ?? [], clock);
      await makePreparable(array, group, { clock, beat });
    }),

  flashCopyUnprepareGroup: (order) =>
    whileBeating(clock, async (beat) => {
      const array = arrays(order.array);
      if (order.snapshot !== undefined) return withdrawSnapshot(array, order, clock);
      await unprepare(array, order.group, { clock, beat });
      return undefined;
    }),
});
