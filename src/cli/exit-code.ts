// What the shell learns: one number for each way a command may end. The table is part of the public surface.
import { CopyFailedError, UpdateRefusedError } from '../client/errors.js';
import { FlashCopyError } from '../domain/errors.js';
import type { Report } from '../domain/report.js';

/** Code, and what it means: the only table, also of `--help` and of the pages. */
const MEANINGS = {
  done: [0, 'done'],
  invalid: [2, 'invalid input'],
  refused: [3, 'refused by the plan'],
  failed: [4, 'failed and everything given back'],
  operator: [5, 'needs an operator'],
  unknown: [6, 'cannot tell'],
  cancelled: [130, 'cancelled'],
} as const;

type Meaning = keyof typeof MEANINGS;

/**
 * `done`: a run that has completed with a good copy; for orders such as `cancel`: taken. `invalid`: request, inventory or command line; nothing
 * was touched. `refused`: by the plan's rules, by a lock, or by a run that does not take this now; nothing was touched. `failed`: and everything
 * has been given back. `operator`: something is not given back, or nobody says so. `unknown`: how it stands is not known here: the run goes on,
 * or no server, no namespace, no worker answers.
 */
export const EXIT = Object.fromEntries(
  Object.entries(MEANINGS).map(([meaning, [code]]) => [meaning, code]),
) as { readonly [M in Meaning]: (typeof MEANINGS)[M][0] };

export const EXIT_CODES_LINE = `Exit codes: ${Object.values(MEANINGS)
  .map(([code, meaning]) => `${code} ${meaning}`)
  .join(', ')}.`;

/** A run whose undo failed somewhere needs an operator, whatever its outcome says. */
export function exitCodeOf(report: Report): number {
  if (report.compensation.some((entry) => !entry.ok)) return EXIT.operator;
  switch (report.outcome) {
    case 'done':
      return EXIT.done;
    case 'refused':
      return report.error?.family === 'request' ? EXIT.invalid : EXIT.refused;
    case 'failed':
      return EXIT.failed;
    case 'cancelled':
      return EXIT.cancelled;
    case 'running':
      return EXIT.unknown;
    case 'needs-operator':
      return EXIT.operator;
  }
}

/** Codes that say more than their family. */
const BY_CODE: Readonly<Record<string, number>> = {
  INTERRUPTED: EXIT.cancelled,
  RUN_ENDED: EXIT.refused,
  ...Object.fromEntries(
    [
      ...['TEMPORAL_UNREACHABLE', 'TEMPORAL_REFUSED', 'UNKNOWN_NAMESPACE'],
      ...['NO_WORKER', 'RUN_LOST', 'WORKER_ENDED', 'DETACHED'],
    ].map((code) => [code, EXIT.unknown]),
  ),
};

/** Of an error that reached the command line. An effect nobody knows is not told as one that is known. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof CopyFailedError) {
    if (error.report !== undefined) return exitCodeOf(error.report);
    return error.runOutcome === 'refused' ? ofFamily(error) : EXIT.operator;
  }
  if (error instanceof UpdateRefusedError) return EXIT.refused;
  if (!(error instanceof FlashCopyError)) return EXIT.unknown;
  return BY_CODE[error.code] ?? ofFamily(error);
}

function ofFamily({ family, outcome }: FlashCopyError): number {
  if (family === 'request') return EXIT.invalid;
  if (family === 'plan' || family === 'lock') return EXIT.refused;
  return outcome === 'unknown' ? EXIT.unknown : EXIT.failed;
}
