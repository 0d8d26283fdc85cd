// The state of a run as people may see it: changed by the steps, read by the query `report`, shown as current details.
// Promise kept here: the phase search attribute is written on change only; everything else costs no event.
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  type SearchAttributePair,
} from '@temporalio/common';
import { plannedEnd } from '../domain/copy-pace.js';
import type { ErrorData } from '../domain/errors.js';
import type {
  AttemptReport,
  ByHand,
  SnapshotReport,
  CompensationReport,
  MountReport,
  OperatorReport,
  Outcome,
  PauseReport,
  Report,
  StepReport,
  VolumeReport,
} from '../domain/report.js';
import type { Grade } from '../domain/request.js';
import type { Phase, StepName } from '../domain/steps.js';
import { advice } from './advice.js';
import { detailsOf } from './details.js';
import { errorLine, errorOf } from './failure.js';

export type Note = (line: string) => void;

/** After these the volumes are not, or not for sure, what was asked for. */
const DOUBTED: ReadonlySet<string> = new Set([
  ...['GRADE_TOO_LOW', 'COPY_STOPPED', 'COPY_CONTRADICTED', 'FILE_SYSTEM_DAMAGED'],
]);

export class RunReport {
  set = '';
  /** One line: what is copied, from whom, to whom. */
  about = '';
  outcome: Outcome = 'running';
  grade: Grade | undefined;
  verified = false;
  takenAt: string | undefined;
  /** By the plan; 0 where nothing is copied in the background. */
  expectedCopyMs = 0;
  planHash: string | undefined;
  planLines: readonly string[] = [];
  volumes: readonly VolumeReport[] = [];
  error: ErrorData | undefined;
  /** A step said so, whatever the run ended with: an abort that came later does not take the doubt away. */
  doubted = false;
  /** Taken by this run and still there. */
  snapshots: readonly SnapshotReport[] = [];
  readonly warnings: string[] = [];
  readonly mounts: MountReport[] = [];
  readonly compensation: CompensationReport[] = [];
  readonly #steps: StepReport[] = [];
  readonly #pauses = new Map<string, PauseReport>();
  /** Hosts that do not get their I/O back: why, and what a person can do there. */
  readonly #stuck = new Map<string, string>();
  readonly #attempts: AttemptReport[] = [];
  readonly #operator = new Map<string, OperatorReport>();
  /** What the run waits for because of others, and why. */
  readonly #waits = new Map<string, string>();
  #phase: Phase = 'PLANNING';
  #shown: Phase | undefined;

  constructor(private readonly searchAttributes: boolean) {}

  get phase(): Phase {
    return this.#stuck.size > 0 ? 'NEEDS_OPERATOR' : this.#phase;
  }

  get stuckHosts(): readonly string[] {
    return [...this.#stuck.keys()];
  }

  get pauses(): readonly PauseReport[] {
    return [...this.#pauses.values()];
  }

  /** Its pauses are kept apart: what the next attempt sees of a host is its own. */
  attemptFailed(error: ErrorData): void {
    this.#attempts.push({ attempt: this.#attempts.length + 1, error, pauses: this.pauses });
    this.#pauses.clear();
    this.takenAt = undefined;
    this.changed();
  }

  enter(phase: Phase): void {
    this.#phase = phase;
    this.changed();
  }

  stuck(host: string, why: string): void {
    this.#stuck.set(host, why);
    const before = this.#operator.get(host);
    this.#operator.set(host, {
      host,
      since: before?.since ?? now(),
      why,
      told: before?.told ?? [],
    });
    this.changed();
  }

  /** Undefined: it goes on. */
  waitsFor(what: string, why: string | undefined): void {
    if (why === undefined) this.#waits.delete(what);
    else this.#waits.set(what, why);
    this.changed();
  }

  /** Somebody was called for this host. */
  told(host: string, ways: readonly string[]): void {
    this.#amend(host, { told: ways });
  }

  resolved(word: ByHand): void {
    this.#amend(word.host, { resolved: word });
  }

  /** What a person said of this host, if anybody did. */
  resolutionOf(host: string): ByHand | undefined {
    return this.#operator.get(host)?.resolved;
  }

