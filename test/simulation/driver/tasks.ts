// Workflow tasks: what arrived is handed over in one activation, commands take effect when the task ends, an evicted run is replayed first.
// Any failed task, and any replay that answers other bytes, is a bug of the workflow code and ends the simulation.
import { impossible, sizeOf, suggestsNew } from './limits.js';
import {
  cancelledFailure,
  activityFailure,
  CANCELLATION,
  inOrder,
  RETRY_STATE,
} from './protocol.js';
import type { ServerQueue } from './outages.js';
import type { Stream } from './random.js';
import { activationOf, replay, WorkflowTaskFailed } from './replay.js';
import type { LogEntry, LoggedActivation, Run } from './run.js';
import type { Command, Job, Vm, VmRun } from './sdk-vm.js';

type Carried = Omit<LogEntry, 'eventsBefore'>;

interface Task {
  readonly taken: readonly Job[];
  readonly entry: LogEntry;
  readonly lost: boolean;
}

export interface TaskOptions {
  readonly vm: Vm;
  readonly queue: ServerQueue;
  readonly latency: Stream;
  /** Share of tasks before which the run is evicted and replayed. */
  readonly evictions: { readonly share: number; readonly chance: Stream };
  /** Lets the commands of a finished task take effect. */
  readonly apply: (run: Run, entry: LogEntry) => void;
}

const CLOSING: readonly (keyof Command)[] = [
  'completeWorkflowExecution',
  'failWorkflowExecution',
  'cancelWorkflowExecution',
  'continueAsNewWorkflowExecution',
];
export const isClosing = (command: Command): boolean =>
  CLOSING.some((kind) => command[kind] != null);

export class WorkflowTasks {
  constructor(private readonly options: TaskOptions) {}

