// What the product's activities get as Temporal client: the few calls they make, answered by the simulated server. A dead worker hears nothing.
import {
  WorkflowNotFoundError,
  type Client,
  type WithStartWorkflowOperation,
} from '@temporalio/client';
import { payloadsOf } from './protocol.js';
import type { Run } from './run.js';
import type { Server } from './server.js';

interface UpdateWithStart {
  readonly args: readonly unknown[];
  readonly startWorkflowOperation: WithStartWorkflowOperation<never>;
}

/** Resolves when the run is closed and followed to its end; fails as the real handle does. */
async function resultOf(run: Run): Promise<unknown> {
  if (run.open) await new Promise<void>((resolve) => run.onClose.push(resolve));
  if (run.next !== undefined) return resultOf(run.next);
  if (run.status === 'COMPLETED') return undefined;
  throw Object.assign(new Error('Workflow execution failed'), { name: 'WorkflowFailedError' });
}

const NOT_FOUND = 5;

/** The run closed while the update was on its way: as the server says it. */
function asServiceError(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  throw Object.assign(new Error(message), { code: NOT_FOUND, details: message, metadata: {} });
}

export function clientOf(server: () => Server, isDead: () => boolean): Client {
  const heard = <T>(call: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      server()
        .queue.reach(call)
        .then(
          (value) => (isDead() ? undefined : resolve(value)),
          (error: Error) => (isDead() ? undefined : reject(error)),
        );
    });
  const find = (id: string, runId: string | undefined): Run => {
    const run =
      runId === undefined
        ? server().newest(id)
        : server().runs.find((each) => each.runId === runId);
    if (run === undefined) throw new WorkflowNotFoundError('not found', id, runId);
    return run;
  };
  let stop: AbortSignal | undefined;
  const client = {
    workflow: {
      executeUpdateWithStart: (name: string, { args, startWorkflowOperation }: UpdateWithStart) => {
        const { options, workflowTypeOrFunc } = startWorkflowOperation as unknown as {
          options: { workflowId: string; taskQueue: string; args: readonly unknown[] };
          workflowTypeOrFunc: string;
        };
        const order = {
          id: options.workflowId,
          type: workflowTypeOrFunc,
          taskQueue: options.taskQueue,
        };
        const start = { ...order, args: payloadsOf(options.args) };
        return heard(() => server().updateWithStart(start, name, args).catch(asServiceError));
      },
      getHandle: (id: string, runId?: string) => ({
        describe: () =>
          heard(() =>
            Promise.resolve().then(() => {
              const run = find(id, runId);
              const info = { firstRunId: run.firstRunId };
              return {
                runId: run.runId,
                status: { name: run.status },
                taskQueue: run.spec.taskQueue,
                raw: { workflowExecutionInfo: info },
              };
            }),
          ),
        query: (name: string) => heard(async () => server().query(find(id, runId), name)),
        result: () => heard(async () => abortable(resultOf(find(id, runId)), stop)),
      }),
    },
    // Whoever works here answers in time.
    withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
    withAbortSignal: async (signal: AbortSignal, work: () => Promise<unknown>) => {
      stop = signal;
      return work();
    },
  };
  return client as unknown as Client;
}

function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}
