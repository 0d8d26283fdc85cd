// One run of a workflow as the server knows it: what was said to it, what it answered, what it waits for.
import { TypedSearchAttributes } from '@temporalio/common';
import type { Activity } from './activity.js';
import type { Cancel } from './event-queue.js';
import type { Command, Failure, Job, Payload, VmRun, WorkflowInfo } from './sdk-vm.js';

export type Status =
  | 'RUNNING'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELLED'
  | 'TERMINATED'
  | 'TIMED_OUT'
  | 'CONTINUED_AS_NEW';

/** One finished task: a first activation, and follow-ups for what is answered at once. */
export interface LogEntry {
  readonly activations: readonly LoggedActivation[];
  readonly commands: readonly Command[];
  /** How many events the history had when the task began. */
  readonly eventsBefore: number;
}

export interface LoggedActivation {
  readonly jobs: readonly Job[];
  readonly at: number;
  readonly historyLength: number;
  readonly continueAsNewSuggested: boolean;
  /** Of the run that answered first: one that was reset answers the same commands, with other run ids in them. */
  readonly runId: string;
  readonly commands: readonly Command[];
  /** Of its commands; undefined when it cannot be compared. */
  readonly bytes: Buffer | undefined;
}

export interface Child {
  readonly id: string;
  readonly type: string;
  readonly closePolicy: number;
  run?: Run;
}

export interface Update {
  readonly id: string;
  state: 'sent' | 'accepted' | 'completed' | 'rejected';
  resolve(payload: Payload | undefined): void;
  reject(failure: Failure): void;
}

export interface RunSpec {
  readonly id: string;
  readonly runId: string;
  readonly type: string;
  readonly taskQueue: string;
  readonly args: readonly Payload[];
  readonly startedAt: number;
  /** 8 bytes. */
  readonly seed: readonly number[];
  readonly firstRunId?: string;
  readonly originalRunId?: string;
  readonly parent?: { readonly run: Run; readonly seq: number };
  readonly continuedFrom?: string;
}

export class Run {
  status: Status = 'RUNNING';
  result: Payload | undefined;
  failure: Failure | undefined;
  /** The run that followed this one by continue-as-new. */
  next: Run | undefined;
  /** The run that took its place by a reset. */
  resetTo: Run | undefined;
  vm: VmRun | undefined;
  log: LogEntry[] = [];
  inbox: Job[] = [];
  readonly flags = new Set<number>();
  task: 'idle' | 'waiting' | 'running' = 'idle';
  /** Names of events as the server's history has them, workflow tasks and starts of activities left out. */
  readonly events: string[] = [];
  /** Events of workflow tasks and starts of activities, for `historyLength` alone. */
  otherEvents = 0;
  /** Payloads in its history, near enough. */
  historyBytes = 0;
  updatesInAll = 0;
  readonly activities = new Map<number, Activity>();
  readonly timers = new Map<number, Cancel>();
  readonly children = new Map<number, Child>();
  readonly updates = new Map<string, Update>();
  readonly onClose: (() => void)[] = [];
  cancelRequested = false;
  /** When it ended. */
  closedAt: number | undefined;

  constructor(readonly spec: RunSpec) {}

  get id(): string {
    return this.spec.id;
  }

  get runId(): string {
    return this.spec.runId;
  }

  get firstRunId(): string {
    return this.spec.firstRunId ?? this.spec.runId;
  }

  get open(): boolean {
    return this.status === 'RUNNING';
  }

  get historyLength(): number {
    return this.events.length + this.otherEvents;
  }

  get openChildren(): number {
    return [...this.children.values()].filter(({ run }) => run?.open !== false).length;
  }

  /** Everything a worker fills in. */
  info(): WorkflowInfo {
    const { id, runId, type, taskQueue, startedAt, parent, continuedFrom } = this.spec;
    const above = parent && {
      workflowId: parent.run.id,
      runId: parent.run.runId,
      namespace: 'default',
    };
    const info: WorkflowInfo = {
      ...{ workflowId: id, runId, workflowType: type, taskQueue, namespace: 'default', attempt: 1 },
      ...{
        firstExecutionRunId: this.firstRunId,
        taskTimeoutMs: 10_000,
        historySize: 0,
        currentBuildId: '',
      },
      ...(continuedFrom === undefined ? {} : { continuedFromExecutionRunId: continuedFrom }),
      ...(above === undefined ? {} : { parent: above, root: above }),
      ...{ startTime: new Date(startedAt), runStartTime: new Date(startedAt), historyLength: 0 },
      ...{
        continueAsNewSuggested: false,
        searchAttributes: {},
        typedSearchAttributes: new TypedSearchAttributes(),
      },
      unsafe: { now: () => startedAt, isReplaying: false, isReplayingHistoryEvents: false },
    } as never;
    return info;
  }
}
