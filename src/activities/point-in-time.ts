// The point in time, for both methods. Retried by nobody (maximumAttempts 1): holders give back by themselves when this process dies.
import { CancelledFailure } from '@temporalio/common';
import { errorData, FlashCopyError } from '../domain/errors.js';
import type { PlannedSource } from '../domain/plan.js';
import type { FlashCopyActivities, PointInTimeOrder, PointInTimeResult } from './contract.js';
import { notStarted, runCriticalSection } from './critical-section.js';
import { openCriticalSection, type Opened } from './critical-section-opening.js';
import type { ActivityDependencies } from './dependencies.js';
import { type Beat, whileBeating } from './heartbeat.js';

type PointInTimeActivities = Pick<FlashCopyActivities, 'flashCopyTakePointInTime' | 'flashCopyStartGroups'>;

/** How long one start may take when only unmounted hosts wait for it. */
const START_TIMEOUT_MS = 20_000;
/** What must be left of a lease beyond the start, ms. */
const LEASE_MARGIN_MS = 5_000;
/** With less than this left of a holder's deadline nothing is quiesced any more. */
const LEAST_PAUSE_MS = 1_000;

const isMethod = (method: PlannedSource['method']) => (source: PlannedSource) => source.method === method;

/** The pause may not outlive a holder: its deadline was counted from arming. */
function pauseBudget(opened: Opened, maxPauseMs: number): number {
  const leaseMs = opened.leaseMs();
  if (leaseMs >= LEAST_PAUSE_MS) return Math.min(maxPauseMs, leaseMs);
  throw new FlashCopyError({
    family: 'host',
    code: 'LEASE_TOO_SHORT',
    message: `opening took so long that the first holder gives back in ${leaseMs} ms`,
    details: { leaseMs },
  });
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
  const opened = await openCriticalSection(deps, order, order.sources);
  try {
    const budgetMs = pauseBudget(opened, order.maxPauseMs);
    beat.restart();
    return await runCriticalSection({ ...opened, clock: deps.clock, budgetMs });
  } finally {
    opened.close();
  }
}

type Probe = { readonly host: string; readonly broken: string; readonly leaseMs: number };

/** No answer is a broken quiesce. */
async function probe(deps: ActivityDependencies, run: string, host: string): Promise<Probe> {
  try {
    return { host, ...(await deps.hosts(host).source.attest(run)) };
  } catch (error) {
    return { host, broken: `no answer: ${errorData(error).message}`, leaseMs: 0 };
  }
}

function checkProbe({ host, broken, leaseMs }: Probe): void {
  const needed = START_TIMEOUT_MS + LEASE_MARGIN_MS;
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
  const probeAll = () => Promise.all(unmounted.map(({ host }) => probe(deps, order.run, host)));
  let opened: Opened | undefined;
  try {
    opened = await openCriticalSection(deps, order, quiesced);
    (await probeAll()).forEach(checkProbe);
    const budgetMs = quiesced.length === 0 ? START_TIMEOUT_MS : pauseBudget(opened, order.maxPauseMs);
    beat.restart();
    const section = { ...opened, clock: deps.clock, budgetMs: Math.min(budgetMs, START_TIMEOUT_MS) };
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
  flashCopyTakePointInTime: (order) => whileBeating(deps.clock, (beat) => takePointInTime(deps, order, beat)),
  flashCopyStartGroups: (order) => whileBeating(deps.clock, (beat) => startGroups(deps, order, beat)),
});
