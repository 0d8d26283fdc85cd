// A worker for those who have none of their own: its run serves the queue of copies and the urgent
// queue. Its options are the ones this library recommends.
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { WORKER } from '../domain/timing.js';
import { DEFAULT_TASK_QUEUE } from '../workflows/messages.js';
import { inventoryOf, type CompositionOptions } from './composition.js';
import { dataConverterOf } from './encryption.js';
import { FlashCopyPlugin } from './flash-copy-plugin.js';
import { flashCopyBundle } from './workflow-bundle.js';

export type FlashCopyWorkersOptions = CompositionOptions & {
  readonly connection: NativeConnection;
  /** Default `default`. */
  readonly namespace?: string;
  /** Default `flashcopy`; the urgent queue's name follows from it. */
  readonly taskQueue?: string;
  /** Default: the codec of the inventory. */
  readonly dataConverter?: WorkerOptions['dataConverter'];
};

/**
 * For a worker of your own: `Worker.create({ ...recommendedWorkerOptions, ... })`. The plugin does not
 * set them, since they hold for all workflows and activities of that worker.
 * A run of a dead worker moves to another one after 1 s instead of 10 s: an unmounted source waits
 * for it. Slots are many, since most activities wait for an array or a host.
 */
export const recommendedWorkerOptions = {
  stickyQueueScheduleToStartTimeout: WORKER.sticky,
  shutdownGraceTime: WORKER.shutdown,
  // A cancel reaches an activity with its heartbeat.
  maxHeartbeatThrottleInterval: WORKER.throttle,
  maxConcurrentActivityTaskExecutions: 500,
} satisfies Partial<WorkerOptions>;

/**
 * Bundles the library's workflows at the first call (about a second). `run()` and `shutdown()` of the
 * answer hold for both queues. Throws INVALID_INVENTORY.
 */
export async function createFlashCopyWorkers(options: FlashCopyWorkersOptions): Promise<Worker> {
  const { connection, namespace, taskQueue = DEFAULT_TASK_QUEUE, ...composition } = options;
  const inventory = inventoryOf(options);
  const dataConverter = options.dataConverter ?? dataConverterOf(inventory.temporal);
  // The connection's plugins may add workflow interceptors: those get a bundle of their own.
  const bundled =
    connection.plugins.length === 0 && dataConverter?.payloadConverterPath === undefined
      ? { workflowBundle: await flashCopyBundle(dataConverter?.failureConverterPath) }
      : {};
  return Worker.create({
    ...recommendedWorkerOptions,
    ...bundled,
    connection,
    taskQueue,
    ...(namespace === undefined ? {} : { namespace }),
    ...(dataConverter === undefined ? {} : { dataConverter }),
    plugins: [new FlashCopyPlugin({ ...composition, inventory } as CompositionOptions)],
  });
}
