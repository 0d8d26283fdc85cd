// The server of the simulation: runs by id, what is said to them, how they close. Its time is the queue's, its latencies come from the seed.
// Beside it: updates.ts, closing.ts, reset.ts, limits.ts.
import type { Activity, Attempt, Worker } from './activity.js';
import { Activities } from './attempts.js';
import { applyCommands } from './commands.js';
import type { Cancel, EventQueue } from './event-queue.js';
import { closeRun, type End } from './closing.js';
import { endedFor } from './limits.js';
import { terminatedFailure, timeoutFailure, timestamp, valueOf } from './protocol.js';
import { type Stream, stream } from './random.js';
import { ServerQueue } from './outages.js';
import { resetRun } from './reset.js';
import { type LogEntry, Run, type RunSpec, type Status } from './run.js';
import type { Job, Payload, Vm } from './sdk-vm.js';
import { WorkflowTasks } from './tasks.js';
import { Updates } from './updates.js';

export interface ServerOptions {
  readonly vm: Vm;
  readonly queue: EventQueue;
  readonly seed: number;
  /** Tells runs of different worlds in one process apart. */
  readonly name: string;
  readonly worker: () => Worker;
  readonly around?: (attempt: Attempt, body: () => Promise<unknown>) => Promise<unknown>;
  /** How long no worker takes an activity that was scheduled, ms. */
  readonly waits?: (activity: Activity) => number;
  /** At most one heartbeat in so many ms reaches the server. Default: those of the product's workers. */
  readonly throttleMs?: number;
  /** Told of every close, at its moment. */
  readonly closed?: (run: Run) => void;
  /** Share of tasks before which the run is evicted. Default 0. */
  readonly evictions?: number;
}

export interface StartOrder {
  readonly id: string;
  readonly type: string;
  readonly args: readonly Payload[];
  readonly taskQueue: string;
  readonly parent?: RunSpec['parent'];
}

export class Server {
  readonly queue: ServerQueue;
  readonly activities: Activities;
  readonly tasks: WorkflowTasks;
  readonly updates: Updates;
  /** Runs that were ended for a limit: nobody planned that. */
  readonly overLimit: string[] = [];
  /** Last failures that were too long to be kept whole. */
  readonly cutFailures = new Set<string>();
  /** All runs, oldest first. */
  readonly runs: Run[] = [];
  readonly #newest = new Map<string, Run>();
  readonly #latency: Stream;
  readonly #content: Stream;

