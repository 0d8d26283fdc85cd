// Waits for the end of a copy on behalf of its guard. A reset ends one run and starts another under the same workflow id: it is followed.
import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import type { CloseWatcher } from './dependencies.js';

/** Waits for this run's close event; how it ended is read afterwards, from the description. */
async function runEnds(workflowId: string, runId: string): Promise<void> {
  try {
    await getClient().workflow.getHandle(workflowId, runId).result();
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowFailedError') return;
    throw error;
  }
}

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

async function follow(workflowId: string, firstRunId: string): Promise<{ status: string }> {
  const { workflow } = getClient();
  for (;;) {
    const newest = await workflow.getHandle(workflowId).describe();
    const ours = newest.runId === firstRunId || firstRunOf(newest) === firstRunId;
    if (ours && newest.status.name === 'RUNNING') await runEnds(workflowId, newest.runId);
    else if (ours) return { status: newest.status.name };
    else
      return { status: (await workflow.getHandle(workflowId, firstRunId).describe()).status.name };
  }
}

/** Works inside an activity only. */
export const temporalCloseWatcher: CloseWatcher = {
  async awaitClose({ workflowId, firstRunId }, signal) {
    try {
      return await getClient().withAbortSignal(signal, () => follow(workflowId, firstRunId));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof WorkflowNotFoundError) return { status: 'NOT_FOUND' };
      throw error;
    }
  },
};
