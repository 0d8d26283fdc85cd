// Moves a group between states: to where prepare is legal, to prepared, and back. Idempotent by reading; stop is never sent in preparing.
import { Context } from '@temporalio/activity';
import type { StopMode, StorageArray } from '../array/array.js';
import { errorData, FlashCopyError } from '../domain/errors.js';
import {
  canPrepare,
  canStop,
  commonState,
  type ConsistencyGroup,
  type FlashCopyMapping,
  type GroupState,
} from '../domain/mapping.js';
import type { PlannedGroup } from '../domain/plan.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { stopDependents } from './group-dependents.js';
import { checkMembers, checkNames } from './group-outdated.js';
import { missingGroup } from './group-progress.js';
import { type Beat, whileBeating } from './heartbeat.js';
import { poll } from './poll.js';
import { withdrawSnapshot } from './snapshot-withdrawal.js';

type StateActivities = Pick<
  FlashCopyActivities,
  'flashCopyMakePreparable' | 'flashCopyPrepareGroup' | 'flashCopyUnprepareGroup'
>;

const MOST_PREPARES = 3;

function groupError(code: string, text: string, about: { array: string; group: string; state: GroupState }) {
  return new FlashCopyError({
    family: 'state',
    code,
    message: `group ${about.group} on ${about.array}: ${text}`,
    details: about,
  });
}

async function find(array: StorageArray, group: string): Promise<ConsistencyGroup> {
  const found = await array.readGroup(group);
  if (found === undefined) throw missingGroup(array.name, group);
  return found;
}

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
async function makePreparable(array: StorageArray, group: PlannedGroup, look: LookDeps): Promise<void> {
  const planned = group.existing?.state ?? 'empty';
  await poll(look.clock, async () => {
    const { state } = await find(array, group.name);
    look.beat.report({ group: group.name, state });
    if (canPrepare(state)) return state;
    if (state === 'empty') throw groupError('GROUP_EMPTY', 'holds no mapping', about(array, group.name, state));
    if (!canStop(state) || state === 'stopping') return undefined;
    if (planned === 'empty' || planned === 'idle_or_copied' || planned === 'stopped')
      throw groupError('PLAN_OUTDATED', `${state}, planned ${planned}`, about(array, group.name, state));
    await stopTolerantly(array, group.name, await stopModeNow(array, group));
    return undefined;
  });
}

/** A split is for complete copies only; one that is not yet is stopped plainly. */
async function stopModeNow(array: StorageArray, group: PlannedGroup): Promise<StopMode | undefined> {
  if (group.stop !== 'split') return group.stop;
  const members = await membersOf(array, group.name);
  return members.every(({ progressPercent }) => progressPercent === 100) ? 'split' : undefined;
}

interface LookDeps {
  readonly clock: ActivityDependencies['clock'];
  readonly beat: Beat;
}

const about = (array: StorageArray, group: string, state: GroupState) => ({ array: array.name, group, state });

type PrepareOrder = Parameters<FlashCopyActivities['flashCopyPrepareGroup']>[0];

const membersOf = async (array: StorageArray, group: string): Promise<FlashCopyMapping[]> =>
  (await array.readMappings()).filter((mapping) => mapping.group === group);

/** The last look before target data goes: whoever still has a map could write. */
async function checkUnmapped(array: StorageArray, order: PrepareOrder): Promise<void> {
  const { group, snapshot, mappings, keptMapped = [] } = order;
  const all = snapshot?.volumes ?? mappings ?? (await membersOf(array, group));
  const targets = all.map(({ target }) => target).filter((target) => !keptMapped.includes(target));
  const maps = await array.readHostMapsOf(targets);
  if (maps.length === 0) return;
  const lines = maps.map((map) => `${map.vdiskName} to ${map.hostName}`);
  throw new FlashCopyError({
    family: 'state',
    code: 'NOT_RELEASED',
    message: `targets are still mapped on ${array.name}: ${lines.join(', ')}`,
    details: { array: array.name, group, maps: lines },
  });
}

