// Where runs of copies are looked for: by their usual ids, which the server knows at once; in its lists, which lag behind; in its schedules, which do not.
import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
} from '@temporalio/client';
import { isEnded } from '../domain/run-status.js';
import { FLASH_COPY, flashCopyWorkflowId, GUARD } from '../workflows/messages.js';
import type { Execution } from './requested-set.js';

export interface Candidate extends Execution {
  /** The run is open, or its guard is: somebody still works for it. */
  readonly open: boolean;
  readonly startedAt: number;
}

/** A run that has ended long ago is found by its usual id only. */
const MOST_CLOSED = 200;

/** Splits the id of a guard; undefined for any other. */
export function guarded(workflowId: string): Execution | undefined {
  const at = workflowId.lastIndexOf('/guard/');
  if (at < 0) return undefined;
  return { workflowId: workflowId.slice(0, at), runId: workflowId.slice(at + '/guard/'.length) };
}

/** An id that this library gives: by itself, or with the time that a Schedule appends. */
export function isUsualId(workflowId: string, set: string): boolean {
  const usual = flashCopyWorkflowId(set);
  if (!workflowId.startsWith(usual)) return false;
  return /^(-\d{4}-\d\d-\d\dT[\d:.]+Z)?$/.test(workflowId.slice(usual.length));
}

const ofRun = (run: WorkflowExecutionInfo): Candidate => ({
  ...{ workflowId: run.workflowId, runId: run.runId },
  ...{ open: !isEnded(run.status.name), startedAt: run.startTime.getTime() },
});

/** The newest run of exactly this id. */
export async function newestOf(
  client: Client,
  workflowId: string,
): Promise<{ candidate: Candidate; run: WorkflowExecutionDescription } | undefined> {
  try {
    const run = await client.workflow.getHandle(workflowId).describe();
    return { candidate: ofRun(run as unknown as WorkflowExecutionInfo), run };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Open copies, and closed ones whose guard is open. */
export async function openCandidates(client: Client): Promise<Candidate[]> {
  const types = `(WorkflowType = '${FLASH_COPY}' OR WorkflowType = '${GUARD}')`;
  const query = `${types} AND CloseTime IS NULL`;
  const found: Candidate[] = [];
  for await (const run of client.workflow.list({ query })) {
    const copy = run.type === GUARD ? guarded(run.workflowId) : undefined;
    if (run.type !== GUARD) found.push(ofRun(run));
    else if (copy !== undefined) found.push({ ...ofRun(run), ...copy });
  }
  return found;
}

/** Newest first; those with the usual ids of this set all, of the others the last few hundred. */
export async function closedCandidates(client: Client, set: string): Promise<Candidate[]> {
  const closed = `WorkflowType = '${FLASH_COPY}' AND CloseTime IS NOT NULL`;
  const byId = `${closed} AND WorkflowId STARTS_WITH '${flashCopyWorkflowId(set)}'`;
  const [usual, others] = await Promise.all([
    first(client, byId, MOST_CLOSED),
    first(client, closed, MOST_CLOSED),
  ]);
  return [...usual, ...others];
}

async function first(client: Client, query: string, most: number): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for await (const run of client.workflow.list({ query })) {
    found.push(ofRun(run));
    if (found.length === most) break;
  }
  return found;
}

/** What schedules have started for this set, also a moment ago: a schedule is asked itself, its list may lag. */
export async function scheduledCandidates(client: Client, set: string): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for await (const { scheduleId, action, info } of client.schedule.list()) {
    if (action?.workflowType !== FLASH_COPY) continue;
    const seen = info?.recentActions.map(({ action: { workflow } }) => workflow.workflowId) ?? [];
    if (seen.length > 0 && !seen.some((id) => isUsualId(id, set))) continue;
    const last = (await client.schedule.getHandle(scheduleId).describe()).info.recentActions.at(-1);
    const workflowId = last?.action.workflow.workflowId ?? '';
    if (!isUsualId(workflowId, set)) continue;
    const newest = await newestOf(client, workflowId);
    if (newest !== undefined) found.push(newest.candidate);
  }
  return found;
}
