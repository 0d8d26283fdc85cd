// How a run stands: by the server's status first, then by the report. Promise: what nobody vouches for is neither done nor running.
import { flashcopyCommand } from '../domain/command-line.js';
import type { ErrorData } from '../domain/errors.js';
import type { Outcome, Report } from '../domain/report.js';

/** How a run has closed, in the server's words. */
export type CloseStatus = 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TERMINATED' | 'TIMED_OUT';

/** Outcomes that a report may have where the server says that the run has closed so. */
const BORNE_OUT: Readonly<Record<CloseStatus, readonly Outcome[]>> = {
  COMPLETED: ['done'],
  FAILED: ['refused', 'failed', 'needs-operator', 'cancelled'],
  CANCELLED: ['cancelled', 'needs-operator'],
  TERMINATED: [],
  TIMED_OUT: [],
};

export const isBorneOut = ({ outcome }: Report, status: CloseStatus): boolean =>
  BORNE_OUT[status].includes(outcome);

/**
 * The report of a run that has closed. Where the run did not come to its own end, its last words are kept but for those that only an end proves:
 * nobody can say that everything was given back.
 */
export function closedReport(report: Report, status: CloseStatus, error: ErrorData): Report {
  if (isBorneOut(report, status)) return report;
  const { grade: _withdrawn, ...rest } = report;
  const { workflowId, phase } = report;
  const giveBack = flashcopyCommand('give-back', workflowId);
  return {
    ...rest,
    ...{ outcome: 'needs-operator', verified: false, error },
    advice: [
      `${workflowId} did not come to its own end (${status}, in phase ${phase}): no copy of it is good`,
      `its guard gives back every source and frees the locks: \`${giveBack}\` says whether it has ended`,
      'then run again; `flashcopy janitor run` says what is left behind',
    ],
  };
}

/** The report of a run that is open: whatever it says, it has not ended. */
export const openReport = (report: Report): Report =>
  report.outcome === 'needs-operator' ? report : { ...report, outcome: 'running' };
