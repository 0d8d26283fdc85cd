// What people and programs send to a workflow, looked at before anything reads it: workflows are
// also started, signalled and updated from the UI and the command line of Temporal.
// Promise kept here: odd input is refused in one line; it never fails a workflow task, which the
// server would repeat for ever.
import { ApplicationFailure, log, workflowInfo } from '@temporalio/workflow';
import { FlashCopyError } from '../domain/errors.js';
import type { ByHand } from '../domain/report.js';
import type { AcquireOrder, GuardInput, GuardWatch, LedgerGrant } from './messages.js';

type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
/** A list of objects that have these texts. */
const areNamed = (value: unknown, ...texts: readonly string[]): boolean =>
  Array.isArray(value) && value.every((one) => texts.every((text) => isText(fieldsOf(one)[text])));

/** The request inside what `flashCopy` was started with. Throws INVALID_REQUEST. */
export function requestOf(input: unknown): unknown {
  if ('request' in fieldsOf(input)) return fieldsOf(input)['request'];
  const bare = 'name' in fieldsOf(input) || 'volumes' in fieldsOf(input);
  const given = input === undefined || input === null ? 'nothing' : typeof input;
  throw new FlashCopyError({
    family: 'request',
    code: 'INVALID_REQUEST',
    message: bare
      ? 'request is missing: put what was given into {"request": { ... }}'
      : `request is missing: the input is ${given}, it has to be {"request": { "name": ... }}`,
  });
}

/** Throws INVALID_REQUEST as the failure of a workflow that is not a copy. */
export function guardInputOf(input: unknown): GuardInput {
  const { workflowId, firstRunId, holder, arrays } = fieldsOf(input);
  if ([workflowId, firstRunId, holder].every(isText) && areTexts(arrays))
    return input as GuardInput;
  throw refused(
    'INVALID_REQUEST',
    'a guard is started by its copy, with workflowId, firstRunId, holder and arrays',
  );
}

export const isWatch = (value: unknown): value is GuardWatch => {
  const { set, run, sources, groups, late = [], targetHosts = [], leaseMs } = fieldsOf(value);
  return (
    [set, run].every(isText) &&
    areNamed(sources, 'host', 'method') &&
    areNamed(groups, 'array', 'name') &&
    areNamed(late, 'array', 'name') &&
    areTexts(targetHosts) &&
    Number.isFinite(leaseMs)
  );
};

export const isByHand = (value: unknown): value is ByHand => {
  const { host, run, by, reason } = fieldsOf(value);
  return [host, run, by, reason].every(isText);
};

export const isAcquireOrder = (value: unknown): value is AcquireOrder => {
  const { holder, set, sources, targets } = fieldsOf(value);
  return [holder, set].every(isText) && areTexts(sources) && areTexts(targets);
};

export const isReleaseOrder = (value: unknown): value is { readonly holder: string } =>
  isText(fieldsOf(value)['holder']);

/** What a ledger begins with: of odd input what can be read. */
export function ledgerStateOf(given: unknown): {
  readonly grants: readonly LedgerGrant[];
  readonly resolved?: readonly ByHand[];
  readonly callsPerRun?: number;
} {
  const { grants, resolved, callsPerRun, ...more } = fieldsOf(given);
  return {
    ...more,
    grants: Array.isArray(grants) ? (grants.filter(isAcquireOrder) as LedgerGrant[]) : [],
    resolved: Array.isArray(resolved) ? resolved.filter(isByHand) : [],
    ...(Number.isInteger(callsPerRun) && Number(callsPerRun) > 0
      ? { callsPerRun: Number(callsPerRun) }
      : {}),
  };
}

/** A signal has nobody who could be told. */
export function ignored(signal: string): void {
  log.warn(`signal ${signal} ignored: it is not of the form that a copy sends`);
}

/** As update handlers and validators refuse. */
export const refused = (type: string, message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, type);

/** A server ends a run at 51,200 events: what is left then is for the give back, and for `resolve`. */
const MOST_EVENTS = 40_000;

/** Who asks without end, a script for example, does not bring the run to its limits. */
export function refuseInLongHistory(): void {
  const { historyLength } = workflowInfo();
  if (historyLength > MOST_EVENTS)
    throw refused('ASKED_TOO_OFTEN', `history has ${historyLength} events: the rest is kept free`);
}
