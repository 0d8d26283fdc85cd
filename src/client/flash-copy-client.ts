// Starts copies and finds them again. Promise: a request that is wrong is refused before anything is started, and one name runs once at a time.
import { createHash } from 'node:crypto';
import {
  Client,
  Connection,
  WorkflowExecutionAlreadyStartedError,
  type ConnectionOptions,
} from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { systemClock } from '../clock/system-clock.js';
import type { FlashCopyRequestInput } from '../config/request-input.js';
import { parseRequest } from '../config/request.js';
import { parseSchedule } from '../config/schedule.js';
import { temporalServer, type TemporalServer } from '../config/temporal-profile.js';
import type { Duration } from '@temporalio/common';
import type { Clock } from '../domain/clock.js';
import { FlashCopyError } from '../domain/errors.js';
import type { JanitorReport } from '../domain/janitor.js';
import type { FlashCopyRequest } from '../domain/request.js';
import {
  DEFAULT_TASK_QUEUE,
  FLASH_COPY,
  flashCopyWorkflowId,
  type FlashCopyInput,
} from '../workflows/messages.js';
import { CopyHandle, type CopyRun } from './copy-handle.js';
import { connectFailed, serviceFailed } from './errors.js';
import { findRun } from './find-run.js';
import { installJanitor, removeJanitor, runJanitor } from './janitor.js';
import { createCopySchedule, type CopySchedule, type CopyScheduleHandle } from './schedule.js';
import {
  registerSearchAttributes,
  searchAttributesOf,
  withSearchAttributes,
} from './search-attributes.js';
import { checkStartOptions, type StartOptions } from './start-options.js';
import { whyUnreachable } from './why-unreachable.js';
import { staticDetailsOf, summaryOf } from './summary.js';

export interface FlashCopyClientOptions {
  readonly client: Client;
  /** Default `flashcopy`. */
  readonly taskQueue?: string;
  readonly clock?: Clock;
  /** Whether runs carry search attributes, which hold names in clear. Default: not when payloads go through a codec. */
  readonly searchAttributes?: boolean;
}

/** Those of a connection; its `plugins` serve connection and client. */
export interface ConnectOptions extends ConnectionOptions {
  /**
   * A profile of temporal.toml. Default, where no `address` is given: TEMPORAL_* variables and the
   * profile that TEMPORAL_PROFILE names, as the Temporal CLI reads them. With an `address` and
   * without a `profile` nothing is read from the environment.
   */
  readonly profile?: string;
  /** Default: that of the profile, then `default`. */
  readonly namespace?: string;
  readonly taskQueue?: string;
  readonly dataConverter?: DataConverter | undefined;
}

const MEMO = 'flashCopyRequest';

export class FlashCopyClient {
  readonly client: Client;
  readonly taskQueue: string;
  readonly #clock: Clock;
  #searchAttributes: Promise<boolean> | undefined;

  constructor(options: FlashCopyClientOptions) {
    this.client = options.client;
    this.taskQueue = options.taskQueue ?? DEFAULT_TASK_QUEUE;
    this.#clock = options.clock ?? systemClock;
    const encoded = this.client.options.loadedDataConverter.payloadCodecs.length > 0;
    if (!(options.searchAttributes ?? !encoded)) this.#searchAttributes = Promise.resolve(false);
  }

  /**
   * Connects to a Temporal server; `close` ends the connection.
   * Throws TEMPORAL_UNREACHABLE (also when TLS refuses either side), INVALID_TEMPORAL_PROFILE.
   */
  static async connect(options: ConnectOptions = {}): Promise<FlashCopyClient> {
    const { profile: _read, namespace, taskQueue, dataConverter, ...explicit } = options;
    const server = serverOf(options);
    const connectionOptions = { ...server?.connection, ...explicit };
    const connection = await Connection.connect(connectionOptions).catch(async (cause: unknown) => {
      const why = await whyUnreachable(connectionOptions);
      throw connectFailed(connectionOptions.address, cause, why);
    });
    const where = namespace ?? server?.namespace;
    const client = new Client({
      connection,
      ...(where === undefined ? {} : { namespace: where }),
      ...(dataConverter === undefined ? {} : { dataConverter }),
    });
    return new FlashCopyClient({ client, ...(taskQueue === undefined ? {} : { taskQueue }) });
  }

