// What every workflow of copies has around its steps: query, updates, compensation, and one clear end.
// Promise kept here: whatever is thrown, plain errors of a bug included, is compensated before the run closes.
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import type { ErrorData } from '../domain/errors.js';
import type { Report } from '../domain/report.js';
import { CopyRun } from './copy-run.js';
import { closingFailure, errorOf, isRefusal } from './failure.js';
import { refused } from './inputs.js';
import { ABORT_UPDATE, REPORT_QUERY } from './messages.js';
import { setOperatorHandlers } from './operator.js';
import { setRateHandler } from './change-rate.js';

export const reportQuery = defineQuery<Report>(REPORT_QUERY);
export const abortUpdate = defineUpdate<void, [reason?: string | null]>(ABORT_UPDATE);

const LONGEST_REASON = 500;

export interface CopyOptions {
  readonly searchAttributes?: boolean;
  /** After everything was undone, with the last report. Never throws. */
  readonly onFailed?: (copy: CopyRun) => Promise<void>;
}

/**
 * Runs a procedure made of steps, `flashCopy` itself or one of your own, and answers its report.
 * Throws ApplicationFailure with type = code and details [ErrorData, Report]; a cancelled run ends Canceled.
 * A cancel waits for the step under way, then everything registered is undone.
 * Every end waits for what people have asked of the run: an update that was taken is answered.
 */
export async function runCopy(
  options: CopyOptions | undefined,
  procedure: (copy: CopyRun) => Promise<void>,
): Promise<Report> {
  const copy = new CopyRun(options?.searchAttributes === true);
  setHandlers(copy);
  try {
    await copy.scope.run(() => procedure(copy));
    copy.order.require('the end of a copy', 'retain');
    copy.ending = true;
    await copy.guard.done();
  } catch (error) {
    const cancelledByTemporal = CancellationScope.current().consideredCancelled;
    await CancellationScope.nonCancellable(() => compensate(copy, error));
    await CancellationScope.nonCancellable(async () => options?.onFailed?.(copy));
    await answered(copy);
    throw closingFailure(
      copy.report.error ?? errorOf(error),
      copy.report.toReport(),
      cancelledByTemporal,
    );
  }
  await answered(copy);
  copy.report.outcome = 'done';
  copy.report.enter('DONE');
  return copy.report.toReport();
}

/** Last of all: nothing is awaited after it, so nobody asks in between. */
const answered = (copy: CopyRun): Promise<void> =>
  CancellationScope.nonCancellable(async () => {
    await copy.saying.done();
    await condition(allHandlersFinished);
  });

async function compensate(copy: CopyRun, caught: unknown): Promise<void> {
  const { report } = copy;
  copy.ending = true;
  const cancelled = copy.scope.consideredCancelled;
  const error = errorOf(caught);
  report.error = cancelled ? cancellationOf(copy, error) : error;
  if (!copy.undo.isEmpty) report.enter('COMPENSATING');
  const allUndone = await copy.undo.unwind();
  // With something left undone the guard is not dismissed: it sees this run close and goes on trying.
  if (allUndone) await copy.guard.done().catch(() => undefined);
  const refused = !copy.hasPlan && isRefusal(error);
  report.outcome = cancelled ? 'cancelled' : refused ? 'refused' : 'failed';
  report.enter(cancelled ? 'CANCELLED' : 'FAILED');
}

/** An error after a request to stop is nearly always its consequence: the request is the cause, the error goes along. */
function cancellationOf(copy: CopyRun, error: ErrorData): ErrorData {
  const code = copy.abortReason === undefined ? 'CANCELLED' : 'ABORTED';
  const why =
    copy.abortReason === undefined ? 'cancelled on request' : `aborted: ${copy.abortReason}`;
  const seen = error.code === 'CANCELLED' ? '' : ` (${error.code}: ${error.message})`;
  return {
    ...error,
    family: 'state',
    code,
    message: `${why}; what was done has been undone${seen}`,
    retry: 'safe',
  };
}

function setHandlers(copy: CopyRun): void {
  setHandler(reportQuery, () => copy.report.toReport(), {
    description:
      'State of the copy: phase, grade, steps, pauses, progress, errors, and what a person can do now',
  });
  const abort = (reason?: string | null): void => {
    copy.abortReason = reason ?? 'on request';
    copy.scope.cancel();
  };
  setHandler(abortUpdate, abort, {
    description: 'Stops the copy, gives every source its I/O back and undoes what was done',
    validator: (reason?: unknown) => {
      if (copy.ending || copy.retained || copy.scope.consideredCancelled)
        throw refused('NOTHING_TO_ABORT', `nothing to abort: the run is ${copy.report.phase}`);
      if (reason != null && (typeof reason !== 'string' || reason.length > LONGEST_REASON))
        throw refused('INVALID_REASON', `reason: a text of at most ${LONGEST_REASON} characters`);
    },
  });
  setRateHandler(copy);
  setOperatorHandlers({
    stuck: () => copy.report.stuckHosts,
    hands: copy.givingBack,
    ledgers: () => copy.arrays.map((array) => copy.ledgerOf(array)),
    spread: (word) => copy.guard.resolved(word),
  });
}
