// What the shell learns: one number for each way a command may end. The table is part of the public surface.
import { CopyFailedError, UpdateRefusedError } from '../client/errors.js';
import { FlashCopyError } from '../domain/errors.js';
import type { Report } from '../domain/report.js';

export const EXIT = {
  done: 0,
  /** Request, inventory or command line; nothing was touched. */
  invalid: 2,
  /** By the plan's rules, by a lock, or by a run that does not take this now; nothing was touched. */
  refused: 3,
  /** Failed, and everything has been given back. */
  failed: 4,
  /** Something is not given back, or nobody knows. */
  operator: 5,
  cancelled: 130,
} as const;

/** A failed or cancelled run whose undo failed somewhere needs an operator, whatever its outcome says. */
export function exitCodeOf(report: Report): number {
  const undone = report.compensation.every((entry) => entry.ok);
  switch (report.outcome) {
    case 'done':
      return EXIT.done;
    case 'refused':
      return report.error?.family === 'request' ? EXIT.invalid : EXIT.refused;
    case 'failed':
      return undone ? EXIT.failed : EXIT.operator;
    case 'cancelled':
      return undone ? EXIT.cancelled : EXIT.operator;
    case 'running':
      return EXIT.done;
    case 'needs-operator':
      return EXIT.operator;
  }
}

/** Of an error that reached the command line. An effect nobody knows needs an operator. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof CopyFailedError) {
    if (error.report !== undefined) return exitCodeOf(error.report);
    return error.runOutcome === 'cancelled' ? EXIT.cancelled : EXIT.operator;
  }
  if (error instanceof UpdateRefusedError) return EXIT.refused;
  if (!(error instanceof FlashCopyError)) return EXIT.operator;
  if (error.family === 'request') return EXIT.invalid;
  if (error.family === 'plan' || error.family === 'lock') return EXIT.refused;
  return error.outcome === 'unknown' ? EXIT.operator : EXIT.failed;
}
