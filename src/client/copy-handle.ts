// One copy, by its workflow: ask, follow, wait, call off. Every method may be repeated; none of them changes what an earlier call did.
import {
  WorkflowFailedError,
  WorkflowNotFoundError,
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
  REPORT_QUERY,
  RESOLVE_UPDATE,
  RETRY_GIVE_BACK_UPDATE,
  type RateChange,
  type Resolution,
  type ResolvedSource,
} from '../workflows/messages.js';
import { CopyFailedError, copyFailed, goodReport, reportOf, serviceFailed } from './errors.js';
import { patiently, type Patience } from './patience.js';
import { hasEnded, RunChain } from './run-chain.js';
import { guardOf, runEnded } from './run-ended.js';
import { liveReport, pendingActivities, type LiveReport } from './running.js';
import { openReport } from './standing.js';
import { executeUpdate, noWorker, runLost } from './asking.js';

export interface CopyRun {
  readonly workflowId: string;
  /** Undefined: the newest run of this workflow id. */
  readonly runId?: string | undefined;
}

export class CopyHandle {
  readonly workflowId: string;
  readonly runId: string | undefined;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #chain: RunChain;
  #last: Report | undefined;
  /** The server has known this run: when it no longer does, it has lost it. */
  #known = false;

  constructor(client: Client, clock: Clock, run: CopyRun) {
    this.#client = client;
    this.#clock = clock;
    this.workflowId = run.workflowId;
    this.runId = run.runId;
    this.#chain = new RunChain(client, run);
  }

