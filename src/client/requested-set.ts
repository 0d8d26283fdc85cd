// Which set a run copies, as its own input says: true of every run, however it was started and whatever its id.
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';

export interface Execution {
  readonly workflowId: string;
  readonly runId: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Undefined where the run is gone, its input cannot be decoded here, or names no set. */
export async function requestedSet(
  client: Client,
  { workflowId, runId }: Execution,
): Promise<string | undefined> {
  const { namespace, loadedDataConverter } = client.options;
  try {
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      ...{ namespace, execution: { workflowId, runId }, maximumPageSize: 1 },
    });
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    const payloads = started?.input?.payloads;
    const [input] = await decodeArrayFromPayloads(loadedDataConverter, payloads);
    const request = isRecord(input) ? input['request'] : undefined;
    return isRecord(request) && typeof request['name'] === 'string' ? request['name'] : undefined;
  } catch {
    return undefined; // not known to be of a set: it is not taken for one
  }
}
