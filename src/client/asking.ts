// Questions and orders to a run, bounded: where no worker serves it, nothing else ends the wait.
import {
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Clock } from '../domain/clock.js';
import { FlashCopyError } from '../domain/errors.js';
import { COMMANDS } from '../domain/timing.js';
import { grpcCode, serviceFailed } from './errors.js';

const DEADLINE_EXCEEDED = 4;

interface Update {
  readonly handle: WorkflowHandle;
  readonly name: string;
  readonly args: [unknown?];
}

/** Throws NO_WORKER when no worker takes it; what it does afterwards may take its time. */
export async function executeUpdate<T>(
  client: Client,
  clock: Clock,
  { handle, name, args }: Update,
): Promise<T> {
  const deadline = clock.now() + COMMANDS.updateTaken;
  const taken = await client
    .withDeadline(deadline, () =>
      handle.startUpdate<T, [unknown]>(name, { args: args as [unknown], waitForStage: 'ACCEPTED' }),
    )
    .catch((error: unknown) => {
      const late = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
      if (late || grpcCode(error) === DEADLINE_EXCEEDED) throw nobody(handle.workflowId, error);
      throw error;
    });
  return taken.result();
}

/** A query that was not answered, of a run that the server knows to be open. */
export function noWorker(error: Error, run: WorkflowExecutionDescription): Error {
  const failed = serviceFailed(error, `report of ${run.workflowId}`);
  return failed instanceof FlashCopyError && failed.code === 'TEMPORAL_UNREACHABLE'
    ? nobody(run.workflowId, error, `of task queue ${run.taskQueue} `)
    : failed;
}

const nobody = (workflowId: string, cause: unknown, whose = ''): FlashCopyError =>
  new FlashCopyError({
    ...{ family: 'transport', code: 'NO_WORKER', outcome: 'unknown', retry: 'safe' },
    message: `${workflowId} is open, but no worker ${whose}answers: start one with flashcopy worker`,
    cause,
  });

/** The server has known the run, and knows it no more. */
export const runLost = (workflowId: string): FlashCopyError =>
  new FlashCopyError({
    ...{ family: 'transport', code: 'RUN_LOST', outcome: 'unknown', retry: 'never' },
    message: `${workflowId}: the Temporal server no longer knows this run; hosts give back by themselves at their deadline`,
  });
