// The second worker, for the urgent queue: starts and give backs have slots of their own.
// Promise: it runs with what the user's worker was configured with, and is shut down last, so that
// no shutdown cuts a pause off.
import { Worker, type NativeConnection, type WorkerPlugin } from '@temporalio/worker';
import type { FlashCopyActivities } from '../activities/contract.js';
import { WORKER } from '../domain/timing.js';
import { urgentQueue } from '../workflows/messages.js';

const SLOTS = 200;

export const isUrgent = (taskQueue: string): boolean => taskQueue.endsWith(urgentQueue(''));

export interface UrgentOrder {
  /** The user's worker, configured by all plugins. */
  readonly worker: Worker;
  readonly activities: FlashCopyActivities;
  /** The user's other plugins: what they put around a running worker is put around this one too. */
  readonly others: readonly WorkerPlugin[];
}

/**
 * Takes namespace, identity, converter and interceptors of the user's worker as they are now:
 * plugins have added theirs already, so none of them configures this worker a second time.
 */
export function createUrgentWorker({ worker, activities, others }: UrgentOrder): Promise<Worker> {
  const { connection, options } = worker;
  const { namespace, identity, dataConverter, interceptors, workerDeploymentOptions } = options;
  return Worker.create({
    ...{ taskQueue: urgentQueue(options.taskQueue), namespace, activities },
    ...(identity === undefined ? {} : { identity }),
    ...(dataConverter === undefined ? {} : { dataConverter }),
    ...(workerDeploymentOptions === undefined ? {} : { workerDeploymentOptions }),
    interceptors: { activity: interceptors.activity },
    ...(connection === undefined ? {} : { connection: withoutPlugins(connection) }),
    plugins: others.map(contextOf),
    shutdownGraceTime: WORKER.urgentShutdown,
    maxHeartbeatThrottleInterval: WORKER.urgentThrottle,
    maxConcurrentActivityTaskExecutions: SLOTS,
  });
}

const contextOf = (plugin: WorkerPlugin): WorkerPlugin => ({
  name: plugin.name,
  ...(plugin.runWorker === undefined ? {} : { runWorker: plugin.runWorker.bind(plugin) }),
});

/** The same connection. `Worker.create` would let the connection's plugins configure once more. */
const withoutPlugins = (connection: NativeConnection): NativeConnection =>
  Object.create(connection, { plugins: { value: [] } }) as NativeConnection;

const endsNow = (worker: Worker): void => {
  if (worker.getState() === 'RUNNING') worker.shutdown();
};

export interface BothWorkers {
  readonly user: Worker;
  /** The run of the user's worker, begun before the urgent one is made: it must be stoppable. */
  readonly running: Promise<void>;
  readonly urgent: Promise<Worker>;
}

/** Ends when both have ended. When either fails or ends, the other is shut down. */
export async function runBoth({ user, running, urgent }: BothWorkers): Promise<void> {
  const urgentRun = urgent.then(async (worker) => {
    const run = worker.run();
    void running.catch(() => undefined).finally(() => endsNow(worker));
    await run;
  });
  urgentRun.catch(() => endsNow(user));
  const ends = await Promise.allSettled([running, urgentRun]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
