// A worker for those who have none of their own: its run serves the queue of copies and the urgent queue.
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { DEFAULT_TASK_QUEUE } from '../workflows/messages.js';
import type { CompositionOptions } from './composition.js';
import { FlashCopyPlugin } from './flash-copy-plugin.js';

export type FlashCopyWorkersOptions = CompositionOptions & {
  readonly connection: NativeConnection;
  /** Default `default`. */
  readonly namespace?: string;
  /** Default `flashcopy`; the urgent queue's name follows from it. */
  readonly taskQueue?: string;
  readonly dataConverter?: WorkerOptions['dataConverter'];
};

/** Bundles the library's workflows at the first call (about a second). `run()` and `shutdown()` of the answer hold for both queues. */
export function createFlashCopyWorkers(options: FlashCopyWorkersOptions): Promise<Worker> {
  const {
    connection,
    namespace,
    taskQueue = DEFAULT_TASK_QUEUE,
    dataConverter,
    ...composition
  } = options;
  return Worker.create({
    connection,
    taskQueue,
    ...(namespace === undefined ? {} : { namespace }),
    ...(dataConverter === undefined ? {} : { dataConverter }),
    plugins: [new FlashCopyPlugin(composition)],
  });
}
