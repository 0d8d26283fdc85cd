// The ledger over Temporal: one workflow per array, asked by update-with-start, so the first asker
// starts it. Promise kept here: who gets no answer within seconds is told why (ledger-trouble.ts).
import { isEnded } from '../domain/run-status.js';
import { activityInfo, getClient } from '@temporalio/activity';
import {
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { Clock } from '../domain/clock.js';
import type { ByHand } from '../domain/report.js';
import { COMMANDS } from '../domain/timing.js';
import {
  LEDGER,
  LEDGER_ACQUIRE_UPDATE,
  LEDGER_QUERY,
  LEDGER_RELEASE_UPDATE,
  LEDGER_RESOLVED_QUERY,
  LEDGER_RESOLVED_UPDATE,
  ledgerWorkflowId,
  urgentQueue,
} from '../workflows/messages.js';
import type { AcquireAnswer, LedgerGrant } from '../workflows/messages.js';
import type { LedgerClient } from './dependencies.js';
import { ledgerTrouble } from './ledger-trouble.js';

/** A ledger is started on the base queue, also when an urgent activity asks. */
function baseQueue(): string {
  const { taskQueue } = activityInfo();
  const suffix = urgentQueue('');
  return taskQueue.endsWith(suffix) ? taskQueue.slice(0, -suffix.length) : taskQueue;
}

const MOST_TRIES = 3;
const [NOT_FOUND, ABORTED] = [5, 10];

/** It ended, since nobody held anything, while the order was on its way: the next one takes it. */
const hasEnded = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError ||
  (isGrpcServiceError(error) && [NOT_FOUND, ABORTED].includes(error.code));

const send = (ledger: string, update: string, order: unknown): Promise<unknown> =>
  getClient().workflow.executeUpdateWithStart<Workflow, unknown, [unknown]>(update, {
    args: [order],
    startWorkflowOperation: new WithStartWorkflowOperation(LEDGER, {
      workflowId: ledgerWorkflowId(ledger),
      taskQueue: baseQueue(),
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [],
    }),
  });

async function sendAgain(ledger: string, update: string, order: unknown): Promise<unknown> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send(ledger, update, order);
    } catch (error) {
      if (tries === MOST_TRIES || !hasEnded(error)) throw error;
    }
  }
}

/** Works inside an activity only: client and task queue are the activity's own. Its clock is gRPC's. */
export function temporalLedger(clock: Clock): LedgerClient {
  const inTime = async <T>(ledger: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await getClient().withDeadline(clock.now() + COMMANDS.ledgerAnswer, work);
    } catch (error) {
      throw await ledgerTrouble({ clock, ledger, queue: baseQueue() }, error);
    }
  };
  const ask = (ledger: string, update: string, order: unknown): Promise<unknown> =>
    inTime(ledger, () => sendAgain(ledger, update, order));
  const query = <T>(ledger: string, name: string): Promise<readonly T[]> =>
    inTime(ledger, async () => {
      const handle = getClient().workflow.getHandle(ledgerWorkflowId(ledger));
      try {
        // One that ended holds nothing, and nobody may be left on its queue to say so.
        const { status } = await handle.describe();
        return isEnded(status.name) ? [] : await handle.query<readonly T[]>(name);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return [];
        throw error;
      }
    });
  const grants = (ledger: string): Promise<readonly LedgerGrant[]> => query(ledger, LEDGER_QUERY);
  return {
    acquire: async (ledger, order) =>
      (await ask(ledger, LEDGER_ACQUIRE_UPDATE, order)) as AcquireAnswer,
    release: async (ledger, order) => {
      await ask(ledger, LEDGER_RELEASE_UPDATE, order);
    },
    resolved: async (ledger, word) => {
      await ask(ledger, LEDGER_RESOLVED_UPDATE, word);
    },
    grants,
    read: async (ledger) => ({
      grants: await grants(ledger),
      resolved: await query<ByHand>(ledger, LEDGER_RESOLVED_QUERY),
    }),
  };
}
