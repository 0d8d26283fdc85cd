// One line adds the library to a worker, a client or a connection: activities, workflows, the
// payload codec of the inventory, and the second worker that serves the urgent queue.
// Promise: it adds to what its host has configured, and takes nothing away.
import { SimplePlugin } from '@temporalio/plugin';
import type { ConnectionOptions } from '@temporalio/client';
import type {
  BundleOptions,
  NativeConnectionOptions,
  ReplayWorkerOptions,
  Worker,
  WorkerOptions,
  WorkerPlugin,
} from '@temporalio/worker';
import type { DataConverter } from '@temporalio/common';
import { temporalServer, type TemporalConnection } from '../config/temporal-profile.js';
import { checkingHook, checkPrebuilt } from './bundle-check.js';
import { inventoryOf, type CompositionOptions } from './composition.js';
import { dataConverterOf } from './encryption.js';
import { LazyActivities } from './lazy-activities.js';
import { createUrgentWorker, isUrgent, runBoth } from './urgent-worker.js';
import { workflowsPath } from './workflow-bundle.js';

export type FlashCopyPluginOptions = CompositionOptions & {
  /**
   * Worker versioning: this worker takes copies of its own version only (a copy stays with the
   * version it began with), and ledgers of any. Default: unversioned, or what the worker's own
   * `workerDeploymentOptions` say. See docs/upgrading.md.
   */
  readonly deploymentVersion?: { readonly deploymentName: string; readonly buildId: string };
};

type Version = FlashCopyPluginOptions['deploymentVersion'];

/**
 * `plugins: [new FlashCopyPlugin({ inventoryFile })]` of `Worker.create`, `new Client`,
 * `Connection.connect`, `NativeConnection.connect` or `bundleWorkflowCode`. One instance serves one
 * worker, from its creation to the end of its run.
 * Throws INVALID_INVENTORY and errors of the codec's keys at once. `Worker.create` throws
 * INCOMPLETE_BUNDLE when workflows of your own leave out the library's.
 */
export class FlashCopyPlugin extends SimplePlugin {
  readonly #lazy: LazyActivities;
  readonly #version: Version;
  readonly #server: () => TemporalConnection;
  #others: readonly WorkerPlugin[] = [];

  constructor(options: FlashCopyPluginOptions) {
    const inventory = inventoryOf(options);
    const lazy = new LazyActivities(inventory, options.wrap ?? {});
    super({
      name: 'temporal-flashcopy.FlashCopyPlugin',
      activities: lazy.activities,
      workflowsPath: (theirs) => theirs ?? workflowsPath(),
      dataConverter: mergedWith(dataConverterOf(inventory.temporal)),
    });
    this.#lazy = lazy;
    this.#version = options.deploymentVersion;
    const { temporal } = inventory;
    const named = temporal?.profile !== undefined || temporal?.address !== undefined;
    this.#server = () => (named ? temporalServer(temporal).connection : {});
  }

  /** Where the user said nothing: the server that the inventory names. */
  override configureConnection(given: ConnectionOptions): ConnectionOptions {
    return { ...this.#server(), ...withoutGaps(super.configureConnection(given)) };
  }

  override configureNativeConnection(given: NativeConnectionOptions): NativeConnectionOptions {
    return { ...this.#server(), ...withoutGaps(super.configureNativeConnection(given)) };
  }

  override configureBundler(given: BundleOptions): BundleOptions {
    const options = super.configureBundler(given);
    return { ...options, webpackConfigHook: checkingHook(options.webpackConfigHook) };
  }

  override configureWorker(given: WorkerOptions): WorkerOptions {
    if (isUrgent(given.taskQueue)) return given;
    this.#others = (given.plugins ?? []).filter((plugin) => plugin !== this);
    const { workflowsPath: path, ...options } = super.configureWorker(given);
    if (options.workflowBundle !== undefined) checkPrebuilt(options.workflowBundle);
    return {
      ...versioning(this.#version),
      ...options,
      ...(options.workflowBundle === undefined && path !== undefined
        ? { workflowsPath: path }
        : {}),
    };
  }

  override configureReplayWorker(given: ReplayWorkerOptions): ReplayWorkerOptions {
    const { workflowsPath: path, ...options } = super.configureReplayWorker(given);
    return options.workflowBundle === undefined && path !== undefined
      ? { ...options, workflowsPath: path }
      : options;
  }

  /** Runs the urgent worker as long as the user's. Connections to arrays and hosts close last. */
  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    if (isUrgent(worker.options.taskQueue)) return next(worker);
    const running = next(worker);
    const { activities } = this.#lazy;
    const urgent = createUrgentWorker({ worker, activities, others: this.#others });
    try {
      await runBoth({ user: worker, running, urgent });
    } finally {
      await this.#lazy.close();
    }
  }
}

/** An option that is undefined says nothing. */
const withoutGaps = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;

/** Fields of the user's own converter stand; what it leaves out comes from the inventory. */
const mergedWith = (ours: DataConverter | undefined) => (theirs: DataConverter | undefined) =>
  (ours === undefined ? theirs : { ...ours, ...theirs }) as DataConverter;

/**
 * Copies and guards that begin here are pinned by their own word; what began before there were
 * versions moves on, as does the ledger.
 */
const versioning = (version: Version): Pick<WorkerOptions, 'workerDeploymentOptions'> =>
  version === undefined
    ? {}
    : {
        workerDeploymentOptions: {
          ...{ version, useWorkerVersioning: true },
          defaultVersioningBehavior: 'AUTO_UPGRADE',
        },
      };
