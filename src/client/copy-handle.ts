// One copy, by its workflow: ask, follow, wait, call off. Every method may be repeated; none of them changes what an earlier call did.
import {
  WorkflowFailedError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Clock } from '../domain/clock.js';
import type { Report } from '../domain/report.js';
import { COMMANDS, WAITS } from '../domain/timing.js';
import {
  ABORT_UPDATE,
  CHANGE_RATE_UPDATE,
  guardWorkflowId,
  REPORT_QUERY,
  RESOLVE_UPDATE,
  RETRY_GIVE_BACK_UPDATE,
  type RateChange,
  type Resolution,
  type ResolvedSource,
} from '../workflows/messages.js';
import { CopyFailedError, copyFailed, reportOf, serviceFailed } from './errors.js';
import { liveReport, pendingActivities, type LiveReport, type PendingActivity } from './running.js';

export interface CopyRun {
  readonly workflowId: string;
  /** Undefined: the newest run of this name. */
  readonly runId?: string | undefined;
}

export class CopyHandle {
  readonly workflowId: string;
  readonly runId: string | undefined;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #handle: WorkflowHandle;
  #last: Report | undefined;

  constructor(client: Client, clock: Clock, run: CopyRun) {
    this.#client = client;
    this.#clock = clock;
    this.workflowId = run.workflowId;
    this.runId = run.runId;
    this.#handle = client.workflow.getHandle(run.workflowId, run.runId);
  }

  /** The report as of now. Also of a run that has ended, as long as a worker serves its queue. Throws NO_SUCH_RUN, NO_WORKER. */
  async report(): Promise<LiveReport> {
    const [report, description] = await this.#say('report', () =>
      Promise.all([this.#query(), this.#handle.describe()]),
    );
    return liveReport(report, await this.#pending(description));
  }

  /**
   * Reports while they change, about every 500 ms, the last one when the run has ended. Never throws for a failed copy: `result` does.
   * Leaving the loop leaves the run alone. A worker that does not answer only delays the next report.
   */
  async *follow(signal?: AbortSignal): AsyncGenerator<LiveReport, void, void> {
    let seen = '';
    for (;;) {
      if (signal?.aborted) return;
      const description = await this.#say('follow', () => this.#handle.describe());
      const ended = description.status.name !== 'RUNNING';
      const report = ended
        ? await this.#finalReport()
        : await this.#query().catch(() => this.#last);
      const live = report && liveReport(report, ended ? [] : await this.#pending(description));
      const text = JSON.stringify(live) ?? '';
      if (live && text !== seen) yield live;
      if (ended) return;
      seen = text;
      await this.#clock.sleep(WAITS.followLook, signal).catch(() => undefined);
    }
  }

  /** Waits for the end. Throws CopyFailedError (refused, failed, cancelled) with the report. */
  async result(): Promise<Report> {
    try {
      return (await this.#handle.result()) as Report;
    } catch (error) {
      if (!(error instanceof WorkflowFailedError))
        throw serviceFailed(error, `result of ${this.workflowId}`);
      const { workflowId } = this;
      const report = reportOf(error) ?? (await this.#query().catch(() => this.#last));
      throw copyFailed(error, { workflowId, report });
    }
  }

  /** Ends the copy at the next safe point; what was taken is given back. Refused once the copy is done. */
  async abort(): Promise<void> {
    await this.#say('abort', () => this.#handle.executeUpdate(ABORT_UPDATE));
  }

  /**
   * For a run in NEEDS_OPERATOR: tries at once to give back what could not be given back; answers the hosts. Where the run is gone, its guard is
   * asked. UpdateRefusedError when every source has its I/O.
   */
  async retryGiveBack(): Promise<readonly string[]> {
    return this.#sayToWhoTries('give back', (handle) =>
      handle.executeUpdate<readonly string[], []>(RETRY_GIVE_BACK_UPDATE),
    );
  }

  /**
   * For a run in NEEDS_OPERATOR: a person says that a source has its I/O again. Who, when and why stand in the report; the run stops trying and
   * ends as failed. Answers what the hosts themselves said. UpdateRefusedError: SOURCE_WITHOUT_IO when a host says that it still lacks its I/O and `force` is not set,
   * NOTHING_TO_RESOLVE, NOT_STUCK, INVALID_RESOLUTION.
   */
  async resolve(resolution: Resolution): Promise<readonly ResolvedSource[]> {
    return this.#sayToWhoTries('resolve', (handle) =>
      handle.executeUpdate<readonly ResolvedSource[], [Resolution]>(RESOLVE_UPDATE, {
        args: [resolution],
      }),
    );
  }

  /** Background copy rate and clean rate (0-150) of a copy that runs; answers the groups, as `array/group`. Refused before the start. */
  async changeRate(change: RateChange): Promise<readonly string[]> {
    return this.#say('rate', () =>
      this.#handle.executeUpdate<readonly string[], [RateChange]>(CHANGE_RATE_UPDATE, {
        args: [change],
      }),
    );
  }

  /** Asks Temporal to cancel the run; it compensates and ends CANCELLED. Idempotent. */
  async cancel(): Promise<void> {
    await this.#say('cancel', () => this.#handle.cancel());
  }

  async #pending(description: WorkflowExecutionDescription): Promise<PendingActivity[]> {
    return pendingActivities(description, this.#client.options.loadedDataConverter);
  }

  async #query(): Promise<Report> {
    const deadline = this.#clock.now() + COMMANDS.reportQuery;
    const report = await this.#client.withDeadline(deadline, () =>
      this.#handle.query<Report>(REPORT_QUERY),
    );
    return (this.#last = report);
  }

  async #finalReport(): Promise<Report | undefined> {
    return this.result().catch((error: unknown) => {
      if (error instanceof CopyFailedError) return error.report;
      throw error;
    });
  }

  /** The run while it is open, else its guard: one of the two tries to give back. */
  async #sayToWhoTries<T>(what: string, call: (handle: WorkflowHandle) => Promise<T>): Promise<T> {
    return this.#say(what, async () => {
      const { status, runId, raw } = await this.#handle.describe();
      if (status.name === 'RUNNING') return call(this.#handle);
      const firstRunId = raw.workflowExecutionInfo?.firstRunId ?? '';
      const guard = guardWorkflowId(this.workflowId, firstRunId === '' ? runId : firstRunId);
      return call(this.#client.workflow.getHandle(guard));
    });
  }

  async #say<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw serviceFailed(error, `${what} of ${this.workflowId}`);
    }
  }
}
