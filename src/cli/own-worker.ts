// A worker inside this command, for both queues.
import { DefaultLogger, NativeConnection, Runtime, type LogLevel } from '@temporalio/worker';
import { createFlashCopyWorkers } from '../worker/index.js';
import { urgentQueue } from '../workflows/messages.js';
import type { Inventory } from './inventory.js';
import type { TemporalPlace } from './temporal.js';

export interface OwnWorker {
  readonly queues: readonly string[];
  /** Settles when the worker stops, by `stop` or by a failure. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Logs go to standard error; below `ERROR` only where people run a worker and nothing else. */
export async function startOwnWorker(
  { address, namespace, taskQueue }: TemporalPlace,
  inventory: Inventory,
  logLevel: LogLevel = 'ERROR',
): Promise<OwnWorker> {
  const logger = new DefaultLogger(
    logLevel,
    ({ level, message }) => void process.stderr.write(`${level} ${message}\n`),
  );
  Runtime.install({ logger, shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address });
  const worker = await createFlashCopyWorkers({ connection, namespace, taskQueue, inventory });
  const ended = worker.run();
  ended.catch(() => undefined);
  return {
    queues: [taskQueue, urgentQueue(taskQueue)],
    ended,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      try {
        await ended;
      } finally {
        await connection.close();
      }
    },
  };
}
