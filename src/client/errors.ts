// What the client throws: always FlashCopyError with a stable code; for a run that ended without a good copy, with the run's report.
import type { WorkflowFailedError } from '@temporalio/client';
import { ServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import {
  ApplicationFailure,
  CancelledFailure,
  NamespaceNotFoundError,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { FlashCopyError, type ErrorData, type ErrorFamily } from '../domain/errors.js';
import type { Outcome, Report } from '../domain/report.js';
import { closedReport, isBorneOut, type CloseStatus } from './standing.js';

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

  /** How the run ended; without a report and a plain refusal it is `needs-operator`, for nobody can say that everything was given back. */
  get runOutcome(): Outcome {
    if (this.report !== undefined) return this.report.outcome;
    const refused = this.outcome === 'not-done' && REFUSALS.includes(this.family);
    return refused ? 'refused' : 'needs-operator';
  }
}

const REFUSALS: readonly ErrorFamily[] = ['request', 'plan', 'lock'];

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

/** How the server says that a run has closed; a failure that is none of these is the run's own. */
const statusOf = (cause: unknown): CloseStatus =>
  cause instanceof CancelledFailure
    ? 'CANCELLED'
    : cause instanceof TerminatedFailure
      ? 'TERMINATED'
      : cause instanceof TimeoutFailure
        ? 'TIMED_OUT'
        : 'FAILED';

/** Errors without details of ours: how the run ended is all there is, and nobody knows what it left. */
const endedFromOutside = (status: CloseStatus, message: string): ErrorData => ({
  ...{ family: 'copy', code: status === 'FAILED' ? 'UNEXPECTED' : status, message },
  ...{ outcome: 'unknown', retry: 'after-check', details: {} },
});

/** The report a run's failure carries; a cancelled run carries none. */
export function reportOf(error: WorkflowFailedError): Report | undefined {
  return detailsOf(error).find(isReport);
}

/** The failure of a run as the typed error. `report`: the run's last words; what they say of its end counts only where the server bears it out. */
export function copyFailed(
  error: WorkflowFailedError,
  run: { workflowId: string; report: Report | undefined },
): CopyFailedError {
  const { cause } = error;
  const { workflowId } = run;
  const status = statusOf(cause);
  const outside = endedFromOutside(status, `${workflowId}: ${cause?.message ?? error.message}`);
  const said = detailsOf(error).find(isErrorData) ?? run.report?.error;
  const report = run.report && closedReport(run.report, status, said ?? outside);
  return new CopyFailedError(said ?? outside, { workflowId, report, cause: error });
}

/** What a completed run answered is a report of a good copy, or it is no success. Throws CopyFailedError. */
export function goodReport(answer: unknown, workflowId: string): Report {
  if (isReport(answer) && isBorneOut(answer, 'COMPLETED')) return answer;
  const message = `${workflowId} has completed, but without the report of a good copy`;
  const error = { ...endedFromOutside('COMPLETED', message), code: 'NO_GOOD_COPY' };
  const report = isReport(answer) ? closedReport(answer, 'COMPLETED', error) : undefined;
  throw new CopyFailedError(error, { workflowId, report });
}

const detailsOf = ({ cause }: WorkflowFailedError): readonly unknown[] =>
  cause instanceof ApplicationFailure || cause instanceof CancelledFailure
    ? (cause.details ?? [])
    : [];

/** Of an error of the Temporal service; NaN for every other. */
export function grpcCode(error: unknown): number {
  const { cause } = error instanceof ServiceError ? error : { cause: error };
  return isRecord(cause) && typeof cause['code'] === 'number' ? cause['code'] : Number.NaN;
}

/** gRPC: invalid argument, not found, permission denied, failed precondition, unauthenticated. */
const REFUSED: readonly number[] = [3, 5, 7, 9, 16];

/**
 * What the Temporal service answers, as an error of ours. UpdateRefusedError, NO_SUCH_RUN, UNKNOWN_NAMESPACE, TEMPORAL_REFUSED (not-done),
 * TEMPORAL_UNREACHABLE (unknown).
 */
export function serviceFailed(error: unknown, what: string): Error {
  if (error instanceof FlashCopyError) return error;
  if (error instanceof WorkflowNotFoundError) return noSuchRun(what, error);
  if (error instanceof NamespaceNotFoundError)
    return new FlashCopyError({
      ...{ family: 'transport', code: 'UNKNOWN_NAMESPACE', cause: error },
      message: `${what}: the Temporal server has no namespace ${error.namespace}`,
    });
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
    return new UpdateRefusedError(what, error.cause);
  const code = grpcCode(error);
  if (Number.isNaN(code)) return error instanceof Error ? error : new Error(String(error));
  const cause: unknown = error instanceof ServiceError ? error.cause : error;
  const said = isRecord(cause) && typeof cause['details'] === 'string' ? cause['details'] : '';
  const refused = REFUSED.includes(code);
  return new FlashCopyError({
    family: 'transport',
    code: refused ? 'TEMPORAL_REFUSED' : 'TEMPORAL_UNREACHABLE',
    message: `${what}: ${said === '' ? (error as Error).message : said}`,
    outcome: refused ? 'not-done' : 'unknown',
    retry: refused ? 'never' : 'safe',
    cause: error,
  });
}

/** The words of the innermost cause, on one line: what TLS or the network said. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return innermost(error.cause);
  return error.message.split('\n').join(' ').trim();
}

/** Of a failed connect. TEMPORAL_REFUSED where the server answers and does not let us in. */
export function connectFailed(
  address = 'localhost:7233',
  cause: unknown,
  why = innermost(cause),
): FlashCopyError {
  const refused = REFUSED.includes(grpcCode(cause));
  const what = refused ? 'refuses this client' : 'does not answer';
  return new FlashCopyError({
    family: 'transport',
    code: refused ? 'TEMPORAL_REFUSED' : 'TEMPORAL_UNREACHABLE',
    message: `the Temporal server at ${address} ${what}: ${refused ? innermost(cause) : why}`,
    outcome: 'not-done',
    retry: refused ? 'never' : 'safe',
    cause,
  });
}

export const noSuchRun = (what: string, cause?: unknown): FlashCopyError =>
  new FlashCopyError({
    ...{ family: 'request', code: 'NO_SUCH_RUN', cause },
    message: `${what}: no such run in this namespace`,
  });
