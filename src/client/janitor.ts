// The janitor of one task queue: its schedule, and a round on demand. Promise: installing twice leaves one schedule, the newer one.
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleOptions,
  type ScheduleUpdateOptions,
} from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import { FlashCopyError } from '../domain/errors.js';
import type { JanitorReport } from '../domain/janitor.js';
import { DEFAULT_TASK_QUEUE, JANITOR, type JanitorInput } from '../workflows/messages.js';
import { serviceFailed } from './errors.js';

/** One for each task queue: each has an inventory of its own. */
export const janitorScheduleId = (taskQueue: string): string =>
  taskQueue === DEFAULT_TASK_QUEUE ? 'flashcopy-janitor' : `flashcopy-janitor-${taskQueue}`;

const SUMMARY = 'clears away what dead copies left behind';
/** After an outage one round is enough. */
const CATCH_UP: Duration = '1m';

export interface JanitorPlace {
  readonly client: Client;
  readonly taskQueue: string;
}

/** Answers the schedule's id. Overlap SKIP. */
export async function installJanitor(
  { client, taskQueue }: JanitorPlace,
  every: Duration,
): Promise<string> {
  const scheduleId = janitorScheduleId(taskQueue);
  const input: JanitorInput = { schedule: scheduleId };
  const definition: Omit<ScheduleOptions, 'scheduleId' | 'state' | 'memo'> &
    Pick<ScheduleUpdateOptions, 'action'> = {
    spec: { intervals: [{ every }] },
    policies: { overlap: 'SKIP', catchupWindow: CATCH_UP },
    action: {
      ...{
        type: 'startWorkflow',
        workflowType: JANITOR,
        workflowId: scheduleId,
        taskQueue,
        args: [input],
      },
      staticSummary: SUMMARY,
    },
  };
  try {
    await client.schedule.create({ scheduleId, ...definition });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning))
      throw serviceFailed(error, `schedule ${scheduleId}`);
    await client.schedule.getHandle(scheduleId).update(({ state }) => ({ ...definition, state }));
  }
  return scheduleId;
}

/** Answers the schedule's id; none is success. A round under way ends by itself. */
export async function removeJanitor({ client, taskQueue }: JanitorPlace): Promise<string> {
  const scheduleId = janitorScheduleId(taskQueue);
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError))
      throw serviceFailed(error, `schedule ${scheduleId}`);
  }
  return scheduleId;
}

/** One round now; a round on demand that is under way is joined. Nobody is called: the caller reads the report. */
export async function runJanitor({ client, taskQueue }: JanitorPlace): Promise<JanitorReport> {
  const input: JanitorInput = {};
  const workflowId = `${janitorScheduleId(taskQueue)}/now`;
  try {
    return (await client.workflow.execute(JANITOR, {
      ...{ workflowId, taskQueue, args: [input], staticSummary: SUMMARY },
      workflowIdConflictPolicy: 'USE_EXISTING',
    })) as JanitorReport;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'WorkflowFailedError')
      throw serviceFailed(error, 'janitor');
    const { cause } = error as { cause?: Error };
    const message = `the janitor failed: ${cause?.cause instanceof Error ? cause.cause.message : (cause?.message ?? error.message)}`;
    throw new FlashCopyError({
      family: 'state',
      code: 'JANITOR_FAILED',
      message,
      retry: 'safe',
      cause: error,
    });
  }
}
