// What was seen of the point in time: how each start ended, how long each host stood still. The grade is made of it, and what may be undone.
import type { ErrorData } from './errors.js';
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
