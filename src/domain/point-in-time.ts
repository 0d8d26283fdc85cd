// What was seen of the point in time: how each start ended, how long each host stood still. The grade is made of it, and what may be undone.
import { FlashCopyError, type ErrorData } from './errors.js';
import type { PauseReport } from './report.js';

export interface GroupStart {
  readonly array: string;
  readonly group: string;
  /** The state read as `prepared` in the start's own command line; of a snapshot: not there yet, or there to be restored. */
  readonly preparedRead: boolean;
  readonly started: 'done' | 'not-done' | 'unknown';
  readonly code: string;
  readonly message: string;
  readonly durationMs: number;
  /** Its answer was lost, but its effect was read while every source still stood still: `done` by that. */
  readonly seenInEffect?: true;
  /** What the array said besides, verbatim. */
  readonly warnings?: readonly string[];
}

/** How long groups had been prepared when their start was asked for, and how long they may be when it is sent, ms. */
export interface PreparedTime {
  readonly ms: number;
  readonly mostMs: number;
}

/** The sources write through all that time. */
export function checkPreparedTime({ ms, mostMs }: PreparedTime): void {
  if (ms <= mostMs) return;
  throw new FlashCopyError({
    family: 'copy',
    code: 'PREPARED_TOO_LONG',
    message: `prepared for ${ms} ms, more than maxPrepared ${mostMs} ms: the sources write through all that time`,
    retry: 'safe',
    details: { ms, mostMs },
  });
}

/** What an attempt may fail with and have done no harm: every source has its I/O, nothing copies, and another moment may be better. */
const PASSING: ReadonlySet<string> = new Set([
  ...['QUIESCE_REFUSED', 'QUIESCE_OVERDUE', 'QUIESCE_BROKEN', 'PAUSE_EXCEEDED', 'TOO_DIRTY'],
  ...['OPENING_OVERDUE', 'LEASE_TOO_SHORT', 'QUEUED_TOO_LONG', 'PREPARED_TOO_LONG', 'NOT_PREPARED'],
  ...['FLUSH_FAILED', 'START_UNKNOWN', 'TIMED_OUT', 'NO_FREE_SESSION'],
  ...['UNREACHABLE', 'CHANNEL_LOST', 'COMMAND_TIMED_OUT', 'ARRAY_BUSY', 'LEDGER_UNREACHABLE'],
]);
/** A start that was refused because the array is failing over, or was never sent. */
const PASSING_STARTS: ReadonlySet<string> = new Set([
  ...['CMMVC5786E', 'UNREACHABLE', 'ARRAY_BUSY', 'CMMVC7017E'],
]);

export function mayBeTakenAgain({ code, outcome, details }: ErrorData): boolean {
  if (outcome !== 'not-done') return false;
  if (code !== 'START_FAILED') return PASSING.has(code);
  return PASSING_STARTS.has(String(details['code']));
}

/** A group whose start took effect. A small copy may be at 100 % already: then only a new start time tells. */
export function tookEffect(
  state: string,
  startTimes: readonly string[],
  before: readonly string[],
): boolean {
  if (state === 'copying') return true;
  return state === 'idle_or_copied' && startTimes.some((at) => at !== '' && !before.includes(at));
}

/** What the one activity of the quiesce method saw. It answers this also when the copy failed; it throws only before anything stood still. */
export interface PointInTimeResult {
  readonly starts: readonly GroupStart[];
  /** Hosts of the quiesce method only; those of the unmount method report theirs with the give back. */
  readonly pauses: readonly PauseReport[];
  /** What the probes right after the start said of every source host, both methods: '' when unbroken. Feeds the grade. */
  readonly attestations?: readonly { readonly host: string; readonly broken: string }[];
  /** First thing that went wrong (refused quiesce, start not done or unknown); a broken quiesce is no error, it lowers the grade. */
  readonly error?: ErrorData;
}
