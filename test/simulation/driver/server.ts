// The server of the simulation: runs by id, what is said to them, how they close. Its time is the queue's, its latencies come from the seed.
// A reset replays a prefix of the old run's tasks in a new run and puts back what that prefix still waited for.
import type { Activity, Attempt, Worker } from './activity.js';
import { Activities } from './attempts.js';
import { applyCommands } from './commands.js';
import type { Cancel, EventQueue } from './event-queue.js';
import {
  childFailure,
  CLOSE_POLICY,
  payloadsOf,
  terminatedFailure,
  timeoutFailure,
  timestamp,
  valueOf,
} from './protocol.js';
import { type Stream, stream } from './random.js';
import { putBack } from './reset.js';
import { Run, type RunSpec, type Status } from './run.js';
import type { Command, Failure, Job, Payload, Vm } from './sdk-vm.js';
import { WorkflowTasks } from './tasks.js';

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

type UpdateResponse = NonNullable<Command['updateResponse']>;

export class Server {
  readonly queue: EventQueue;
  readonly activities: Activities;
  readonly tasks: WorkflowTasks;
  /** All runs, oldest first. */
  readonly runs: Run[] = [];
  readonly #newest = new Map<string, Run>();
  readonly #latency: Stream;
  readonly #content: Stream;
  #updates = 0;

