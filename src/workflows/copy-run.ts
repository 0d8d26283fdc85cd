// One run as its steps see it: request, plan, groups under their present names, report, undo stack.
// Promise kept here: a step that comes too early fails with STEP_ORDER instead of acting on nothing.
import { CancellationScope, uuid4, workflowInfo } from '@temporalio/workflow';
import type { LedgerRef, RunRef } from '../activities/contract.js';
import type { PointInTimeResult } from '../domain/point-in-time.js';
import { aboutRequest } from '../domain/about.js';
import { TOKEN_LENGTH } from '../domain/names.js';
import type { Plan, PlannedGroup } from '../domain/plan.js';
import type { FlashCopyRequest } from '../domain/request.js';
import { Saying } from './call-operator.js';
import { UndoStack, type Forget } from './compensation.js';
import type { GiveBackHand } from './give-back.js';
import { GuardLink } from './guard-link.js';
import type { Insisted } from './insist.js';
import { RunReport } from './report.js';
import { outOfOrder, StepOrder } from './step-order.js';

/** A planned group and what this run did to it. */
export interface RunGroup {
  readonly planned: PlannedGroup;
  /** Its present name; a fence gives a new one. */
  name: string;
  /** True from the moment prepare may have been sent: target data is void. */
  prepareTried: boolean;
  /** A prepare under its present name may still come: it gets another one before the point in time. */
  prepareUnheard: boolean;
  /** Mappings of the plan that were made again by the step `ensure`. */
  remade: readonly string[];
  /** Nothing has to be stopped before prepare, as the step `ensure` saw it. */
  preparable: boolean;
  /** start_time of each mapping before this run's start. */
  startTimesBefore: readonly string[];
}

/** Brings a group out of preparing and prepared; forgotten once no step needs it. */
export interface Unprepare {
  readonly now: () => Promise<unknown>;
  readonly forget: Forget;
}

export class CopyRun {
  readonly workflowId = workflowInfo().workflowId;
  /** A reset run keeps its first run id: it is the same holder of locks, and finds the same guard. */
  readonly firstRunId = workflowInfo().firstExecutionRunId;
  readonly holder = `${this.workflowId}/${this.firstRunId}`;
  readonly report: RunReport;
  readonly undo: UndoStack;
  readonly guard: GuardLink;
  readonly order = new StepOrder();
  /** Holds the whole procedure: cancelled by Temporal or by the update `abort`. */
  readonly scope = new CancellationScope();
  /** Running give backs by host: where a person reaches in. */
  readonly givingBack = new Map<string, GiveBackHand>();
  /** Hosts whose take-down still runs: nobody gives back beside it. */
  readonly takingDown = new Map<string, Promise<unknown>>();
  /** Target hosts that have let go for sure, and have found nothing again yet. */
  readonly letGo = new Set<string>();
  /** The undo that lets go of a target host, by host. */
  readonly hostUnlocks = new Map<string, Forget>();
  /** Names under which a group may still be preparing or prepared. */
  readonly maybePrepared = new Map<string, Unprepare>();
  /** Array -> id of its system, once it is locked. */
  readonly systems = new Map<string, string>();
  /** From here on nothing is undone any more: the copy stays. */
  retained = false;
  /** What people are being told, and nobody waits for until the end. */
  readonly saying = new Saying();
  /** The procedure is over, one way or the other: nothing can be asked of it any more. */
  ending = false;
  /** A step of the user's own, while every source is unmounted. */
  inPause: () => Promise<void> = () => Promise.resolve();
  abortReason: string | undefined;
  groups: readonly RunGroup[] = [];
  /** What the start saw; undefined when it never answered. */
  cut: PointInTimeResult | undefined;
  preparedSince: number | undefined;
  /** The how-manieth try at the point in time this is, and whether another may follow. */
  attempt = 1;
  lastAttempt = true;
  /** False once an after-nonce could not be written: `verified` would then prove nothing. */
  markedAfter = true;
  #request: FlashCopyRequest | undefined;
  #plan: Plan | undefined;

  constructor(searchAttributes: boolean) {
    this.report = new RunReport(searchAttributes);
    this.undo = new UndoStack((entry) => {
      this.report.compensation.push(entry);
      this.report.changed();
    });
    this.guard = new GuardLink(this);
  }

  get request(): FlashCopyRequest {
    return this.#request ?? tooEarly('validate');
  }

  set request(request: FlashCopyRequest) {
    this.#request = request;
    this.report.set = request.name;
    this.report.about = aboutRequest(request);
  }

  get plan(): Plan {
    return this.#plan ?? tooEarly('plan');
  }

  set plan(plan: Plan) {
    this.#plan = plan;
    this.report.planHash = plan.hash;
    this.report.planLines = plan.lines;
    this.report.expectedCopyMs = Math.max(
      0,
      ...plan.groups.map(({ expectedCopyMs = 0 }) => expectedCopyMs),
    );
    this.groups = plan.groups.map((planned) => ({
      planned,
      name: planned.name,
      prepareTried: false,
      prepareUnheard: false,
      remade: [],
      preparable: false,
      startTimesBefore: [],
    }));
  }

  get hasPlan(): boolean {
    return this.#plan !== undefined;
  }

  /** Trouble that is waited out before the point in time, as `perform` takes it. */
  get within(): { readonly troubleMs: number } {
    return { troubleMs: this.request.withinMs };
  }

  /** Arrays of the request in sorted order: the order in which they are locked. */
  get arrays(): readonly string[] {
    return [...new Set(this.request.groups.map((group) => group.array))].sort();
  }

  /** Once there is a plan. */
  get targetHosts(): readonly string[] {
    return this.plan.targets.map(({ host }) => host);
  }

  /** Names the locks too: whoever destroys asks whether this run still holds them. */
  get ref(): RunRef {
    const { set, token } = this.plan;
    return { set, run: `${set}-${token}`, locks: this.locks };
  }

  get locks(): NonNullable<RunRef['locks']> {
    return { holder: this.holder, systems: Object.fromEntries(this.systems) };
  }

  ledgerOf(array: string): LedgerRef {
    const system = this.systems.get(array);
    return system === undefined ? { array } : { array, system };
  }

  /** For `insist`. */
  insisted(about: string): Insisted {
    const set = this.request.name;
    const run = this.hasPlan ? this.ref.run : '';
    return {
      message: { set, run, host: '' },
      show: (why) => this.report.waitsFor(about, why),
    };
  }

  /** Names holders and marks of this attempt: what comes late of one before it is refused, or gives back nothing of this one. */
  get holdRef(): RunRef {
    const { run, ...rest } = this.ref;
    return { ...rest, run: this.attempt === 1 ? run : `${run}-${this.attempt}` };
  }
}

/** Six letters and digits, a letter first, from the workflow's own replayable chance. */
export function drawToken(): string {
  const hex = uuid4().replaceAll('-', '');
  return 'abcdefghijklmnop'.charAt(parseInt(hex.charAt(0), 16)) + hex.slice(16, 15 + TOKEN_LENGTH);
}

function tooEarly(missing: string): never {
  throw outOfOrder('this step', [missing]);
}