/** Right before prepare throws away the data of all targets: which mappings are in the group, and what each of them is (P3). */
async function stateInFull(array: StorageArray, name: string, { mappings, restore }: Wanted): Promise<GroupState> {
  const listing = await array.readMappings();
  const state = commonState(listing.filter((mapping) => mapping.group === name)) ?? (await find(array, name)).state;
  if (mappings !== undefined && state !== 'empty') checkMembers({ name, mappings, restore }, listing);
  return state;
}

/** While it prepares a mapping cannot be made anew: the names that the group's own view tells are enough, also of what came right before prepare. */
async function stateAtAGlance(array: StorageArray, name: string, wanted: Wanted): Promise<GroupState> {
  const { state, members = [] } = await find(array, name);
  // To be prepared again, or a level whose view of a group names no members.
  if (canPrepare(state) || members.length === 0) return stateInFull(array, name, wanted);
  if (wanted.mappings !== undefined) checkNames({ name, mappings: wanted.mappings }, new Set(members));
  return state;
}

interface Wanted {
  readonly mappings: PrepareOrder['mappings'] | undefined;
  readonly restore: boolean;
}

/**
 * One prepare for each attempt: whether there is to be another one, the server says, for the run may be gone and its guard at work (P2, P3).
 * `stopped` while waiting means that the flush of a source's cache failed; `idle_or_copied` after `preparing`, that somebody started it meanwhile,
 * a later life of a run that was reset perhaps, and the copy is complete: not thrown away.
 */
function prepareLook(array: StorageArray, group: string, look: LookDeps & Wanted & { readonly untilMs: number }) {
  let prepares = 0;
  let seen = false;
  let underWay = false;
  let refused: unknown;
  return async (): Promise<true | undefined> => {
    const state = seen ? await stateAtAGlance(array, group, look) : await stateInFull(array, group, look);
    seen = true;
    look.beat.report({ group, state, prepares });
    if (state === 'prepared') return true;
    if (look.clock.now() >= look.untilMs)
      throw groupError('PREPARE_TIMED_OUT', `still ${state}`, about(array, group, state));
    underWay ||= state === 'preparing';
    if (state === 'preparing' || state === 'stopping') return undefined;
    if (underWay && state === 'idle_or_copied')
      throw groupError('NOT_PREPARABLE', 'was started meanwhile, and its copy is complete', about(array, group, state));
    if (!canPrepare(state))
      throw groupError('NOT_PREPARABLE', `prepare is illegal in ${state}`, about(array, group, state));
    if (underWay || (prepares > 0 && refused === undefined)) throw flushFailed(about(array, group, state));
    if (prepares === MOST_PREPARES) throw refused as Error;
    prepares += 1;
    refused = await array.prepareGroup(group, { restore: look.restore }).then(() => undefined, stateRefusal);
    return undefined;
  };
}

/** Tried again by the next attempt, three in all. */
function flushFailed(of: ReturnType<typeof about>): FlashCopyError {
  const { attempt } = Context.current().info;
  const failed = groupError('FLUSH_FAILED', `flush failed, attempt ${attempt}`, of);
  return new FlashCopyError({ ...errorData(failed), retry: attempt < MOST_PREPARES ? 'after-check' : 'never' });
}

/** The state has changed since it was read: it is read again and decided anew. Anything else is thrown. */
function stateRefusal(error: unknown): FlashCopyError {
  if (error instanceof FlashCopyError && error.code === 'WRONG_STATE') return error;
  throw error;
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

  flashCopyPrepareGroup: (order) =>
    whileBeating(clock, async (beat) => {
      const array = arrays(order.array);
      await checkUnmapped(array, order);
      if (order.snapshot !== undefined) return;
      const { mappings, restore = false } = order;
      const untilMs = clock.now() + order.timeoutMs;
      await poll(clock, prepareLook(array, order.group, { clock, beat, untilMs, restore, mappings }));
    }),

  flashCopyUnprepareGroup: (order) =>
    whileBeating(clock, async (beat) => {
      const array = arrays(order.array);
      if (order.snapshot !== undefined) return withdrawSnapshot(array, order, clock);
      await unprepare(array, order.group, { clock, beat });
      return undefined;
    }),
});
