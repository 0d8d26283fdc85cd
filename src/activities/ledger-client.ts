// The ledger over Temporal: one entity workflow per array, asked by update-with-start, so the first asker starts it.
import { activityInfo, getClient } from '@temporalio/activity';
import { WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { FlashCopyError } from '../domain/errors.js';
import type { ByHand } from '../domain/report.js';
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

/** The ledger lives on the base queue, also when an urgent activity asks. */
function baseQueue(taskQueue: string): string {
  const suffix = urgentQueue('');
  return taskQueue.endsWith(suffix) ? taskQueue.slice(0, -suffix.length) : taskQueue;
}

async function ask(array: string, update: string, order: unknown): Promise<unknown> {
  try {
    return await getClient().workflow.executeUpdateWithStart<Workflow, unknown, [unknown]>(update, {
      args: [order],
      startWorkflowOperation: new WithStartWorkflowOperation(LEDGER, {
        workflowId: ledgerWorkflowId(array),
        taskQueue: baseQueue(activityInfo().taskQueue),
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [],
      }),
    });
  } catch (error) {
    throw unreachable(array, error);
  }
}

const unreachable = (array: string, error: unknown): FlashCopyError =>
  new FlashCopyError({
    family: 'lock',
    code: 'LEDGER_UNREACHABLE',
    message: `ledger of array ${array}: ${error instanceof Error ? error.message : String(error)}`,
    outcome: 'unknown',
    retry: 'after-check',
    details: { array },
    cause: error,
  });

/** Works inside an activity only: client and task queue are the activity's own. */
export const temporalLedger: LedgerClient = {
  acquire: async (array, order) =>
    (await ask(array, LEDGER_ACQUIRE_UPDATE, order)) as AcquireAnswer,
  release: async (array, order) => {
    await ask(array, LEDGER_RELEASE_UPDATE, order);
  },
  resolved: async (array, word) => {
    await ask(array, LEDGER_RESOLVED_UPDATE, word);
  },
  async read(array) {
    const ledger = getClient().workflow.getHandle(ledgerWorkflowId(array));
    try {
      const [grants, resolved] = await Promise.all([
        ledger.query<readonly LedgerGrant[]>(LEDGER_QUERY),
        ledger.query<readonly ByHand[]>(LEDGER_RESOLVED_QUERY),
      ]);
      return { grants, resolved };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { grants: [], resolved: [] };
      throw unreachable(array, error);
    }
  },
};
