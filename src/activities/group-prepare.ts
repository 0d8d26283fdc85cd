// Prepares a group: the last looks before target data goes, then the array's own flush, waited for. Promise kept here (P3): what is thrown away is what
// the plan named, and no host has it; a failure says whether a prepare may have been sent.
import { activityInfo } from '@temporalio/activity';
import type { StorageArray } from '../array/array.js';
import { errorData, FlashCopyError } from '../domain/errors.js';
import { canPrepare, commonState, type GroupState } from '../domain/mapping.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { about, findGroup, groupError, membersOf, type LookDeps } from './group-look.js';
import { checkMembers, checkNames } from './group-outdated.js';
import { reportedBefore } from './attempt.js';
import { whileBeating } from './heartbeat.js';
import { poll } from './poll.js';

type PrepareActivities = Pick<FlashCopyActivities, 'flashCopyPrepareGroup'>;

const MOST_PREPARES = 3;

type PrepareOrder = Parameters<FlashCopyActivities['flashCopyPrepareGroup']>[0];

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

interface PrepareLook extends LookDeps {
  readonly untilMs: number;
  readonly mappings: PrepareOrder['mappings'] | undefined;
  readonly restore: boolean;
  readonly soFar: SoFar;
}

/** What the next attempt must know; it is in the heartbeat. */
interface SoFar {
  /** The targets may no longer hold what they held: a prepare is about to be sent, or somebody has sent one. */
  touched: boolean;
  /** Since when, where that is known. */
  touchedAt?: number;
  /** A prepare was sent and not answered: it may take effect at any time. */
  unheard: boolean;
  flushesFailed: number;
}

/** To be called before a prepare is sent. */
function touch({ soFar, beat, clock }: Pick<PrepareLook, 'soFar' | 'beat' | 'clock'>): void {
  if (!soFar.touched) soFar.touchedAt = clock.now();
  soFar.touched = true;
  beat.report({ ...soFar });
}

/** To be called right before a prepare is sent, and when the array has answered it. */
function unheard({ soFar, beat }: PrepareLook, value: boolean): void {
  soFar.unheard = value;
  beat.report({ ...soFar });
}

/** To be called when the array has refused what `touch` announced. */
function untouch({ soFar, beat }: PrepareLook): void {
  soFar.touched = false;
  delete soFar.touchedAt;
  beat.report({ ...soFar });
}

/** Right before prepare throws away the data of all targets: which mappings are in the group, and what each of them is (P3). */
async function stateInFull(
  array: StorageArray,
  name: string,
  look: PrepareLook,
): Promise<GroupState> {
  const { mappings, restore } = look;
  const listing = await array.readMappings();
  const state =
    commonState(listing.filter((mapping) => mapping.group === name)) ??
    (await findGroup(array, name)).state;
  if (!canPrepare(state) && state !== 'empty') touch(look);
  if (mappings !== undefined && state !== 'empty')
    checkMembers({ name, mappings, restore }, listing);
  return state;
}

/** While it prepares a mapping cannot be made anew: the names that the group's own view tells are enough, also of what came right before prepare. */
async function stateAtAGlance(
  array: StorageArray,
  name: string,
  look: PrepareLook,
): Promise<GroupState> {
  const { state, members = [] } = await findGroup(array, name);
  // To be prepared again, or a level whose view of a group names no members.
  if (canPrepare(state) || members.length === 0) return stateInFull(array, name, look);
  if (look.mappings !== undefined) checkNames({ name, mappings: look.mappings }, new Set(members));
  return state;
}

/**
 * One prepare for each attempt: whether there is to be another one, the server says, for the run may be gone and its guard at work (P2, P3).
 * `stopped` while waiting means that the flush of a source's cache failed; `idle_or_copied` after that, that somebody started it meanwhile,
 * a later life of a run that was reset perhaps, and the copy is complete: not thrown away.
 */
