// Resets of runs on a real server, as a person does them in the UI.
import { randomUUID } from 'node:crypto';
import type { Crew } from './carry-out.js';
import type { CopyHandle } from './temporal.js';

/** Back to the last decision of the run. */
export async function resetToLastTask({ env }: Crew, { workflowId }: CopyHandle): Promise<string> {
  const { workflow, workflowService, options } = env.client;
  const handle = workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const last = events?.findLast(
    ({ workflowTaskCompletedEventAttributes: task }) => task != null,
  )?.eventId;
  if (last == null) throw new Error('the run has not decided anything yet');
  const answer = await workflowService.resetWorkflowExecution({
    ...{ namespace: options.namespace, workflowExecution: { workflowId, runId } },
    ...{ workflowTaskFinishEventId: last, reason: 'test', requestId: randomUUID() },
  });
  return answer.runId;
}
