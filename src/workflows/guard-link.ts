// The copy's side of its guard: started before the first lock is taken, told what to watch, told when all is done.
// Promise kept here: the guard's start and every signal are awaited, in a scope no cancel reaches. A run that was reset finds its guard again by
// its first run id; a guard that has ended, and freed the locks, is a clear failure (GUARD_GONE).
import { CancellationScope, getExternalWorkflowHandle, startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { FlashCopyError } from '../domain/errors.js';
import type { RunRef } from '../activities/contract.js';
import type { PlannedGroup, PlannedSource } from '../domain/plan.js';
import { takesSnapshot } from './snapshots.js';
import type { ByHand } from '../domain/report.js';
import { guardLeaseMs } from '../domain/timing.js';
import {
  GUARD,
  GUARD_DONE_SIGNAL,
  GUARD_RESOLVED_SIGNAL,
  GUARD_WATCH_SIGNAL,
  guardWorkflowId,
  type GuardInput,
  type GuardWatch,
} from './messages.js';

/** What the guard needs to know of a run. */
export interface GuardedRun {
  readonly workflowId: string;
  readonly firstRunId: string;
  readonly holder: string;
  readonly arrays: readonly string[];
  /** Before the plan there are locks to free, and nothing else. */
  readonly hasPlan: boolean;
  readonly systems: ReadonlyMap<string, string>;
  readonly ref: RunRef;
  /** Names what this attempt holds. */
  readonly holdRef: RunRef;
  readonly targetHosts: readonly string[];
  readonly groups: readonly { readonly planned: PlannedGroup; readonly name: string }[];
}

export class GuardLink {
  #started = false;
  /** Graded: from then on a snapshot is a copy that stays, whatever becomes of its run. */
  #snapshotsStay = false;
  /** Snapshots whose command was lost, and which nobody found. */
  readonly #late: PlannedGroup[] = [];

  constructor(private readonly copy: GuardedRun) {}

  private get id(): string {
    return guardWorkflowId(this.copy.workflowId, this.copy.firstRunId);
  }

  /** To be awaited before the first lock is taken. Already started is success: a run that was reset finds its guard again. */
  start(): Promise<void> {
    return CancellationScope.nonCancellable(async () => {
      const { workflowId, firstRunId, holder, arrays } = this.copy;
      const input: GuardInput = { workflowId, firstRunId, holder, arrays };
      try {
        await startChild(GUARD, {
          workflowId: this.id,
          args: [input],
          // Not for its end: however the copy closes, the guard is told to look, at once.
          parentClosePolicy: 'REQUEST_CANCEL',
          staticSummary: `guards ${workflowId}: gives back and frees locks when it is gone`,
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
      this.#started = true;
      if (this.copy.hasPlan) await this.watchGroups();
    });
  }

  /** From now on the guard un-prepares the planned groups when the copy is gone. */
  async watchGroups(): Promise<void> {
    if (this.#started) await this.#tell(this.#watch([], 0));
  }

  /** From now on the guard gives these sources back by itself when the lease ends. To be awaited before arming. */
  async arm(sources: readonly PlannedSource[]): Promise<void> {
    if (!this.#started) return;
    await this.#tell(this.#watch(sources, guardLeaseMs(sources)));
  }

  /** Every source has its I/O: only groups and locks are watched from here on. */
  async disarm(): Promise<void> {
    await this.watchGroups();
  }

  /** `true`: from now on the guard leaves snapshots alone. `false`: the run has failed after all, they are to go. */
  async keepSnapshots(stay = true): Promise<void> {
    if (
      stay === this.#snapshotsStay ||
      !this.copy.groups.some(({ planned }) => takesSnapshot(planned))
    )
      return;
    this.#snapshotsStay = stay;
    await this.watchGroups();
  }

  /** Names of groups have changed. */
  async renamed(also: readonly string[]): Promise<void> {
    if (this.#started) await this.#tell(this.#watch([], 0, also));
  }

  /** Nothing fences the command of a snapshot: the guard looks for it once more, long after the run has ended. */
  async mayComeLate(planned: PlannedGroup, name: string): Promise<void> {
    this.#late.push({ ...planned, name, mappings: [] });
    await this.watchGroups();
  }

  /** A person gave a source back: the guard does not try any more either. A guard that has ended tries nothing. */
  async resolved(word: ByHand): Promise<void> {
    if (this.#started) await this.#signal(GUARD_RESOLVED_SIGNAL, word).catch(() => undefined);
  }

  /** The last word: nothing is left to guard. */
  async done(): Promise<void> {
    if (!this.#started) return;
    const run = this.copy.hasPlan ? [this.copy.ref.run] : [];
    await CancellationScope.nonCancellable(() => this.#signal(GUARD_DONE_SIGNAL, ...run));
    this.#started = false;
  }

  #watch(
    sources: readonly PlannedSource[],
    leaseMs: number,
    also: readonly string[] = [],
  ): GuardWatch {
    const { set, run } = this.copy.ref;
    const watched = this.copy.groups.filter(
      ({ planned }) => !(this.#snapshotsStay && takesSnapshot(planned)),
    );
    const groups = watched.flatMap(({ planned, name }) =>
      [...new Set([planned.name, name, ...also])].map((each) => ({
        ...planned,
        name: each,
        mappings: [],
      })),
    );
    const late = this.#late.length === 0 ? {} : { late: this.#late };
    const hold = this.copy.holdRef.run;
    const { targetHosts } = this.copy;
    const systems = Object.fromEntries(this.copy.systems);
    return { set, run, sources, hold, groups, ...late, targetHosts, systems, leaseMs };
  }

  #tell(watch: GuardWatch): Promise<void> {
    return CancellationScope.nonCancellable(() => this.#signal(GUARD_WATCH_SIGNAL, watch));
  }

  async #signal(name: string, ...args: (GuardWatch | ByHand | string)[]): Promise<void> {
    try {
      await getExternalWorkflowHandle(this.id).signal(name, ...args);
    } catch {
      guardGone();
    }
  }
}

function guardGone(): never {
  throw new FlashCopyError({
    family: 'state',
    code: 'GUARD_GONE',
    message:
      'the guard of this copy has ended, and with it the locks: a run cannot go on from there after a reset; start a new copy',
  });
}