function prepareLook(array: StorageArray, group: string, look: PrepareLook) {
  let prepares = 0;
  let seen = false;
  let underWay = false;
  let refused: unknown;
  return async (): Promise<true | undefined> => {
    const state = seen
      ? await stateAtAGlance(array, group, look)
      : await stateInFull(array, group, look);
    seen = true;
    look.beat.report({ group, state, prepares, ...look.soFar });
    if (state === 'prepared') return true;
    if (look.clock.now() >= look.untilMs)
      throw groupError('PREPARE_TIMED_OUT', `still ${state}`, about(array, group, state));
    underWay ||= state === 'preparing';
    if (state === 'preparing' || state === 'stopping') return undefined;
    const accepted = underWay || (prepares > 0 && refused === undefined);
    if (accepted && state === 'idle_or_copied')
      throw groupError(
        'NOT_PREPARABLE',
        'was started meanwhile, and its copy is complete',
        about(array, group, state),
      );
    if (!canPrepare(state))
      throw groupError(
        'NOT_PREPARABLE',
        `prepare is illegal in ${state}`,
        about(array, group, state),
      );
    if (accepted) throw flushFailed(about(array, group, state), look);
    if (prepares === MOST_PREPARES) throw refused as Error;
    prepares += 1;
    const { touched } = look.soFar;
    touch(look);
    const before = look.soFar.unheard;
    unheard(look, true);
    refused = await array.prepareGroup(group, { restore: look.restore }).then(
      () => unheard(look, before),
      (error: unknown) => {
        const said = errorData(error).outcome === 'not-done';
        if (said) unheard(look, before);
        // The array's own word: this prepare had no effect. What was unknown before it stays so.
        if (said && !touched) untouch(look);
        return stateRefusal(error);
      },
    );
    return undefined;
  };
}

/** Tried again by the next attempt, three in all. */
function flushFailed(of: ReturnType<typeof about>, { soFar, beat }: PrepareLook): FlashCopyError {
  soFar.flushesFailed += 1;
  beat.report({ ...soFar });
  const failed = groupError('FLUSH_FAILED', `flush failed, time ${soFar.flushesFailed}`, of);
  return new FlashCopyError({
    ...errorData(failed),
    retry: soFar.flushesFailed < MOST_PREPARES ? 'after-check' : 'never',
  });
}

/** The state has changed since it was read: it is read again and decided anew. Anything else is thrown. */
function stateRefusal(error: unknown): FlashCopyError {
  if (error instanceof FlashCopyError && error.code === 'WRONG_STATE') return error;
  throw error;
}

/**
 * An attempt before this one may have sent a prepare and died before it could say so, and so may a
 * former life of a run that was reset. Asked here and not in the workflow, whose history is replayed
 * under other run ids.
 */
function doneSoFar({ firstRunId }: PrepareOrder): SoFar {
  const { runId } = activityInfo().workflowExecution ?? {};
  const before = reportedBefore<SoFar>();
  const unknown = before === undefined || (firstRunId !== undefined && runId !== firstRunId);
  const { touched = false, touchedAt, unheard = false, flushesFailed = 0 } = before ?? {};
  return {
    touched: unknown || touched,
    unheard: unknown || unheard,
    ...(unknown || touchedAt === undefined ? {} : { touchedAt }),
    flushesFailed,
  };
}

/** No attempt has sent a prepare: the targets hold what they held. */
const untouched = (error: unknown): unknown =>
  error instanceof FlashCopyError
    ? new FlashCopyError({ ...errorData(error), details: { ...error.details, untouched: true } })
    : error;

export const prepareActivities = ({ arrays, clock }: ActivityDependencies): PrepareActivities => ({
  flashCopyPrepareGroup: (order) =>
    whileBeating(clock, async (beat) => {
      const array = arrays(order.array);
      const { mappings, restore = false, timeoutMs } = order;
      const soFar = doneSoFar(order);
      const look = { clock, beat, untilMs: clock.now() + timeoutMs, restore, mappings, soFar };
      try {
        await checkUnmapped(array, order);
        if (order.snapshot === undefined) await poll(clock, prepareLook(array, order.group, look));
      } catch (error) {
        throw soFar.touched ? error : untouched(error);
      }
      const { touchedAt } = soFar;
      return {
        ...(touchedAt === undefined ? {} : { preparedForMs: clock.now() - touchedAt }),
        ...(soFar.unheard ? { unheard: true as const } : {}),
      };
    }),
});
