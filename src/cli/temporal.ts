// Which Temporal server a command speaks to, and how: flags, then the inventory, then TEMPORAL_*
// variables and the profile of temporal.toml. For `run` without any of them a dev server of its own.
import type { Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { serviceFailed } from '../client/errors.js';
import { FlashCopyClient } from '../client/index.js';
import { FlashCopyError } from '../domain/errors.js';
import type { Inventory } from '../config/inventory.js';
import { temporalServer, type TemporalConnection } from '../config/temporal-profile.js';
import { inventoryOf } from '../worker/composition.js';
import { dataConverterOf } from '../worker/encryption.js';
import { systemClock } from '../clock/system-clock.js';
import { DEFAULT_TASK_QUEUE } from '../workflows/messages.js';
import { startDevServer } from './dev-server.js';
import type { Output } from './output.js';

/** Options every command with a server takes. */
export interface TemporalFlags {
  /** A profile of temporal.toml. */
  readonly profile?: string;
  readonly address?: string;
  readonly namespace?: string;
  readonly taskQueue?: string;
  readonly inventory?: string;
}

/** What an inventory may say of Temporal. */
export interface TemporalSettings {
  readonly profile?: string | undefined;
  readonly address?: string | undefined;
  readonly namespace?: string | undefined;
  readonly taskQueue?: string | undefined;
  /** Base URL of the Temporal UI. */
  readonly ui?: string | undefined;
  readonly codec?: NonNullable<Inventory['temporal']>['codec'];
}

export interface TemporalPlace {
  readonly address: string;
  /** TLS, API key and headers of its profile. Absent: none. */
  readonly connection?: TemporalConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly uiUrl: string | undefined;
  /** With the keys of the inventory's codec. */
  readonly dataConverter?: DataConverter | undefined;
  /** True for a dev server that ends with this command. */
  readonly own: boolean;
  stop(): Promise<void>;
}

export function findTemporal(
  flags: TemporalFlags,
  settings: TemporalSettings = {},
): TemporalPlace | undefined {
  const { connection, namespace } = temporalServer({
    profile: flags.profile ?? settings.profile,
    address: flags.address ?? settings.address,
    namespace: flags.namespace ?? settings.namespace,
  });
  const { address = '' } = connection;
  if (address === '') return undefined;
  return {
    ...{ address, connection, namespace, taskQueue: queueOf(flags, settings) },
    uiUrl: settings.ui,
    dataConverter: dataConverterOf(settings),
    own: false,
    stop: () => Promise.resolve(),
  };
}

const queueOf = (flags: TemporalFlags, settings: TemporalSettings): string =>
  flags.taskQueue ?? settings.taskQueue ?? DEFAULT_TASK_QUEUE;

export async function findOrStartTemporal(
  flags: TemporalFlags,
  settings: TemporalSettings,
  output: Output,
): Promise<TemporalPlace> {
  const found = findTemporal(flags, settings);
  if (found !== undefined) return found;
  const own = await startOwnTemporal(output, queueOf(flags, settings));
  return { ...own, dataConverter: dataConverterOf(settings) };
}

export async function startOwnTemporal(
  output: Output,
  taskQueue = DEFAULT_TASK_QUEUE,
): Promise<TemporalPlace> {
  const server = await startDevServer();
  output.note(
    `started a Temporal dev server at ${server.address}; its history ends with this command`,
  );
  return { ...server, namespace: 'default', taskQueue, own: true };
}

/** For commands about runs that exist: without a server there are none. */
export function requireTemporal(flags: TemporalFlags, given?: TemporalSettings): TemporalPlace {
  const settings = given ?? temporalIn(flags.inventory);
  const found = findTemporal(flags, settings);
  if (found !== undefined) return found;
  const message =
    'no Temporal server: give --address, --profile, TEMPORAL_ADDRESS or a profile of temporal.toml';
  throw new FlashCopyError({ family: 'request', code: 'NO_TEMPORAL', message });
}

const temporalIn = (inventoryFile: string | undefined): TemporalSettings =>
  inventoryFile === undefined ? {} : (inventoryOf({ inventoryFile }).temporal ?? {});

/** How client and worker connect: the one place that knows. */
export const connectionOptionsOf = (
  place: TemporalPlace,
): TemporalConnection & { readonly address: string } => ({
  ...place.connection,
  address: place.address,
});

const connectTo = (place: TemporalPlace): Promise<FlashCopyClient> => {
  const { namespace, taskQueue, dataConverter } = place;
  return FlashCopyClient.connect({
    ...connectionOptionsOf(place),
    ...{ namespace, taskQueue, dataConverter },
  });
};

/** Runs `use` with a client and ends its connection afterwards. */
export async function withClient<T>(
  place: TemporalPlace,
  use: (client: FlashCopyClient) => Promise<T>,
): Promise<T> {
  const client = await connectTo(place);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** Where a person sees the run: the page with its summary and current details. */
export function runLink(
  place: TemporalPlace,
  run: { workflowId: string; runId: string | undefined },
): string | undefined {
  if (place.uiUrl === undefined || run.runId === undefined) return undefined;
  const base = place.uiUrl.replace(/\/$/, '');
  return `${base}/namespaces/${place.namespace}/workflows/${encodeURIComponent(run.workflowId)}/${run.runId}/user-metadata`;
}

const WORKFLOW_QUEUE = 1;
/** A poll lasts at most a minute; the server remembers pollers for five. */
const POLLER_AGE_MS = 65_000;

/** Whether some worker asks for copies. */
export async function isServed(client: FlashCopyClient): Promise<boolean> {
  const { workflowService } = client.client.connection as Connection;
  const { namespace } = client.client.options;
  const { pollers } = await workflowService
    .describeTaskQueue({
      namespace,
      ...{ taskQueue: { name: client.taskQueue }, taskQueueType: WORKFLOW_QUEUE },
    })
    .catch((error: unknown) => {
      throw serviceFailed(error, `task queue ${client.taskQueue} in namespace ${namespace}`);
    });
  const since = systemClock.now() - POLLER_AGE_MS;
  return (pollers ?? []).some(
    ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > since,
  );
}
