// How long trouble is waited out, and how it is counted: in the time in which nothing works, never in tries.
// Promise kept here: a worker that dies, a deployment, a queue or hours of good work cost nothing.

/** Trouble after the point in time: a good copy is not given up because something was away for a night's part. */
export const HOURS_MS = 12 * 3_600_000;
/** Trouble before it, where the request is not known yet. */
export const WITHIN_MS = 600_000;
/** A host that answers is not away: what it fails at twice a minute it will fail at all night. */
export const ANSWERED_MS = 120_000;
/** What comes again by itself, or may be left out. */
export const MINUTE_MS = 60_000;
/** After the point in time a person is called when nothing has worked for so long. */
export const CALL_AFTER_MS = 300_000;
/** Longest wait between two attempts; a longer one is not the trouble's, but a worker's that is away. */
export const LONGEST_BACKOFF_MS = 10_000;

/** What one activity is given: how much trouble it may have, and whether a person hears of it. */
export interface Patience {
  /** Absent: no end. */
  readonly ms?: number;
  readonly callAfterMs?: number;
  /** Repeated whatever it fails with, with longer and longer waits: its workflow could do nothing else. */
  readonly insists?: true;
}

/** The present streak of failures. It travels with the heartbeat from attempt to attempt. */
export interface Trouble {
  /** Time in which nothing worked, since the first failure. */
  readonly ms: number;
  readonly failedAt: number;
  /** The attempt that failed; the heartbeat of one that died may be older than its last act. */
  readonly attempt: number;
  /** A person was called. */
  readonly told?: true;
}

/** One attempt that failed. */
export interface AttemptEnd {
  readonly attempt: number;
  readonly beganAt: number;
  /** When something answered well for the last time; `beganAt` where nothing did. */
  readonly workedAt: number;
  readonly failedAt: number;
}

/** An attempt that worked for longer than its whole patience before it failed begins a new streak, as the first failure does. */
export function troubleAfter(
  before: Trouble | undefined,
  { attempt, beganAt, workedAt, failedAt }: AttemptEnd,
  patienceMs = HOURS_MS,
): Trouble {
  if (before === undefined || workedAt - beganAt > patienceMs) return { ms: 0, failedAt, attempt };
  const waited = Math.min(Math.max(0, beganAt - before.failedAt), LONGEST_BACKOFF_MS);
  return { ...before, ms: before.ms + waited + (failedAt - workedAt), failedAt, attempt };
}