  constructor(private readonly options: ServerOptions) {
    const { seed, vm, worker } = options;
    const queue = new ServerQueue(options.queue);
    this.queue = queue;
    this.#latency = stream(seed, 'latency');
    this.#content = stream(seed, 'content');
    const deliver = this.deliver.bind(this);
    const around = options.around ?? ((_: Attempt, body: () => Promise<unknown>) => body());
    const throttle = options.throttleMs === undefined ? {} : { throttleMs: options.throttleMs };
    this.activities = new Activities({
      queue,
      latency: this.#latency,
      worker,
      deliver,
      around,
      waits: options.waits ?? (() => 0),
      cut: (what) => void this.cutFailures.add(what),
      ...throttle,
    });
    const evictions = { share: options.evictions ?? 0, chance: stream(seed, 'evictions') };
    this.updates = new Updates(this, this.#latency);
    const apply = this.#apply.bind(this);
    this.tasks = new WorkflowTasks({ vm, queue, latency: this.#latency, evictions, apply });
  }

  /** The newest run of an id. */
  newest(id: string): Run | undefined {
    return this.#newest.get(id);
  }

  /** Undefined when a run of that id is open. */
  start(order: StartOrder): Run | undefined {
    if (this.newest(order.id)?.open === true) return undefined;
    return this.#begin({ ...order, ...this.fresh() } as RunSpec);
  }

  /** Something that takes a moment and happens only while the run is open. */
  later(run: Run, act: () => void): void {
    this.queue.after(this.#latency.between(1, 4), () => {
      if (run.open) act();
    });
  }

  deliver(run: Run, job: Job, event: string): void {
    if (!run.open) return;
    if (event !== '') run.events.push(event);
    run.inbox.push(job);
    this.tasks.wake(run);
  }

  startTimer(run: Run, seq: number, ms: number): void {
    const cancel: Cancel = this.queue.after(ms, () => {
      run.timers.delete(seq);
      this.deliver(run, { fireTimer: { seq } }, 'TimerFired');
    });
    run.timers.set(seq, cancel);
  }

  /** False when there is no open run of that id. */
  signal(id: string, signalName: string, input: readonly Payload[]): boolean {
    const run = this.newest(id);
    if (run?.open !== true) return false;
    this.deliver(
      run,
      { signalWorkflow: { signalName, input: [...input], identity: '' } },
      `WorkflowExecutionSignaled ${signalName}`,
    );
    return true;
  }

  cancel(id: string): boolean {
    const run = this.newest(id);
    if (run?.open !== true) return false;
    if (!run.cancelRequested)
      this.deliver(run, { cancelWorkflow: { reason: '' } }, 'WorkflowExecutionCancelRequested');
    run.cancelRequested = true;
    return true;
  }

  terminate(run: Run): void {
    if (run.open) this.close(run, 'TERMINATED', { failure: terminatedFailure() });
  }

  /** The run's own time-out. */
  timeOut(run: Run): void {
    if (run.open) this.close(run, 'TIMED_OUT', { failure: timeoutFailure(1, 'Workflow timeout') });
  }

  update(run: Run, name: string, args: readonly unknown[]): Promise<unknown> {
    return this.updates.ask(run, name, args);
  }

  async updateWithStart(
    order: StartOrder,
    name: string,
    args: readonly unknown[],
  ): Promise<unknown> {
    const run = this.start(order) ?? this.newest(order.id)!;
    return this.update(run, name, args);
  }

  async query<T>(run: Run, name: string): Promise<T> {
    const answer = await this.tasks.query(run, name);
    if (answer?.failed != null) throw new Error(answer.failed.message ?? 'query failed');
    return valueOf<T>(answer?.succeeded?.response);
  }

  close(run: Run, status: Status, end: Omit<End, 'status'>): void {
    closeRun(this, run, { ...end, status });
    this.options.closed?.(run);
    // The task that closed it still uses the sandbox.
    this.queue.after(0, () => this.tasks.evict(run));
    run.onClose.splice(0).forEach((tell) => tell());
  }

  continueAsNew(run: Run, args: readonly Payload[]): void {
    const { parent } = run.spec;
    this.close(run, 'CONTINUED_AS_NEW', {});
    const next = this.#begin({
      ...{
        ...run.spec,
        args,
        ...this.fresh(),
        firstRunId: run.firstRunId,
        continuedFrom: run.runId,
      },
      ...(parent === undefined ? {} : { parent }),
    });
    run.next = next;
    // Updates nobody accepted yet go to the next run.
    for (const job of run.inbox) if (job.doUpdate != null) this.deliver(next, job, '');
    for (const [id, update] of run.updates) next.updates.set(id, update);
    next.updatesInAll = next.updates.size;
  }

  /** A new run that has lived through the first `tasks` tasks of this one. */
  reset(run: Run, tasks: number): Run {
    return resetRun(this, run, tasks);
  }

  add(run: Run): void {
    this.runs.push(run);
    this.#newest.set(run.id, run);
  }

  drawSeed(): number {
    return this.#content.between(1, 2 ** 30);
  }

  fresh(): Pick<RunSpec, 'runId' | 'seed' | 'startedAt'> {
    const runId = `${this.options.name}-run-${this.runs.length + 1}`;
    const seed = Array.from({ length: 8 }, () => this.#content.between(0, 255));
    return { runId, seed, startedAt: this.queue.now() };
  }

  #apply(run: Run, entry: LogEntry): void {
    const why = endedFor(run, entry.commands);
    if (why === '') return applyCommands(this, run, entry);
    this.overLimit.push(`the server ended ${run.spec.type} ${run.id}: ${why}`);
    this.close(run, 'TERMINATED', { failure: { message: why, terminatedFailureInfo: {} } });
  }

  #begin(spec: RunSpec): Run {
    const run = new Run(spec);
    this.add(run);
    const { parent } = spec;
    const initializeWorkflow = {
      ...{
        workflowType: spec.type,
        workflowId: spec.id,
        arguments: [...spec.args],
        headers: {},
        attempt: 1,
      },
      ...{ randomnessSeed: this.drawSeed(), firstExecutionRunId: run.firstRunId },
      startTime: timestamp(spec.startedAt),
      ...(parent === undefined
        ? {}
        : {
            parentWorkflowInfo: {
              workflowId: parent.run.id,
              runId: parent.run.runId,
              namespace: 'default',
            },
          }),
    };
    this.deliver(run, { initializeWorkflow } as unknown as Job, 'WorkflowExecutionStarted');
    return run;
  }
}