  /**
   * Starts a copy. The same request again while it runs answers the running copy; another request of the same name is ALREADY_RUNNING.
   * Throws INVALID_REQUEST before anything is started: what comes from a file may be cast, it is checked here.
   */
  async start(request: FlashCopyRequestInput, options: StartOptions = {}): Promise<CopyHandle> {
    checkStartOptions(options);
    const parsed = parseRequest(request);
    const registered = await this.#registered();
    return withSearchAttributes(registered, (searchAttributes) =>
      this.#start({ request, parsed, options, searchAttributes }),
    ).catch((error: unknown) => {
      throw serviceFailed(error, `start of ${parsed.name}`);
    });
  }

  /**
   * A copy by its workflow id, or one that was started by `start`, by the name of its set. Asks nothing: for a set that is
   * copied by a Schedule or was started elsewhere, use `find`.
   */
  copy(name: string | CopyRun, runId?: string): CopyHandle {
    if (typeof name !== 'string') return new CopyHandle(this.client, this.#clock, name);
    const workflowId = name.includes('/') ? name : flashCopyWorkflowId(name);
    return new CopyHandle(this.client, this.#clock, { workflowId, runId });
  }

  /**
   * The newest run of a set, however it was started (`start`, the command line, a Schedule, the Temporal UI, any id): one that is open,
   * or whose guard is, goes before one that is over. Also by a workflow id; `id` says that the name is one, even without a slash.
   * Throws NO_SUCH_RUN, AMBIGUOUS_NAME.
   */
  async find(name: string, { id = false }: { readonly id?: boolean } = {}): Promise<CopyHandle> {
    try {
      return this.copy(await findRun(this.client, name, id));
    } catch (error) {
      throw serviceFailed(error, name);
    }
  }

  /** Repeats a copy by a Temporal Schedule. Throws INVALID_REQUEST, INVALID_SCHEDULE, SCHEDULE_EXISTS. */
  async scheduleFlashCopy(schedule: CopySchedule): Promise<CopyScheduleHandle> {
    const checked = parseSchedule(schedule);
    const parsed = parseRequest(schedule.request);
    const searchAttributes = await this.#registered();
    return createCopySchedule(this.client, checked, {
      parsed,
      searchAttributes,
      taskQueue: this.taskQueue,
    });
  }

  /** Looks every few minutes for what dead copies left, by a Temporal Schedule: default every 5 minutes. Installed already: changed. Answers its id. */
  async installJanitor({ every = '5m' }: { readonly every?: Duration } = {}): Promise<string> {
    return installJanitor(this, every);
  }

  /** Answers the schedule's id; none is success. */
  async removeJanitor(): Promise<string> {
    return removeJanitor(this);
  }

  /** One round now. Needs a worker. Throws JANITOR_FAILED. */
  async runJanitor(): Promise<JanitorReport> {
    return runJanitor(this);
  }

  async close(): Promise<void> {
    await this.client.connection.close();
  }

  #registered(): Promise<boolean> {
    return (this.#searchAttributes ??= registerSearchAttributes(this.client));
  }

  async #start(order: {
    request: unknown;
    parsed: FlashCopyRequest;
    options: StartOptions;
    searchAttributes: boolean;
  }): Promise<CopyHandle> {
    const { request, parsed, searchAttributes } = order;
    const workflowId = flashCopyWorkflowId(parsed.name);
    const hash = createHash('sha256').update(JSON.stringify(parsed)).digest('hex');
    const input: FlashCopyInput = { request, searchAttributes };
    try {
      const handle = await this.client.workflow.start(FLASH_COPY, {
        workflowId,
        taskQueue: this.taskQueue,
        args: [input],
        workflowIdConflictPolicy: 'FAIL',
        memo: { ...order.options.memo, [MEMO]: hash },
        staticSummary: summaryOf(parsed, order.options.summary),
        staticDetails: staticDetailsOf(parsed),
        ...(order.options.priority === undefined ? {} : { priority: order.options.priority }),
        ...(searchAttributes ? { typedSearchAttributes: searchAttributesOf(parsed) } : {}),
      });
      return this.copy(workflowId, handle.firstExecutionRunId);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return this.#attach(workflowId, hash);
    }
  }

  async #attach(workflowId: string, hash: string): Promise<CopyHandle> {
    const running = await this.client.workflow.getHandle(workflowId).describe();
    if (running.memo?.[MEMO] === hash) return this.copy(workflowId, running.runId);
    throw new FlashCopyError({
      family: 'lock',
      code: 'ALREADY_RUNNING',
      message: `${workflowId} is running with another request; wait for its end or abort it`,
      retry: 'safe',
      details: { workflowId, runId: running.runId },
    });
  }
}

const serverOf = ({ profile, address }: ConnectOptions): TemporalServer | undefined =>
  address === undefined || profile !== undefined ? temporalServer({ profile }) : undefined;
