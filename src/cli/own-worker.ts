// A worker inside this command, for both queues.
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  type LogLevel,
  type Worker,
} from '@temporalio/worker';
import { connectFailed } from '../client/errors.js';
import { whyUnreachable } from '../client/why-unreachable.js';
import { FlashCopyError } from '../domain/errors.js';
import { createFlashCopyWorkers } from '../worker/index.js';
import { urgentQueue } from '../workflows/messages.js';
import type { Inventory } from './inventory.js';
import { connectionOptionsOf, type TemporalPlace } from './temporal.js';

export interface OwnWorker {
  readonly queues: readonly string[];
  /** Settles when the worker stops: by `stop`, or with WORKER_ENDED where nobody asked for it. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Throws TEMPORAL_UNREACHABLE, WORKER_ENDED. */
export async function startOwnWorker(
  place: TemporalPlace,
  inventory: Inventory,
  logLevel: LogLevel = 'ERROR',
): Promise<OwnWorker> {
  const { address, namespace, taskQueue } = place;
  logToStandardError(logLevel);
  const options = connectionOptionsOf(place);
  const connection = await NativeConnection.connect(options).catch(async (cause: unknown) => {
    throw connectFailed(address, cause, await whyUnreachable(options));
  });
  const worker = await createFlashCopyWorkers({
    ...{ connection, namespace, taskQueue, inventory },
  }).catch(async (cause: unknown) => {
    await connection.close();
    if (cause instanceof FlashCopyError) throw cause;
    throw broken('WORKER_ENDED', `no worker at ${address}, namespace ${namespace}`, cause);
  });
  let asked = false;
  const ended = runUntil(worker, () => asked);
  ended.catch(() => undefined);
  return {
    queues: [taskQueue, urgentQueue(taskQueue)],
    ended,
    async stop() {
      asked = true;
      if (worker.getState() === 'RUNNING') worker.shutdown();
      try {
        await ended;
      } finally {
        await connection.close();
      }
    },
  };
}

async function runUntil(worker: Worker, asked: () => boolean): Promise<void> {
  await worker.run().catch((cause: unknown) => {
    throw broken('WORKER_ENDED', 'the worker of this command has failed', cause);
  });
  if (!asked()) throw broken('WORKER_ENDED', 'the worker of this command has stopped by itself');
}

/** Also what the SDK's native part says: by itself it writes to standard output, with colours. Below `ERROR` only where people run a worker and nothing else. */
function logToStandardError(logLevel: LogLevel): void {
  const logger = new DefaultLogger(
    logLevel,
    ({ level, message }) => void process.stderr.write(`${level} ${message}\n`),
  );
  const filter = { core: 'WARN', other: 'ERROR' } as const;
  const telemetryOptions = { logging: { filter, forward: {} } };
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions });
}

const broken = (code: string, what: string, cause?: unknown): FlashCopyError =>
  new FlashCopyError({
    ...{ family: 'transport', code, outcome: 'unknown', retry: 'safe', cause },
    message: cause === undefined ? what : `${what}: ${lastWord(cause)}`,
  });

/** The innermost reason, on one line. */
function lastWord(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return lastWord(error.cause);
  // The SDK's native part adds the whole answer of the server, as it prints such things.
  return error.message.split(/\n|: Status \{/)[0] ?? '';
}
