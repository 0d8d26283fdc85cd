// Who holds a lock may be gone: then it is freed. Promise kept here: nobody is called gone while the run or its guard is open.
import { isEnded } from '../domain/run-status.js';
import type { Finding } from '../domain/janitor.js';
import { guardWorkflowId } from '../workflows/messages.js';
import type { ActivityDependencies, SeenRun } from './dependencies.js';

/** `workflowId/firstRunId`, as a copy names itself to the ledger of an array. */
function runOf(holder: string): SeenRun {
  const at = holder.lastIndexOf('/');
  return { workflowId: holder.slice(0, at), firstRunId: holder.slice(at + 1) };
}

/** To the ledger of a target host it adds its run. */
export const copyOfHostHolder = (holder: string): string =>
  holder.slice(0, holder.lastIndexOf('/'));

/** Neither the run nor its guard is there: nobody else will ever mend it. */
export async function isGone({ runs }: ActivityDependencies, holder: string): Promise<boolean> {
  const { workflowId, firstRunId } = runOf(holder);
  if (!isEnded((await runs.status(workflowId, firstRunId)).status)) return false;
  return isEnded((await runs.status(guardWorkflowId(workflowId, firstRunId))).status);
}

/** `what` was locked, found at `where`: array or host. */
interface OrphanLock {
  readonly ledger: string;
  readonly where: string;
  readonly what: string;
  readonly holder: string;
}

export async function freeLock(
  deps: ActivityDependencies,
  { ledger, where, what, holder }: OrphanLock,
): Promise<Finding> {
  await deps.ledger.release(ledger, { holder });
  return {
    ...{ key: `lock/${where}/${holder}`, kind: 'orphan-lock', where, todo: '', needsPerson: false },
    what: `${what} was locked by ${holder}, which is gone; the lock was freed`,
  };
}
