// Step `takePointInTime`: every source stands still, every group is started, every source has its I/O back.
// Causality, not clocks: quiesce acknowledged -> prepared read -> our own start succeeded -> attest unbroken. "Already copying" is never success.
import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { PointInTimeOrder } from '../../activities/contract.js';
import {
  checkPreparedTime,
  type PointInTimeResult,
  type PreparedTime,
} from '../../domain/point-in-time.js';
import { FlashCopyError } from '../../domain/errors.js';
import { meetsGrade } from '../../domain/grade.js';
import type { PlannedSource } from '../../domain/plan.js';
import { pointInTimeMs, startGroupsMs, takeDownMs } from '../../domain/timing.js';
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';
import { errorOf } from '../failure.js';
import { fenceUnheardPrepares, fenceUnknownStarts } from '../fence.js';
import { insist } from '../insist.js';
import { inParallel } from '../parallel.js';
import { withQuiescedSources } from '../quiesced-sources.js';
import { restoresSnapshot, takesSnapshot, withSnapshot } from '../snapshots.js';
import { now } from '../report.js';
import { forgetUnprepare } from './prepare.js';
import { inOrder } from '../step-order.js';

const PAUSE_MS = defineSearchAttributeKey('FlashCopyPauseMs', SearchAttributeType.INT);

export const takePointInTime = inOrder('takePointInTime', takePointInTimeInPlace);

async function takePointInTimeInPlace(copy: CopyRun): Promise<void> {
  copy.order.undone('prepare'); // whatever comes of this, it does not do for a second time
  await fenceUnheardPrepares(copy);
  const prepared = preparedTime(copy);
  if (prepared !== undefined) checkPreparedTime(prepared);
  let taken = false;
  try {
    await withQuiescedSources(copy, async () => {
      await copy.report.step('takePointInTime', '', () => startGroups(copy));
      if (!copy.lastAttempt) refuseBroken(copy);
      taken = true;
    });
  } catch (caught) {
    const error = errorOf(caught);
    if (!startIsUnknown(copy, error.outcome) && (taken || !mustBeStopped(copy))) {
      // A restore that began on no array has touched nothing: its targets may be shown again.
      const begun = copy.cut?.starts.some(({ started }) => started === 'done') ?? false;
      if (!begun) for (const group of restored(copy)) group.prepareTried = false;
      throw caught;
    }
    await fenceUnknownStarts(copy, error);
  }
  copy.report.takenAt ??= now();
  copy.report.snapshots = copy.groups.flatMap(({ planned: { array, snapshot }, planned, name }) =>
    takesSnapshot(planned) ? [{ array, volumeGroup: snapshot?.volumeGroup ?? '', name }] : [],
  );
  forgetUnprepare(copy);
  const pauseMs = Math.max(0, ...copy.report.pauses.map((pause) => pause.pauseMs));
  copy.report.attributes([{ key: PAUSE_MS, value: Math.round(pauseMs) }]);
  copy.report.enter('STARTED');
  await releaseSourceLocks(copy);
}

/** Another attempt may do better than a copy below its grade. */
function refuseBroken({ cut, plan }: CopyRun): void {
  const broken = cut?.attestations?.find((each) => each.broken !== '');
  if (broken === undefined || meetsGrade('crash', plan.grade)) return;
  throw new FlashCopyError({
    family: 'host',
    code: 'QUIESCE_BROKEN',
    message: `${broken.host}: ${broken.broken}; what was started is stopped`,
    outcome: 'unknown',
    retry: 'safe',
    details: { host: broken.host },
  });
}

/** Started for an attempt that has failed. What a restore has begun goes on: half of it would be worse. */
const mustBeStopped = ({ cut, groups }: CopyRun): boolean =>
  groups.every(({ planned }) => planned.restore !== true && !restoresSnapshot(planned)) &&
  cut?.starts.some(({ started }) => started === 'done') === true;

