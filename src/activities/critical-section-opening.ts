// Everything the point in time needs, opened and tested before anything stands still: holders, nonces, flushes, array sessions, prepared groups.
import { FlashCopyError } from '../domain/errors.js';
import type { StorageArray } from '../array/array.js';
import type { PlannedSource } from '../domain/plan.js';
import { tookEffect } from '../domain/point-in-time.js';
import { COMMANDS, MARGINS } from '../domain/timing.js';
import { within } from '../domain/within.js';
import type { GroupRef, PointInTimeOrder } from './contract.js';
import type { ArmedHost, ReservedStart } from './critical-section.js';
import type { ActivityDependencies } from './dependencies.js';
import { cancellationSignal } from './heartbeat.js';
import { allOrUndo } from './in-parallel.js';
import { readProgress } from './group-progress.js';
import { checkSnapshotReady, snapshotTaken, startOf } from './snapshot-start.js';
import { dirtyLimit, holdOrder } from './sources.js';

export interface Opened {
  readonly armed: readonly ArmedHost[];
  readonly starts: readonly ReservedStart[];
  /** ms until the first holder gives back by itself. */
  leaseMs(): number;
  /** Gives back what is held and frees the sessions. Idempotent. */
  close(): void;
}

/** The holder comes first: it refuses while another run holds one of the file systems. */
const arm = async (
  deps: ActivityDependencies,
  run: string,
  source: PlannedSource,
): Promise<ArmedHost> => ({
  host: source.host,
  hold: await deps.hosts(source.host).source.arm(holdOrder(run, source)),
});

async function mark(deps: ActivityDependencies, run: string, source: PlannedSource): Promise<void> {
  const host = deps.hosts(source.host).source;
  await host.writeNonce({ run, kind: 'before', mounts: source.mounts });
  await host.preFlush({ mounts: source.mounts, limitBytes: dirtyLimit(deps) });
}

type StartOrder = PointInTimeOrder['groups'][number];

async function reserve(deps: ActivityDependencies, order: StartOrder): Promise<ReservedStart> {
  const { array, name: group, restore = false, snapshot } = order;
  const session = await deps.arrays(array).reserveStart(COMMANDS.arrayReserve);
  const release = (): void => session.release();
  if (snapshot === undefined) {
    const send: ReservedStart['send'] = (timeoutMs) =>
      session.startPrepared(group, timeoutMs, { restore });
    const inEffect = () => groupStarted(deps.arrays(array), order);
    return { array, group, send, inEffect, release, readyWhen: 'prepared' };
  }
  const { start, readyWhen } = startOf(group, snapshot);
  return {
    array,
    group,
    send: (timeoutMs) => session.startSnapshot(start, timeoutMs),
    ...('add' in start ? { inEffect: () => snapshotTaken(deps.arrays(array), start.add) } : {}),
    release,
    readyWhen,
  };
}

async function groupStarted(
  array: StorageArray,
  { name, startTimesBefore = [] }: StartOrder,
): Promise<boolean> {
  const state = (await array.readGroup(name))?.state ?? 'missing';
  if (state !== 'idle_or_copied') return tookEffect(state, [], []);
  const { startTimes } = await readProgress(array, name);
  return tookEffect(state, startTimes, startTimesBefore);
}

async function checkReady(
  deps: ActivityDependencies,
  { array, name, snapshot }: StartOrder,
): Promise<void> {
  if (snapshot === undefined) await checkPrepared(deps, { array, group: name });
  else await checkSnapshotReady(deps.arrays(array), name, snapshot);
}

async function checkPrepared(
  deps: ActivityDependencies,
  { array, group }: GroupRef,
): Promise<void> {
  const state = (await deps.arrays(array).readGroup(group))?.state ?? 'missing';
  if (state === 'prepared') return;
  throw new FlashCopyError({
    family: 'state',
    code: 'NOT_PREPARED',
    message: `group ${group} on ${array} is ${state}, not prepared`,
    details: { array, group, state },
  });
}

export interface Opening {
  /** Those of the quiesce method. */
  readonly sources: readonly PlannedSource[];
  /** When the last command must have been answered: a pause and its thaw must still fit in. */
  readonly untilMs: number;
}

/** Throws after closing whatever was open; what is opened too late (OPENING_OVERDUE) is closed as soon as it comes. */
export async function openCriticalSection(
  deps: ActivityDependencies,
  order: PointInTimeOrder,
  { sources, untilMs }: Opening,
): Promise<Opened> {
  const ms = Math.max(0, untilMs - 2 * MARGINS.leastPause - deps.clock.now());
  const opening = open(deps, order, sources);
  let late = false;
  void opening.then(
    (opened) => late && opened.close(),
    () => undefined,
  );
  return within({ clock: deps.clock, ms }, opening, () => {
    late = true;
    return overdue(ms);
  });
}

const overdue = (ms: number): FlashCopyError =>
  new FlashCopyError({
    family: 'host',
    code: 'OPENING_OVERDUE',
    message: `hosts and arrays were not ready for the pause within ${ms} ms; nothing was made still`,
    retry: 'safe',
    details: { ms },
  });

async function open(
  deps: ActivityDependencies,
  order: PointInTimeOrder,
  sources: readonly PlannedSource[],
): Promise<Opened> {
  const signal = cancellationSignal();
  signal.throwIfAborted();
  const armedAt = deps.clock.now();
  const armed = await allOrUndo(
    sources.map((source) => arm(deps, order.run, source)),
    ({ hold }) => hold.close(),
  );
  let starts: ReservedStart[] = [];
  const close = () => {
    armed.forEach(({ hold }) => hold.close());
    starts.forEach((start) => start.release());
  };
  try {
    signal.throwIfAborted();
    await allOrUndo(
      sources.map((source) => mark(deps, order.run, source)),
      () => undefined,
    );
    signal.throwIfAborted();
    starts = await allOrUndo(
      order.groups.map((group) => reserve(deps, group)),
      (start) => start.release(),
    );
    await Promise.all(order.groups.map((group) => checkReady(deps, group)));
    signal.throwIfAborted();
  } catch (error) {
    close();
    throw error;
  }
  const shortest = Math.min(...sources.map((source) => source.deadlineMs));
  return { armed, starts, leaseMs: () => armedAt + shortest - deps.clock.now(), close };
}