  constructor(private readonly options: ServerOptions) {
    const { queue, seed, vm, worker } = options;
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
      ...throttle,
    });
    const evictions = { share: options.evictions ?? 0, chance: stream(seed, 'evictions') };
    const apply = (run: Run, entry: Run['log'][number]): void => applyCommands(this, run, entry);
    this.tasks = new WorkflowTasks({ vm, queue, latency: this.#latency, evictions, apply });
  }

  /** The newest run of an id. */
  newest(id: string): Run | undefined {
    return this.#newest.get(id);
  }

  /** Undefined when a run of that id is open. */
  start(order: StartOrder): Run | undefined {
    if (this.newest(order.id)?.open === true) return undefined;
    return this.#begin({ ...order, ...this.#fresh() } as RunSpec);
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

  /** Resolves with the handler's answer; rejects with what it threw, or when the run closes first. */
  update(run: Run, name: string, args: readonly unknown[]): Promise<unknown> {
    const id = `update-${(this.#updates += 1)}`;
    return new Promise((resolve, reject) => {
      run.updates.set(id, {
        ...{ id, state: 'sent' },
        resolve: (payload) => resolve(valueOf(payload)),
        reject: (failure) => reject(new Error(failure.message ?? 'rejected')),
      });
      const job: Job = {
        doUpdate: {
          id,
          protocolInstanceId: id,
          name,
          input: payloadsOf(args),
          meta: { updateId: id, identity: '' },
          runValidator: true,
        },
      };
      this.queue.after(this.#latency.between(1, 4), () => {
        const open = run.open ? run : this.newest(run.id);
        const update = run.updates.get(id);
        if (open?.open !== true || update === undefined)
          return reject(new Error('workflow execution already completed'));
        open.updates.set(id, update);
        this.deliver(open, job, '');
      });
    });
  }

  async updateWithStart(
    order: StartOrder,
    name: string,
    args: readonly unknown[],
  ): Promise<unknown> {
    const run = this.start(order) ?? this.newest(order.id)!;
    return this.update(run, name, args);
  }

  updateAnswered(run: Run, answer: UpdateResponse): void {
    const id = answer.protocolInstanceId ?? '';
    const update = run.updates.get(id);
    if (answer.accepted != null) {
      run.events.push('WorkflowExecutionUpdateAccepted');
      if (update !== undefined) update.state = 'accepted';
      return;
    }
    if (update?.state === 'accepted') run.events.push('WorkflowExecutionUpdateCompleted');
    run.updates.delete(id);
    if (update === undefined) return;
    this.queue.after(this.#latency.between(1, 4), () => {
      if (answer.rejected != null) update.reject(answer.rejected);
      else update.resolve(answer.completed ?? undefined);
    });
  }

  async query<T>(run: Run, name: string): Promise<T> {
    const answer = await this.tasks.query(run, name);
    if (answer?.failed != null) throw new Error(answer.failed.message ?? 'query failed');
    return valueOf<T>(answer?.succeeded?.response);
  }

  close(run: Run, status: Status, end: { result?: Payload | undefined; failure?: Failure }): void {
    run.status = status;
    run.result = end.result;
    run.failure = end.failure;
    run.events.push(`WorkflowExecution${CLOSE_EVENT[status]}`);
    for (const activity of run.activities.values()) this.activities.forget(activity);
    for (const cancel of run.timers.values()) cancel();
    if (status !== 'CONTINUED_AS_NEW') {
      for (const update of run.updates.values())
        update.reject({ message: 'workflow execution already completed' });
      for (const { run: child, closePolicy } of run.wasReset ? [] : run.children.values())
        this.#parentClosed(child, closePolicy);
      this.#tellParent(run);
    }
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
        ...this.#fresh(),
        firstRunId: run.firstRunId,
        continuedFrom: run.runId,
      },
      ...(parent === undefined ? {} : { parent }),
    });
    run.next = next;
    // Updates nobody accepted yet go to the next run.
    for (const job of run.inbox) if (job.doUpdate != null) this.deliver(next, job, '');
    for (const [id, update] of run.updates) next.updates.set(id, update);
  }

  /** A new run that has lived through the first `tasks` tasks of this one. */
  reset(run: Run, tasks: number): Run {
    run.wasReset = true;
    this.terminate(run);
    const fresh = this.#fresh();
    const reset = new Run({
      ...run.spec,
      runId: fresh.runId,
      firstRunId: run.firstRunId,
      originalRunId: run.spec.originalRunId ?? run.runId,
    });
    this.runs.push(reset);
    this.#newest.set(run.id, reset);
    const prefix = run.log.slice(0, tasks);
    reset.log = prefix;
    run.flags.forEach((flag) => reset.flags.add(flag));
    reset.events.push('WorkflowExecutionStarted', 'WorkflowTaskFailed');
    putBack(this, reset, run);
    const again = run.log.slice(tasks).flatMap(({ activations }) => activations[0]?.jobs ?? []);
    again.push(...run.inbox.filter((job) => job.signalWorkflow != null));
    const first = new Set(run.log[tasks]?.activations[0]?.jobs ?? []);
    reset.inbox = again.filter(
      (job) => job.doUpdate == null && (first.has(job) || job.signalWorkflow != null),
    );
    if (tasks > 0)
      reset.inbox.push({
        updateRandomSeed: { randomnessSeed: this.#content.between(1, 2 ** 30) as never },
      });
    this.tasks.wake(reset);
    return reset;
  }

  #begin(spec: RunSpec): Run {
    const run = new Run(spec);
    this.runs.push(run);
    this.#newest.set(run.id, run);
    const { parent } = spec;
    const initializeWorkflow = {
      ...{
        workflowType: spec.type,
        workflowId: spec.id,
        arguments: [...spec.args],
        headers: {},
        attempt: 1,
      },
      ...{ randomnessSeed: this.#content.between(1, 2 ** 30), firstExecutionRunId: run.firstRunId },
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

  #fresh(): Pick<RunSpec, 'runId' | 'seed' | 'startedAt'> {
    const runId = `${this.options.name}-run-${this.runs.length + 1}`;
    const seed = Array.from({ length: 8 }, () => this.#content.between(0, 255));
    return { runId, seed, startedAt: this.queue.now() };
  }

  #parentClosed(child: Run | undefined, policy: number): void {
    const open = child && this.newest(child.id);
    if (open?.open !== true) return;
    if (policy === CLOSE_POLICY.terminate || policy === CLOSE_POLICY.unset) this.terminate(open);
    if (policy === CLOSE_POLICY.requestCancel) this.cancel(open.id);
  }

  #tellParent(run: Run): void {
    const parent = run.spec.parent;
    if (parent === undefined || !parent.run.open) return;
    const { seq } = parent;
    const failure = childFailure(
      { id: run.id, runId: run.runId, type: run.spec.type },
      run.failure ?? {},
    );
    const result =
      run.status === 'COMPLETED'
        ? { completed: { result: run.result ?? null } }
        : run.status === 'CANCELLED'
          ? { cancelled: { failure } }
          : { failed: { failure } };
    const event = `ChildWorkflowExecution${CLOSE_EVENT[run.status]} ${run.spec.type}`;
    this.later(parent.run, () =>
      this.deliver(parent.run, { resolveChildWorkflowExecution: { seq, result } }, event),
    );
  }
}

const CLOSE_EVENT: Readonly<Record<Status, string>> = {
  ...{
    RUNNING: '',
    COMPLETED: 'Completed',
    FAILED: 'Failed',
    CANCELLED: 'Canceled',
    TERMINATED: 'Terminated',
  },
  ...{ TIMED_OUT: 'TimedOut', CONTINUED_AS_NEW: 'ContinuedAsNew' },
};
