// What a run that has ended answers to whoever still wants something of it: how it ended, and who can still be asked.
import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { FlashCopyError } from '../domain/errors.js';
import type { Report } from '../domain/report.js';
import { guardWorkflowId } from '../workflows/messages.js';
import { firstRunIdOf } from './run-chain.js';

export const guardOf = (workflowId: string, run: WorkflowExecutionDescription): string =>
  guardWorkflowId(workflowId, firstRunIdOf(run));

interface End {
  readonly run: WorkflowExecutionDescription;
  readonly report: Report | undefined;
  /** Asked too, and gone. */
  readonly guard?: WorkflowHandle | undefined;
}

/** RUN_ENDED, with the server's status and the outcome of the report. */
export async function runEnded(what: string, end: End): Promise<FlashCopyError> {
  const { run, report } = end;
  const status = run.status.name;
  const outcome = report?.outcome ?? 'unknown';
  const at = run.closeTime?.toISOString() ?? '';
  const ended = `the run has ended${at === '' ? '' : ` at ${at}`}: ${status}, outcome ${outcome}`;
  const guard = end.guard === undefined ? '' : `; ${await guardSays(end.guard)}`;
  return new FlashCopyError({
    ...{ family: 'state', code: 'RUN_ENDED', message: `${what}: ${ended}${guard}` },
    details: { status, outcome, ...(at === '' ? {} : { endedAt: at }), runId: run.runId },
  });
}

/** A guard that completed has given everything back; of every other end nobody can say so. */
async function guardSays(guard: WorkflowHandle): Promise<string> {
  const status = await guard.describe().then(
    (described) => described.status.name,
    () => undefined,
  );
  if (status === 'COMPLETED') return 'its guard has completed: it has nothing left to give back';
  if (status === undefined) return 'it has no guard: it held no source, or its history is gone';
  return `its guard is ${status}: look with flashcopy janitor run`;
}