/** The start itself, by the method the request names. To be run inside `withQuiescedSources`. Throws the first thing that went wrong. */
async function startGroups(copy: CopyRun): Promise<void> {
  const { sources, maxPauseMs } = copy.plan;
  const groups = copy.groups.map(({ planned, name, startTimesBefore: before }) => {
    const { array, restore = false } = planned;
    const startTimesBefore = [...new Set(before)];
    return { array, name, restore, startTimesBefore, ...withSnapshot(planned) };
  });
  // Cancelled before it is asked for: nothing is sent, so production that a restore would have overwritten is as it was.
  if (CancellationScope.current().consideredCancelled)
    throw new CancelledFailure('cancelled before the start');
  for (const group of restored(copy)) group.prepareTried = true;
  const order = { ...copy.holdRef, groups, sources, maxPauseMs };
  const result = sources.every(({ method }) => method === 'quiesce')
    ? await quiesceAndStart(withPrepared(copy, order))
    : await takeDownAndStart(copy, order);
  copy.cut = result;
  copy.report.takenAt = now();
  for (const pause of result.pauses) copy.report.paused(pause);
  for (const { array, group, warnings = [] } of result.starts)
    copy.report.warnings.push(...warnings.map((text) => `start of ${group} on ${array}: ${text}`));
  const unsure = result.starts.find(({ started }) => started !== 'done');
  if (result.error === undefined && unsure === undefined && result.starts.length === groups.length)
    return;
  copy.report.takenAt = undefined;
  throw new FlashCopyError(
    result.error ?? { family: 'array', code: 'NOT_STARTED', message: unsure?.message ?? '' },
  );
}

const named = ({ groups }: PointInTimeOrder): string =>
  groups.map(({ array, name }) => `${name} of ${array}`).join(', ');

const restored = (copy: CopyRun) => copy.groups.filter(({ planned }) => restoresSnapshot(planned));

/** One activity: the pause depends neither on Temporal's latency nor on its health. It ends before any holder's deadline. */
function quiesceAndStart(order: PointInTimeOrder): Promise<PointInTimeResult> {
  const withinMs = pointInTimeMs(order.sources, order.maxPauseMs);
  const hosts = order.sources.map(({ host }) => host).join(', ');
  const summary = `quiesce ${hosts}, start ${named(order)}, give back`;
  return perform('flashCopyTakePointInTime', { summary, withinMs }, order);
}

async function takeDownAndStart(
  copy: CopyRun,
  order: PointInTimeOrder,
): Promise<PointInTimeResult> {
  const unmounted = order.sources.filter(({ method }) => method === 'unmount');
  const scope = new CancellationScope();
  try {
    await scope.run(() => Promise.all(unmounted.map((source) => takeDown(copy, source))));
  } catch (error) {
    // Not waited for here: each host is given back as soon as its own take-down has ended, not the slowest one's.
    scope.cancel();
    throw error;
  }
  await copy.inPause();
  const summary = `start ${named(order)} while ${unmounted.map(({ host }) => host).join(', ')} is unmounted`;
  return perform(
    'flashCopyStartGroups',
    { summary, withinMs: startGroupsMs(order.sources) },
    withPrepared(copy, order),
  );
}

async function takeDown(copy: CopyRun, source: PlannedSource): Promise<void> {
  const { host } = source;
  const call = { summary: `stop units and unmount ${host}`, withinMs: takeDownMs(source) };
  const takingDown = perform('flashCopyTakeDown', call, { ...copy.holdRef, source });
  copy.takingDown.set(
    host,
    takingDown.catch(() => undefined),
  );
  await takingDown;
}

/** No answer, or an answer that leaves a start open: the group may be started, now or later. */
function startIsUnknown(copy: CopyRun, outcome: string): boolean {
  if (copy.cut !== undefined) return copy.cut.starts.some(({ started }) => started === 'unknown');
  return outcome !== 'not-done';
}

function withPrepared(copy: CopyRun, order: PointInTimeOrder): PointInTimeOrder {
  const prepared = preparedTime(copy);
  return prepared === undefined ? order : { ...order, prepared };
}

/** Now. The activity goes on counting, and judges right before anything stands still. */
function preparedTime({ preparedSince, plan }: CopyRun): PreparedTime | undefined {
  if (preparedSince === undefined) return undefined;
  return { ms: new Date().getTime() - preparedSince, mostMs: plan.maxPreparedMs };
}

async function releaseSourceLocks(copy: CopyRun): Promise<void> {
  await inParallel(copy.arrays, (array) =>
    insist(copy.insisted(`locks of ${array}`), () =>
      perform(
        'flashCopyUnlock',
        { summary: `release locks on sources of ${array}` },
        { holder: copy.holder, ...copy.ledgerOf(array), only: 'sources' },
      ),
    ),
  );
}
