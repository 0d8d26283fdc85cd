// Why a ledger did not answer: nobody serves its queue, its tasks fail (another converter, another
// version), or it is slow. Promise kept here: the first two are told apart from the third within
// seconds, by what the server says, and name queue and workflow.
import { getClient } from '@temporalio/activity';
import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import type { Clock } from '../domain/clock.js';
import { FlashCopyError } from '../domain/errors.js';
import { COMMANDS } from '../domain/timing.js';
import { ledgerWorkflowId } from '../workflows/messages.js';

interface Asked {
  readonly clock: Clock;
  readonly ledger: string;
  /** Of who asks: a worker of it is alive. */
  readonly queue: string;
}

type Code = 'LEDGER_UNREACHABLE' | 'LEDGER_UNSERVED' | 'LEDGER_UNREADABLE';

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const trouble = (code: Code, asked: Asked, why: string): FlashCopyError =>
  new FlashCopyError({
    family: 'lock',
    code,
    message: `ledger ${ledgerWorkflowId(asked.ledger)}: ${why}`,
    outcome: 'unknown',
    retry: 'after-check',
    details: { ledger: asked.ledger, workflowId: ledgerWorkflowId(asked.ledger) },
  });

/** What the server, or the ledger through it, has said. Anything else went wrong at the asker's own converter. */
const isAnswer = (error: unknown): boolean =>
  isGrpcServiceError(error) ||
  error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
  error instanceof QueryNotRegisteredError;

/** In words, and what is left to do about it. */
const unreadable = (asked: Asked, queue: string, why: string): FlashCopyError =>
  trouble(
    'LEDGER_UNREADABLE',
    asked,
    `it cannot be read: ${why}; it was written with another converter or version: give the workers of queue ${queue} and of ${asked.queue} the same one`,
  );

export async function ledgerTrouble(asked: Asked, error: unknown): Promise<FlashCopyError> {
  if (error instanceof FlashCopyError) return error;
  // Its handlers refuse nothing: what fails in them is the reading of what they were sent.
  const failed = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (failed !== undefined || !isAnswer(error))
    return unreadable(asked, asked.queue, said(failed ?? error));
  const client = getClient();
  const until = asked.clock.now() + COMMANDS.ledgerLook;
  return client
    .withDeadline(until, () => diagnosis(asked, error))
    .catch(() => trouble('LEDGER_UNREACHABLE', asked, said(error)));
}

async function diagnosis(asked: Asked, error: unknown): Promise<FlashCopyError> {
  const { workflow } = getClient();
  const found = await workflow.getHandle(ledgerWorkflowId(asked.ledger)).describe();
  const failed = await taskFailure(found);
  if (failed !== '') return unreadable(asked, found.taskQueue, failed);
  if (found.status.name !== 'RUNNING' || found.taskQueue === asked.queue || isTaken(found))
    return trouble('LEDGER_UNREACHABLE', asked, said(error));
  return trouble(
    'LEDGER_UNSERVED',
    asked,
    `no worker of its task queue ${found.taskQueue} has answered for ${COMMANDS.ledgerAnswer / 1000} s: start one there, and it moves with the next run once nobody holds anything; if that installation is gone for good, and none of its copies runs: temporal workflow terminate --workflow-id ${found.workflowId}`,
  );
}

/** PENDING_WORKFLOW_TASK_STATE_STARTED */
const STARTED = 2;

/** A worker has its task right now: it is only slow. */
const isTaken = ({ raw }: WorkflowExecutionDescription): boolean =>
  Number(raw.pendingWorkflowTask?.state) === STARTED;

/** '' unless the newest task failed, again and again. */
async function taskFailure({ raw, workflowId }: WorkflowExecutionDescription): Promise<string> {
  if ((raw.pendingWorkflowTask?.attempt ?? 0) < 2) return '';
  const { workflowService, options } = getClient();
  const { history } = await workflowService.getWorkflowExecutionHistoryReverse({
    namespace: options.namespace,
    execution: { workflowId },
    maximumPageSize: 10,
  });
  for (const event of history?.events ?? []) {
    if (event.workflowTaskCompletedEventAttributes != null) return '';
    const failed = event.workflowTaskFailedEventAttributes;
    if (failed != null) return failed.failure?.message ?? 'its tasks fail';
  }
  return '';
}
