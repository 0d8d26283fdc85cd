// Failures in and out: what an activity's failure says, and with which failure a run closes.
// Promise kept here: one clear line in the UI, ErrorData and Report as details, never a plain Error (which would retry the task for ever).
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TimeoutFailure,
  isCancellation,
} from '@temporalio/workflow';
import { errorData, type ErrorData } from '../domain/errors.js';
import type { Report } from '../domain/report.js';

/** Nothing was touched when one of these families ends a run before its first change. */
const REFUSALS: readonly ErrorData['family'][] = ['request', 'plan', 'lock'];
export const isRefusal = (error: ErrorData): boolean => REFUSALS.includes(error.family);

/** ErrorData of whatever was caught in a workflow. A time-out's effect is unknown. */
export function errorOf(caught: unknown): ErrorData {
  if (caught instanceof ActivityFailure && caught.cause !== undefined && !isCancellation(caught)) {
    return causeOf(caught.cause, caught.activityType);
  }
  if (isCancellation(caught)) return unknownEffect('CANCELLED', 'cancelled');
  return causeOf(caught, 'workflow');
}

export const errorLine = (caught: unknown): string => {
  const { code, message } = errorOf(caught);
  if (message === '') return code;
  return message.includes(code) ? message : `${code}: ${message}`;
};

function causeOf(cause: unknown, where: string): ErrorData {
  if (cause instanceof ApplicationFailure) {
    const data: unknown = cause.details?.[0];
    if (isErrorData(data)) return data;
    return unknownEffect(cause.type ?? 'UNEXPECTED', cause.message);
  }
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START')
    return neverBegan(where);
  if (cause instanceof TimeoutFailure)
    return unknownEffect('TIMED_OUT', `${where}: no answer in time`);
  return errorData(cause);
}

/** Only what is tried once has a limit in its queue, so no earlier attempt did anything. */
const neverBegan = (where: string): ErrorData => ({
  family: 'state',
  code: 'QUEUED_TOO_LONG',
  message: `${where}: no worker took it up in time; it did not begin`,
  outcome: 'not-done',
  retry: 'safe',
  details: {},
});

function isErrorData(value: unknown): value is ErrorData {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    'family' in value &&
    'outcome' in value
  );
}

const unknownEffect = (code: string, message: string): ErrorData => ({
  family: 'state',
  code,
  message,
  outcome: 'unknown',
  retry: 'after-check',
  details: {},
});

/** What the workflow function throws at its end: Canceled when Temporal was asked to cancel, else Failed with type = code and what to do next. */
export function closingFailure(error: ErrorData, report: Report, cancelled: boolean): Error {
  if (cancelled) return new CancelledFailure(error.message, [error, report]);
  const failure = ApplicationFailure.create({
    type: error.code,
    message: [error.message, ...report.advice].join('\n'),
    details: [error, report],
    nonRetryable: true,
  });
  // Where this line stands helps nobody, and in the UI it pushes the details out of sight.
  failure.stack = '';
  return failure;
}
