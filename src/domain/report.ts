// What happened: plain data, the answer of the query, the output of the command line, the result of the workflow.
import type { ErrorData } from './errors.js';
import type { MappingState } from './mapping.js';
import type { Grade } from './request.js';
import type { Phase, StepName } from './steps.js';

export type Outcome = 'running' | 'done' | 'refused' | 'failed' | 'needs-operator' | 'cancelled';

export interface StepReport {
  readonly name: StepName;
  /** Host, array or volume it was for; '' for the whole run. */
  readonly subject: string;
  readonly state: 'running' | 'done' | 'failed' | 'skipped';
  /** ISO times of the workflow's clock. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** One line for a person. */
  readonly note?: string;
}

/** How long a source host stood without I/O, by its own clock. */
export interface PauseReport {
  readonly host: string;
  readonly method: 'unmount' | 'quiesce';
  /** ms since the epoch, the host's clock: when it began to stand still, was still, had its I/O back. */
  readonly beganAt: number;
  readonly quiescedAt: number;
  readonly givenBackAt: number;
  /** The last moment before its thaw began: until then nothing can have been written. Where the host notes it. */
  readonly stillUntil?: number;
  readonly pauseMs: number;
  /** '' when unbroken, else why the quiesce does not count. */
  readonly broken: string;
  /** What a person should know, e.g. files that appeared below an unmounted mount point. */
  readonly notes?: readonly string[];
}

/** A try at the point in time that failed without harm, and was followed by another one. */
export interface AttemptReport {
  readonly attempt: number;
  readonly error: ErrorData;
  readonly pauses: readonly PauseReport[];
}

export interface VolumeReport {
  readonly array: string;
  readonly source: string;
  readonly target: string;
  readonly mapping: string;
  readonly progressPercent: number;
  /** True at 100 %: the copy no longer needs its source. */
  readonly independent: boolean;
  /** The mapping's state on the array, where it was read. */
  readonly state?: MappingState;
  /** Its background copy rate, where it was read. */
  readonly copyRate?: number;
}

/** A snapshot of a volume group, as a restore names it. */
export interface SnapshotReport {
  readonly array: string;
  readonly volumeGroup: string;
  readonly name: string;
}

export interface CompensationReport {
  readonly what: string;
  readonly ok: boolean;
  readonly note?: string;
}

/** A person's word for a source: it has its I/O again, they did it themselves. */
export interface ByHand {
  readonly host: string;
  /** `<set>-<token>` of the run that held it. */
  readonly run: string;
  readonly by: string;
  readonly reason: string;
  /** ISO time of the workflow's clock. */
  readonly at: string;
  /** What the host itself said of it, or why it could not be asked. */
  readonly read: string;
}

/** A source whose give back called for a person. */
export interface OperatorReport {
  readonly host: string;
  /** ISO times of the workflow's clock. */
  readonly since: string;
  readonly why: string;
  /** Ways by which somebody was told. */
  readonly told: readonly string[];
  /** When the run itself succeeded after all. */
  readonly givenBackAt?: string;
  /** Resolved by hand instead. */
  readonly resolved?: ByHand;
}

export interface MountReport {
  readonly host: string;
  readonly from: string;
  readonly at: string;
  readonly device: string;
  readonly uuid: string;
}

export interface Report {
  readonly set: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly phase: Phase;
  readonly outcome: Outcome;
  /** Undefined until proved; withdrawn (undefined again) by a contradiction. */
  readonly grade?: Grade;
  /** True when both nonces told the truth on every copied file system. */
  readonly verified: boolean;
  /** ISO time at which start returned, the workflow's clock. */
  readonly takenAt?: string;
  /** ISO time at which the array should have copied everything, until it has: by the copy's rate. */
  readonly expectedEnd?: string;
  /** What this run took and left on the array, where it takes snapshots. */
  readonly snapshots?: readonly SnapshotReport[];
  /** What arrays said besides when they carried something out, verbatim; absent where nothing. */
  readonly warnings?: readonly string[];
  readonly planHash?: string;
  readonly planLines: readonly string[];
  /** Of the last attempt. */
  readonly pauses: readonly PauseReport[];
  /** Those before it; absent where the first one was the last. */
  readonly attempts?: readonly AttemptReport[];
  readonly steps: readonly StepReport[];
  readonly volumes: readonly VolumeReport[];
  readonly mounts: readonly MountReport[];
  readonly compensation: readonly CompensationReport[];
  /** Absent where nobody was ever needed. */
  readonly operator?: readonly OperatorReport[];
  readonly error?: ErrorData;
  /** What a person can do now, one line each. */
  readonly advice: readonly string[];
}
