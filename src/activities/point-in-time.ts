// The point in time, for both methods. Retried by nobody (maximumAttempts 1): holders give back by themselves when this process dies.
import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { errorData, FlashCopyError } from '../domain/errors.js';
import type { PlannedSource } from '../domain/plan.js';
import {
  COMMANDS,
  inside,
  MARGINS,
  pointInTimeMs,
  startGroupsMs,
  WAITS,
} from '../domain/timing.js';
import { within } from '../domain/within.js';
import type { FlashCopyActivities, PointInTimeOrder } from './contract.js';
import { checkPreparedTime, type PointInTimeResult } from '../domain/point-in-time.js';
import { notStarted, runCriticalSection } from './critical-section.js';
import { openCriticalSection, type Opened } from './critical-section-opening.js';
import type { ActivityDependencies } from './dependencies.js';
import { type Beat, whileBeating } from './heartbeat.js';

type PointInTimeActivities = Pick<
  FlashCopyActivities,
  'flashCopyTakePointInTime' | 'flashCopyStartGroups'
>;

const isMethod = (method: PlannedSource['method']) => (source: PlannedSource) =>
  source.method === method;

/** The pause may outlive neither a holder, whose deadline was counted from arming, nor this activity. */
function pauseBudget(opened: Opened, maxPauseMs: number, leftMs: number): number {
  const leaseMs = opened.leaseMs();
  if (leaseMs >= MARGINS.leastPause)
    return Math.min(maxPauseMs, leaseMs, leftMs - MARGINS.leastPause);
  throw new FlashCopyError({
    family: 'host',
    code: 'LEASE_TOO_SHORT',
    message: `opening took so long that the first holder gives back in ${leaseMs} ms`,
    details: { leaseMs },
  });
}

/**
 * To be called as the activity begins; what it answers, right before anything stands still. The wait for a worker is told by two clocks: no more of
 * it is believed than a queue allows.
 */
function preparedWatch({ clock }: ActivityDependencies, { prepared }: PointInTimeOrder) {
  const beganAt = clock.now();
  const askedAt = Context.current().info.currentAttemptScheduledTimestampMs;
  const waitedMs = Math.min(WAITS.inQueue, Math.max(0, beganAt - askedAt));
  return (): void => {
    if (prepared === undefined) return;
    checkPreparedTime({ ...prepared, ms: prepared.ms + waitedMs + clock.now() - beganAt });
  };
}

async function takePointInTime(
  deps: ActivityDependencies,
  order: PointInTimeOrder,
  beat: Beat,
): Promise<PointInTimeResult> {
  const unmounted = order.sources.find(isMethod('unmount'));
  if (unmounted !== undefined)
    throw new FlashCopyError({
      family: 'state',
      code: 'WRONG_METHOD',
      message: `${unmounted.host} is unmounted: its groups are started by flashCopyStartGroups`,
      details: { host: unmounted.host },
    });
  const { clock } = deps;
  const { sources, maxPauseMs } = order;
  const checkPrepared = preparedWatch(deps, order);
  const untilMs = clock.now() + inside(pointInTimeMs(sources, maxPauseMs));
  const opened = await openCriticalSection(deps, order, { sources, untilMs });
  try {
    const budgetMs = pauseBudget(opened, maxPauseMs, untilMs - clock.now());
    checkPrepared();
    beat.restart();
    return await runCriticalSection({ ...opened, clock, budgetMs, untilMs });
  } finally {
    opened.close();
  }
}

type Probe = { readonly host: string; readonly broken: string; readonly leaseMs: number };

/** No answer is a broken quiesce. */
async function probe(
  { hosts, clock }: ActivityDependencies,
  { run, host, untilMs }: { readonly run: string; readonly host: string; readonly untilMs: number },
): Promise<Probe> {
  const ms = Math.max(0, untilMs - clock.now());
  try {
    const attest = hosts(host).source.attest(run);
    return {
      host,
      ...(await within({ clock, ms }, attest, () => new Error(`none within ${ms} ms`))),
    };
  } catch (error) {
    return { host, broken: `no answer: ${errorData(error).message}`, leaseMs: 0 };
  }
}

function checkProbe({ host, broken, leaseMs }: Probe): void {
  const needed = COMMANDS.arrayStart + MARGINS.startLease;
  if (broken === '' && leaseMs > needed) return;
  const [code, text] =
    broken === ''
      ? ['LEASE_TOO_SHORT', `gives back in ${leaseMs} ms, a start needs ${needed} ms`]
      : ['QUIESCE_BROKEN', broken];
  throw new FlashCopyError({
    family: 'host',
    code,
    message: `${host}: ${text}; start was not sent`,
    details: { host, leaseMs, broken },
  });
}

/** Sources stand still already: everything but a cancel is answered as data, so that the run goes on to the give back. */
async function startGroups(
  deps: ActivityDependencies,
  order: PointInTimeOrder,
  beat: Beat,
): Promise<PointInTimeResult> {
  const unmounted = order.sources.filter(isMethod('unmount'));
  const quiesced = order.sources.filter(isMethod('quiesce'));
  const { clock } = deps;
  const checkPrepared = preparedWatch(deps, order);
  const untilMs = clock.now() + inside(startGroupsMs(order.sources));
  const probeAll = () =>
    Promise.all(unmounted.map(({ host }) => probe(deps, { run: order.run, host, untilMs })));
  let opened: Opened | undefined;
  try {
    opened = await openCriticalSection(deps, order, { sources: quiesced, untilMs });
    (await probeAll()).forEach(checkProbe);
    const leftMs = untilMs - clock.now();
    const budgetMs = quiesced.length === 0 ? leftMs : pauseBudget(opened, order.maxPauseMs, leftMs);
    checkPrepared();
    beat.restart();
    const section = {
      ...opened,
      clock,
      untilMs,
      budgetMs: Math.min(budgetMs, COMMANDS.arrayStart),
    };
    const result = await runCriticalSection(section);
    const after = (await probeAll()).map(({ host, broken }) => ({ host, broken }));
    return { ...result, attestations: [...(result.attestations ?? []), ...after] };
  } catch (error) {
    if (error instanceof CancelledFailure) throw error;
    const groups = order.groups.map(({ array, name }) => ({ array, group: name }));
    return notStarted(groups, errorData(error));
  } finally {
    opened?.close();
  }
}

export const pointInTimeActivities = (deps: ActivityDependencies): PointInTimeActivities => ({
  flashCopyTakePointInTime: (order) =>
    whileBeating(deps.clock, (beat) => takePointInTime(deps, order, beat)),
  flashCopyStartGroups: (order) =>
    whileBeating(deps.clock, (beat) => startGroups(deps, order, beat)),
});