  /**
   * The report as of now; of a run that has ended, its last one. Throws NO_SUCH_RUN; NO_WORKER where nobody serves the queue of an open run;
   * CopyFailedError for a run that ended without any report.
   */
  async report(): Promise<LiveReport> {
    return this.#say('report', async () => {
      const run = await this.#describe();
      const report = hasEnded(run) ? undefined : await this.#openReport(run);
      return report ?? liveReport(await this.#lastReport(), []);
    });
  }

  /**
   * Reports while they change, about every 500 ms, the last one when the run has ended. Never throws for a failed copy: `result` does.
   * Leaving the loop leaves the run alone. A worker that does not answer only delays the next report; a server that is away is waited for,
   * 10 min at most: then TEMPORAL_UNREACHABLE.
   */
  async *follow(patience: Patience = {}): AsyncGenerator<LiveReport, void, void> {
    const { signal } = patience;
    let seen = '';
    for (;;) {
      if (signal?.aborted) return;
      const { live, ended } = await this.#patiently('follow', patience, () => this.#look());
      const text = JSON.stringify(live) ?? '';
      if (live && text !== seen) yield live;
      if (ended) return;
      seen = text;
      await this.#clock.sleep(WAITS.followLook, signal).catch(() => undefined);
    }
  }

  /** Waits for the end. Throws CopyFailedError (refused, failed, cancelled, terminated) with the report. */
  async result(patience: Patience = {}): Promise<Report> {
    return this.#patiently('result', patience, async () => {
      for (;;) {
        const { runId } = await this.#describe();
        try {
          return goodReport(await this.#chain.handle().result(), this.workflowId);
        } catch (error) {
          if (!(error instanceof WorkflowFailedError)) throw error;
          if ((await this.#describe()).runId !== runId) continue; // it was reset, and goes on
          const report = reportOf(error) ?? (await this.#query().catch(() => this.#last));
          throw copyFailed(error, { workflowId: this.workflowId, report });
        }
      }
    });
  }

  /** Ends the copy at the next safe point; what was taken is given back. Throws RUN_ENDED once the run has ended. */
  async abort(): Promise<void> {
    await this.#tell('abort', (handle) => this.#update(handle, ABORT_UPDATE, []));
  }

  /**
   * For a run in NEEDS_OPERATOR: tries at once to give back what could not be given back; answers the hosts. Where the run is gone, its guard is
   * asked. UpdateRefusedError when every source has its I/O.
   */
  async retryGiveBack(): Promise<readonly string[]> {
    return this.#tellWhoTries('give back', (handle) =>
      this.#update<readonly string[]>(handle, RETRY_GIVE_BACK_UPDATE, []),
    );
  }

  /**
   * For a run in NEEDS_OPERATOR: a person says that a source has its I/O again. Who, when and why stand in the report; the run stops trying and
   * ends as failed. Answers what the hosts themselves said. UpdateRefusedError: SOURCE_WITHOUT_IO when a host says that it still lacks its I/O and `force` is not set,
   * NOTHING_TO_RESOLVE, NOT_STUCK, INVALID_RESOLUTION.
   */
  async resolve(resolution: Resolution): Promise<readonly ResolvedSource[]> {
    return this.#tellWhoTries('resolve', (handle) =>
      this.#update<readonly ResolvedSource[]>(handle, RESOLVE_UPDATE, [resolution]),
    );
  }

  /** Background copy rate and clean rate (0-150) of a copy that runs; answers the groups, as `array/group`. Refused before the start. */
  async changeRate(change: RateChange): Promise<readonly string[]> {
    return this.#tell('rate', (handle) =>
      this.#update<readonly string[]>(handle, CHANGE_RATE_UPDATE, [change]),
    );
  }

  /** Asks Temporal to cancel the run; it compensates and ends CANCELLED. May be repeated while the run is open; then RUN_ENDED. */
  async cancel(): Promise<void> {
    await this.#tell('cancel', (handle) => handle.cancel());
  }

  async #describe(): Promise<WorkflowExecutionDescription> {
    try {
      const run = await this.#chain.describe();
      this.#known = true;
      return run;
    } catch (error) {
      if (this.#known && error instanceof WorkflowNotFoundError) throw runLost(this.workflowId);
      throw error;
    }
  }

  /** One look of `follow`. */
  async #look(): Promise<{ live: LiveReport | undefined; ended: boolean }> {
    const run = await this.#describe();
    if (hasEnded(run)) {
      const report = await this.#lastReport().catch((error: unknown) => {
        if (error instanceof CopyFailedError) return undefined;
        throw error;
      });
      return { live: report && liveReport(report, []), ended: true };
    }
    const report = await this.#query().catch(() => this.#last);
    return { live: report && (await this.#live(report, run)), ended: false };
  }

  /** Undefined when it has ended meanwhile. */
  async #openReport(run: WorkflowExecutionDescription): Promise<LiveReport | undefined> {
    const report = await this.#query().catch((error: unknown) => error as Error);
    const after = await this.#describe();
    if (hasEnded(after)) return undefined;
    if (report instanceof Error) throw noWorker(report, run);
    return this.#live(report, after);
  }

  async #live(report: Report, run: WorkflowExecutionDescription): Promise<LiveReport> {
    const pending = await pendingActivities(run, this.#client.options.loadedDataConverter);
    return liveReport(openReport(report), pending);
  }

  /** Of a run that has ended. Throws CopyFailedError where it left none. */
  async #lastReport(): Promise<Report> {
    return this.result().catch((error: unknown) => {
      if (error instanceof CopyFailedError && error.report !== undefined) return error.report;
      throw error;
    });
  }

  async #query(): Promise<Report> {
    const deadline = this.#clock.now() + COMMANDS.reportQuery;
    const report = await this.#client.withDeadline(deadline, () =>
      this.#chain.handle().query<Report>(REPORT_QUERY),
    );
    return (this.#last = report);
  }

  #update<T = void>(handle: WorkflowHandle, name: string, args: [unknown?]): Promise<T> {
    return executeUpdate<T>(this.#client, this.#clock, { handle, name, args });
  }

  /** Something that only an open run takes. */
  async #tell<T>(what: string, call: (handle: WorkflowHandle) => Promise<T>): Promise<T> {
    return this.#say(what, async () => {
      const run = await this.#describe();
      if (hasEnded(run)) throw await this.#ended(what, run);
      return call(this.#chain.handle()).catch(async (error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        throw await this.#ended(what, await this.#describe());
      });
    });
  }

  /** The run while it is open, else its guard: one of the two tries to give back. */
  async #tellWhoTries<T>(what: string, call: (handle: WorkflowHandle) => Promise<T>): Promise<T> {
    return this.#say(what, async () => {
      const run = await this.#describe();
      if (!hasEnded(run)) return call(this.#chain.handle());
      const guard = this.#client.workflow.getHandle(guardOf(this.workflowId, run));
      return call(guard).catch(async (error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        throw await this.#ended(what, run, guard);
      });
    });
  }

  async #ended(what: string, run: WorkflowExecutionDescription, guard?: WorkflowHandle) {
    const report = await this.#lastReport().catch(() => undefined);
    return runEnded(`${what} of ${this.workflowId}`, { run, report, guard });
  }

  async #say<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw serviceFailed(error, `${what} of ${this.workflowId}`);
    }
  }

  #patiently<T>(what: string, patience: Patience, call: () => Promise<T>): Promise<T> {
    return patiently({ what: `${what} of ${this.workflowId}`, clock: this.#clock, call }, patience);
  }
}
