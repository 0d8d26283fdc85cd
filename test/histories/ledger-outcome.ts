// The ledger of one array over its end of a run: grants, a refusal, a release, and on as a new run.
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import {
  LEDGER,
  LEDGER_ACQUIRE_UPDATE,
  LEDGER_RELEASE_UPDATE,
} from '../../src/workflows/messages.js';
import { until, type Crew } from '../workflow/carry-out.js';
import { withWorkers } from '../workflow/temporal.js';
import { World } from '../workflow/world.js';

export function ledgerContinued(crew: Crew): Promise<History> {
  const taskQueue = 'recorded-ledger';
  const { workflow } = crew.env.client;
  const send = (update: string, argument: object): Promise<unknown> =>
    workflow.executeUpdateWithStart<Workflow, unknown, [unknown]>(update, {
      args: [argument],
      startWorkflowOperation: new WithStartWorkflowOperation<Workflow>(LEDGER, {
        ...{ workflowId: taskQueue, taskQueue, args: [{ grants: [], callsPerRun: 4 }] },
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    });
  const order = (holder: string) => ({
    holder,
    set: holder,
    sources: ['db'],
    targets: [`${holder}_copy`],
  });
  return withWorkers({ ...crew, taskQueue }, new World().activities(), async () => {
    await send(LEDGER_ACQUIRE_UPDATE, order('a'));
    const { runId } = await workflow.getHandle(taskQueue).describe();
    await send(LEDGER_ACQUIRE_UPDATE, order('b'));
    await send(LEDGER_RELEASE_UPDATE, { holder: 'a', only: 'sources' });
    await send(LEDGER_ACQUIRE_UPDATE, order('c'));
    await until(async () => (await workflow.getHandle(taskQueue).describe()).runId !== runId);
    return workflow.getHandle(taskQueue, runId).fetchHistory();
  });
}
