// The runs of one copy, as the server knows them: a reset ends one run and starts another under
// the same workflow id, and the first run's id names all of them.
import { getClient } from '@temporalio/activity';
import type { WorkflowExecutionDescription } from '@temporalio/client';

/** The first run of a chain names it; a reset run carries the name on. */
export const firstRunOf = (
  description: Pick<WorkflowExecutionDescription, 'raw' | 'runId'>,
): string => description.raw.workflowExecutionInfo?.firstRunId ?? description.runId;

/** The newest run, of the chain that began with `firstRunId` where one is named. Throws WorkflowNotFoundError. */
export async function chainStatus(
  workflowId: string,
  firstRunId?: string,
): Promise<WorkflowExecutionDescription> {
  const { workflow } = getClient();
  const newest = await workflow.getHandle(workflowId).describe();
  if (firstRunId === undefined || newest.runId === firstRunId || firstRunOf(newest) === firstRunId)
    return newest;
  return workflow.getHandle(workflowId, firstRunId).describe();
}