  freed(host: string): void {
    if (!this.#stuck.delete(host)) return;
    if (this.resolutionOf(host) === undefined) this.#amend(host, { givenBackAt: now() });
    this.changed();
  }

  #amend(host: string, change: Partial<OperatorReport>): void {
    const entry = this.#operator.get(host);
    if (entry !== undefined) this.#operator.set(host, { ...entry, ...change });
    this.changed();
  }

  /** The later word on a host wins, but a broken quiesce stays broken. */
  paused(pause: PauseReport): void {
    const before = this.#pauses.get(pause.host);
    this.#pauses.set(pause.host, { ...pause, broken: before?.broken || pause.broken });
    this.changed();
  }

  /** Records a step around its work: running, then done or failed with its error. */
  async step<T>(name: StepName, subject: string, work: (note: Note) => Promise<T>): Promise<T> {
    const at = this.#steps.push({ name, subject, state: 'running', startedAt: now() }) - 1;
    // Never changed in place: a report that was answered keeps what it said.
    const become = (news: Partial<StepReport>) =>
      void (this.#steps[at] = { ...this.#steps[at]!, ...news });
    this.changed();
    try {
      const result = await work((note) => become({ note }));
      become({ state: 'done' });
      return result;
    } catch (error) {
      become({ state: 'failed', note: errorLine(error) });
      this.doubted ||= DOUBTED.has(errorOf(error).code);
      throw error;
    } finally {
      become({ endedAt: now() });
      this.changed();
    }
  }

  /** Removed, or never taken: what is not there has no grade. */
  snapshotGone(name: string): void {
    this.snapshots = this.snapshots.filter((snapshot) => snapshot.name !== name);
    this.grade = undefined;
  }

  skip(name: StepName, subject: string, note: string): void {
    this.#steps.push({ name, subject, state: 'skipped', startedAt: now(), endedAt: now(), note });
  }

  /** Writes search attributes, where the namespace has them. */
  attributes(pairs: SearchAttributePair[]): void {
    if (this.searchAttributes) upsertSearchAttributes(pairs);
  }

  changed(): void {
    if (this.phase !== this.#shown) {
      this.#shown = this.phase;
      this.attributes([{ key: PHASE, value: this.phase }]);
    }
    setCurrentDetails(detailsOf(this.toReport(), this.about));
  }

  #advice(told: Omit<Report, 'advice'>): string[] {
    const waits = [...this.#waits].map(([what, why]) => `waits: ${what}: ${why}`);
    return [...waits, ...advice(told, this.#stuck)];
  }

  toReport(): Report {
    const { workflowId, runId } = workflowInfo();
    const { set, phase, verified, planLines, volumes, grade, takenAt, planHash, error } = this;
    const outcome = this.#stuck.size > 0 ? 'needs-operator' : this.outcome;
    const expectedEnd = plannedEnd(this, this.expectedCopyMs);
    // In the order in which a person reads it in the UI: how it ended, why, what to do; the long lists last.
    const head = {
      ...{ set, outcome, phase, verified },
      ...(grade === undefined ? {} : { grade }),
      ...(takenAt === undefined ? {} : { takenAt }),
      ...(expectedEnd === undefined ? {} : { expectedEnd }),
      ...(this.snapshots.length === 0 ? {} : { snapshots: this.snapshots }),
      ...(error === undefined ? {} : { error }),
      ...(this.warnings.length === 0 ? {} : { warnings: [...this.warnings] }),
      ...(this.#operator.size === 0 ? {} : { operator: [...this.#operator.values()] }),
    };
    const rest = {
      pauses: this.pauses,
      ...(this.#attempts.length === 0 ? {} : { attempts: [...this.#attempts] }),
      mounts: [...this.mounts],
      volumes,
      compensation: [...this.compensation],
      steps: [...this.#steps],
      ...{ workflowId, runId, planLines },
      ...(planHash === undefined ? {} : { planHash }),
    };
    return { ...head, advice: this.#advice({ ...head, ...rest }), ...rest };
  }
}

const PHASE = defineSearchAttributeKey('FlashCopyPhase', SearchAttributeType.KEYWORD);

/** ISO time of the workflow's clock: the task's time, the same on replay. */
export const now = (): string => new Date().toISOString();
