// What the client throws: always FlashCopyError with a stable code; for a run that ended without a good copy, with the run's report.
import type { WorkflowFailedError } from '@temporalio/client';
import { ServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { FlashCopyError, type ErrorData } from '../domain/errors.js';
import type { Outcome, Report } from '../domain/report.js';

/** A run that ended without a good copy. `code` is that of its first error; `report` says what happened and what was given back. */
export class CopyFailedError extends FlashCopyError {
  readonly workflowId: string;
  /** Undefined when the run ended without a word: terminated from outside, or no worker left to ask. */
  readonly report: Report | undefined;

  constructor(
    data: ErrorData,
    run: { workflowId: string; report?: Report | undefined; cause?: unknown },
  ) {
    super({ ...data, cause: run.cause });
    this.name = 'CopyFailedError';
    this.workflowId = run.workflowId;
    this.report = run.report;
  }

  /** How the run ended; without a report it is `needs-operator`, for nobody can say that everything was given back. */
  get runOutcome(): Outcome {
    return this.report?.outcome ?? (this.code === 'CANCELLED' ? 'cancelled' : 'needs-operator');
  }
}

/** What a run answered to an update it does not take now: `code` is its reason, nothing was done. */
export class UpdateRefusedError extends FlashCopyError {
  constructor(what: string, failure: ApplicationFailure) {
    const code = failure.type ?? 'UPDATE_REFUSED';
    super({ family: 'state', code, message: `${what}: ${failure.message}`, cause: failure });
    this.name = 'UpdateRefusedError';
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isReport = (value: unknown): value is Report =>
  isRecord(value) && 'phase' in value && Array.isArray(value['steps']);
const isErrorData = (value: unknown): value is ErrorData =>
  isRecord(value) && 'code' in value && 'family' in value;

/** Errors without details of ours: how the run ended is all there is. */
function endedFromOutside(cause: unknown, message: string): ErrorData {
  const code =
    cause instanceof CancelledFailure
      ? 'CANCELLED'
      : cause instanceof TerminatedFailure
        ? 'TERMINATED'
        : cause instanceof TimeoutFailure
          ? 'TIMED_OUT'
          : 'UNEXPECTED';
  const outcome = code === 'CANCELLED' ? 'not-done' : 'unknown';
  return { family: 'copy', code, message, outcome, retry: 'after-check', details: {} };
}

/** The report a run's failure carries; a cancelled run carries none. */
export function reportOf(error: WorkflowFailedError): Report | undefined {
  return detailsOf(error).find(isReport);
}

/** The failure of a run as the typed error. */
export function copyFailed(
  error: WorkflowFailedError,
  run: { workflowId: string; report: Report | undefined },
): CopyFailedError {
  const { cause } = error;
  const ofOutside = () =>
    endedFromOutside(cause, `${run.workflowId}: ${cause?.message ?? error.message}`);
  const data = detailsOf(error).find(isErrorData) ?? run.report?.error ?? ofOutside();
  return new CopyFailedError(data, { ...run, cause: error });
}

const detailsOf = ({ cause }: WorkflowFailedError): readonly unknown[] =>
  cause instanceof ApplicationFailure || cause instanceof CancelledFailure
    ? (cause.details ?? [])
    : [];

/** What the Temporal service answers, as an error of ours. UpdateRefusedError, NO_SUCH_RUN, TEMPORAL_REFUSED (not-done), TEMPORAL_UNREACHABLE (unknown). */
export function serviceFailed(error: unknown, what: string): Error {
  if (error instanceof FlashCopyError) return error;
  if (error instanceof WorkflowNotFoundError) {
    return new FlashCopyError({
      family: 'request',
      code: 'NO_SUCH_RUN',
      message: `${what}: no such run in this namespace`,
      cause: error,
    });
  }
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
    return new UpdateRefusedError(what, error.cause);
  if (!(error instanceof ServiceError))
    return error instanceof Error ? error : new Error(String(error));
  const grpc: Record<string, unknown> = isRecord(error.cause) ? error.cause : {};
  const refused = [3, 5, 7, 9, 16].includes(Number(grpc['code']));
  const said = typeof grpc['details'] === 'string' ? grpc['details'] : error.message;
  return new FlashCopyError({
    family: 'transport',
    code: refused ? 'TEMPORAL_REFUSED' : 'TEMPORAL_UNREACHABLE',
    message: `${what}: ${said}`,
    outcome: refused ? 'not-done' : 'unknown',
    retry: refused ? 'never' : 'safe',
    cause: error,
  });
}
