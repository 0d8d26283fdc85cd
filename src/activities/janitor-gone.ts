// Who holds a lock may be gone. Promise kept here: nobody is called gone while the run or its guard is open.
import { guardWorkflowId } from '../workflows/messages.js';
import type { ActivityDependencies, SeenRun } from './dependencies.js';

/** `workflowId/firstRunId`, as a copy names itself to the ledger of an array. */
function runOf(holder: string): SeenRun {
  const at = holder.lastIndexOf('/');
  return { workflowId: holder.slice(0, at), firstRunId: holder.slice(at + 1) };
}

/** To the ledger of a target host it adds its run. */
export const copyOfHostHolder = (holder: string): string => holder.slice(0, holder.lastIndexOf('/'));

/** Neither the run nor its guard is there: nobody else will ever mend it. */
export async function isGone({ runs }: ActivityDependencies, holder: string): Promise<boolean> {
  const { workflowId, firstRunId } = runOf(holder);
  if ((await runs.status(workflowId, firstRunId)).status === 'RUNNING') return false;
  return (await runs.status(guardWorkflowId(workflowId, firstRunId))).status !== 'RUNNING';
}
