// One line adds the library to a worker: activities, workflows, settings, and the second worker that serves the urgent queue.
// Promise: while the user's worker runs, starts and give backs have slots of their own, and no shutdown cuts a pause off.
import {
  Worker,
  type BundleOptions,
  type BundlerPlugin,
  type ReplayWorkerOptions,
  type WorkerOptions,
  type WorkerPlugin,
} from '@temporalio/worker';
import type { Inventory } from '../config/inventory.js';
import { WORKER } from '../domain/timing.js';
import { urgentQueue } from '../workflows/messages.js';
import {
  compose,
  inventoryOf,
  type Composition,
  type CompositionOptions,
  type Wrap,
} from './composition.js';
import { dataConverterOf } from './encryption.js';
import { checkBundle, codeOf, flashCopyBundle, workflowsPath } from './workflow-bundle.js';

/** A copy keeps one slot for its guard as long as it runs; connections are limited by the pools of hosts and arrays, not by slots. */
const COPY_SLOTS = 3_000;
const URGENT_SLOTS = 200;

export type FlashCopyPluginOptions = CompositionOptions & {
  /**
   * Worker versioning: this worker takes copies of its own version only (a copy stays with the version it began with), and ledgers of any.
   * Default: unversioned, or what the worker's own `workerDeploymentOptions` say. See docs/upgrading.md.
   */
  readonly deploymentVersion?: { readonly deploymentName: string; readonly buildId: string };
};

/** Where the user said nothing. */
const COPY_DEFAULTS = {
  stickyQueueScheduleToStartTimeout: WORKER.sticky,
  shutdownGraceTime: WORKER.shutdown,
  // A cancel reaches an activity with its heartbeat.
  maxHeartbeatThrottleInterval: WORKER.throttle,
} satisfies Partial<WorkerOptions>;

/** A shutdown waits for pauses that are under way: longer than any maxPause. */
const URGENT_OPTIONS = {
  shutdownGraceTime: WORKER.urgentShutdown,
  maxHeartbeatThrottleInterval: WORKER.urgentThrottle,
  maxConcurrentActivityTaskExecutions: URGENT_SLOTS,
} satisfies Partial<WorkerOptions>;

type Versioning = Pick<WorkerOptions, 'workerDeploymentOptions'>;

/** Copies and guards that begin here are pinned by their own word; what began before there were versions moves on, as does the ledger. */
const versioning = (version: FlashCopyPluginOptions['deploymentVersion']): Versioning =>
  version === undefined
    ? {}
    : {
        workerDeploymentOptions: {
          version,
          useWorkerVersioning: true,
          defaultVersioningBehavior: 'AUTO_UPGRADE',
        },
      };

const isUrgent = (taskQueue: string): boolean => taskQueue.endsWith(urgentQueue(''));

/**
 * `plugins: [new FlashCopyPlugin({ inventoryFile })]`. One instance serves one worker, from its creation to the end of its run.
 * Throws INVALID_INVENTORY at once; `Worker.create` throws INCOMPLETE_BUNDLE when workflows of your own leave out the library's.
 */
export class FlashCopyPlugin implements WorkerPlugin, BundlerPlugin {
  readonly name = 'temporal-flashcopy.FlashCopyPlugin';
  readonly #inventory: Inventory;
  readonly #wrap: Wrap;
  readonly #version: Versioning;
  #composition: Composition | undefined;
  #options: WorkerOptions | undefined;

  constructor(options: FlashCopyPluginOptions) {
    this.#inventory = inventoryOf(options);
    this.#wrap = options.wrap ?? {};
    this.#version = versioning(options.deploymentVersion);
  }

  /** For `bundleWorkflowCode({ plugins })`: your workflows when there are any, else the library's. */
  configureBundler(options: BundleOptions): BundleOptions {
    const { workflowsPath: theirs } = options as Partial<BundleOptions>;
    return { ...options, workflowsPath: theirs ?? workflowsPath() };
  }

  async configureWorker(given: WorkerOptions): Promise<WorkerOptions> {
    if (isUrgent(given.taskQueue)) return given;
    const options = this.#encrypting(given);
    this.#options = options;
    this.#composition ??= await compose(this.#inventory, this.#wrap);
    const { workflowsPath: _bundledHere, interceptors, ...rest } = options;
    const { workflowModules: _bundledToo, ...others } = interceptors ?? {};
    return {
      ...COPY_DEFAULTS,
      ...this.#version,
      ...(options.tuner === undefined ? { maxConcurrentActivityTaskExecutions: COPY_SLOTS } : {}),
      ...rest,
      interceptors: others,
      activities: { ...options.activities, ...this.#composition.activities },
      workflowBundle: await this.#bundle(options),
    };
  }

  async configureReplayWorker(options: ReplayWorkerOptions): Promise<ReplayWorkerOptions> {
    if (options.workflowsPath !== undefined || options.workflowBundle !== undefined) return options;
    return { ...options, workflowBundle: await flashCopyBundle() };
  }

  /** Runs the urgent worker as long as the user's; whichever fails takes the other along. Connections are closed last. */
  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const composition = this.#composition;
    if (isUrgent(worker.options.taskQueue) || composition === undefined) return next(worker);
    const urgent = await this.#createUrgent(worker, composition);
    const urgentRun = urgent.run().catch((error: unknown) => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      throw error;
    });
    try {
      await Promise.allSettled([next(worker)]).then(([ended]) => {
        if (urgent.getState() === 'RUNNING') urgent.shutdown();
        if (ended.status === 'rejected') throw ended.reason;
      });
      await urgentRun;
    } finally {
      await urgentRun.catch(() => undefined);
      await composition.close();
    }
  }

  /** A data converter of the user's own stands. */
  #encrypting(options: WorkerOptions): WorkerOptions {
    const dataConverter = options.dataConverter ?? dataConverterOf(this.#inventory.temporal);
    return dataConverter === undefined ? options : { ...options, dataConverter };
  }

  async #bundle(options: WorkerOptions): Promise<{ code: string }> {
    const code = await codeOf(options);
    if (code === undefined) return flashCopyBundle(options.dataConverter?.failureConverterPath);
    checkBundle(code);
    return { code };
  }

  #createUrgent(
    { connection, options: { taskQueue } }: Worker,
    { activities }: Composition,
  ): Promise<Worker> {
    const { namespace, identity, dataConverter, interceptors, workerDeploymentOptions } =
      this.#options ?? {};
    return Worker.create({
      ...URGENT_OPTIONS,
      ...this.#version,
      ...(workerDeploymentOptions === undefined ? {} : { workerDeploymentOptions }),
      ...(connection === undefined ? {} : { connection }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(identity === undefined ? {} : { identity }),
      ...(dataConverter === undefined ? {} : { dataConverter }),
      ...(interceptors?.activity === undefined
        ? {}
        : { interceptors: { activity: interceptors.activity } }),
      taskQueue: urgentQueue(taskQueue),
      activities,
    });
  }
}