  /** There is something new for this run. */
  wake(run: Run): void {
    if (!run.open || run.task !== 'idle') return;
    run.task = 'waiting';
    this.options.queue.after(this.options.latency.between(1, 4), () => this.#begin(run));
  }

  evict(run: Run): Promise<void> | undefined {
    const { vm } = run;
    run.vm = undefined;
    return vm?.dispose();
  }

  async query(run: Run, name: string): Promise<Command['respondToQuery']> {
    const vm = await this.#vmOf(run);
    const queryWorkflow = { queryId: 'q', queryType: name, arguments: [] };
    const { commands, failed } = await vm.activate({ runId: run.runId, jobs: [{ queryWorkflow }] });
    if (failed !== undefined) throw new WorkflowTaskFailed(run, failed);
    return commands[0]?.respondToQuery;
  }

  async #begin(run: Run): Promise<void> {
    if (!run.open) return;
    const { evictions, queue, latency } = this.options;
    if (queue.noWorkerFor > 0) return void queue.after(queue.noWorkerFor, () => this.#begin(run));
    run.task = 'running';
    if (evictions.share > 0 && evictions.chance.chance(evictions.share)) await this.evict(run);
    const [eventsBefore, taken] = [run.events.length, inOrder(run.inbox.splice(0))];
    const vm = await this.#vmOf(run);
    const entry = { ...(await this.#carryOut(run, vm, taken)), eventsBefore };
    const why = impossible(run, entry.commands);
    if (why !== '') throw new WorkflowTaskFailed(run, { message: why });
    // What a worker tells a server that is away is lost; the task is given out again.
    const lost = queue.deaf;
    queue.after(latency.between(1, 3), () => this.#end(run, { taken, entry, lost }));
  }

  async #end(run: Run, { taken, entry, lost }: Task): Promise<void> {
    if (!run.open) return;
    run.task = 'idle';
    const news = run.inbox.some((job) => job.doUpdate == null);
    if (lost || (news && entry.commands.some(isClosing))) {
      // Lost, or UNHANDLED_COMMAND: nothing of this task remains.
      await this.evict(run);
      run.inbox = [...taken, ...run.inbox];
    } else {
      const kept = withoutRejected(entry);
      if (kept !== undefined) run.log.push(kept);
      run.otherEvents += 3;
      this.options.apply(run, entry);
      if (!run.open) await this.evict(run);
    }
    if (run.inbox.length > 0) this.wake(run);
  }

  async #carryOut(run: Run, vm: VmRun, taken: readonly Job[]): Promise<Carried> {
    const activations: LoggedActivation[] = [];
    const commands: Command[] = [];
    const answered = new Set<number>();
    for (let jobs = taken; jobs.length > 0;) {
      const one = {
        ...{ jobs, at: this.options.queue.now(), historyLength: run.historyLength },
        ...{ continueAsNewSuggested: suggestsNew(run), runId: run.runId },
      };
      const answer = await vm.activate(activationOf(run, one, false));
      if (answer.failed !== undefined) throw new WorkflowTaskFailed(run, answer.failed);
      answer.flags.forEach((flag) => run.flags.add(flag));
      activations.push({ ...one, bytes: answer.bytes, commands: answer.commands });
      run.historyBytes += sizeOf(jobs) + answer.bytes.length;
      commands.push(...answer.commands);
      jobs = answeredAtOnce(run, commands, answered);
    }
    return { activations, commands };
  }

  async #vmOf(run: Run): Promise<VmRun> {
    if (run.vm !== undefined) return run.vm;
    const vm = await this.options.vm.create(run.info(), run.spec.seed, run.spec.startedAt);
    run.vm = vm;
    await replay(run, vm);
    return vm;
  }
}

/** A rejected update leaves no trace; a task that held nothing else never was. */
function withoutRejected(entry: LogEntry): LogEntry | undefined {
  const rejected = new Set(
    entry.commands.flatMap(({ updateResponse: answer }) =>
      answer?.rejected != null &&
      !entry.commands.some(
        ({ updateResponse: other }) =>
          other?.accepted != null && other.protocolInstanceId === answer.protocolInstanceId,
      )
        ? [answer.protocolInstanceId]
        : [],
    ),
  );
  if (rejected.size === 0) return entry;
  const [first, ...rest] = entry.activations;
  const jobs =
    first?.jobs.filter((job) => !rejected.has(job.doUpdate?.protocolInstanceId ?? '-')) ?? [];
  if (first === undefined || jobs.length === 0) return undefined;
  // Its bytes held the refusal: this activation is replayed, but not compared.
  return { ...entry, activations: [{ ...first, jobs, bytes: undefined }, ...rest] };
}

const seqsOf = (
  commands: readonly Command[],
  kind: 'scheduleActivity' | 'requestCancelActivity',
): number[] =>
  commands.flatMap((command) => (command[kind]?.seq == null ? [] : [command[kind].seq]));

/** Cancels that need no server: types that do not wait, and activities scheduled in this very task. */
function answeredAtOnce(run: Run, commands: readonly Command[], answered: Set<number>): Job[] {
  const fresh = new Set(seqsOf(commands, 'scheduleActivity'));
  return seqsOf(commands, 'requestCancelActivity').flatMap((seq) => {
    const known = run.activities.get(seq);
    const atOnce =
      fresh.has(seq) || (known !== undefined && known.cancellationType !== CANCELLATION.wait);
    if (!atOnce || answered.has(seq)) return [];
    answered.add(seq);
    const scheduled = commands.find(
      ({ scheduleActivity }) => scheduleActivity?.seq === seq,
    )?.scheduleActivity;
    const ref = known ?? {
      type: scheduled?.activityType ?? '',
      id: scheduled?.activityId ?? '',
      scheduledEvent: 0,
    };
    const failure = activityFailure(ref, RETRY_STATE.cancelRequested, cancelledFailure());
    return [{ resolveActivity: { seq, isLocal: false, result: { cancelled: { failure } } } }];
  });
}
