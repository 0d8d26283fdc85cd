// Steps of your own around a copy, at places whose order is ours.
// Promise kept here: an undo is registered before its step, and carried out after the give back;
// what runs in the pause is given up in time, and the give back does not wait for it.
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { FlashCopyError } from '../domain/errors.js';
import type { Plan } from '../domain/plan.js';
import type { Report } from '../domain/report.js';
import { inPauseMs } from '../domain/timing.js';
import { HOOK } from './advice.js';
import type { CopyRun } from './copy-run.js';
import { errorLine, errorOf } from './failure.js';
import type { FlashCopyInput } from './messages.js';

/** What a step of your own is told. Nothing in it acts on the copy. */
export interface HookContext<Input> {
  /** What the workflow was started with. */
  readonly input: Input;
  /** As the query `report` answers it now. */
  readonly report: Report;
  /** Undefined where a run failed before it had one. */
  readonly plan: Plan | undefined;
}

export type HookStep<Input> = (context: HookContext<Input>) => Promise<unknown>;

/** A step, or a step and what undoes it when the run fails or is cancelled later. Both have to bear a repeat. */
export type Hook<Input> =
  HookStep<Input> | { readonly run: HookStep<Input>; readonly undo?: HookStep<Input> };

/** In this order. What is not named is left out. */
export interface FlashCopyHooks<Input = FlashCopyInput> {
  /** Once, before the sources are flushed: whatever may take long. */
  readonly beforePause?: Hook<Input>;
  /**
   * While every source is unmounted, before the start; in each attempt. At most a third of the
   * shortest `maxOutage`, then the attempt fails. Refused where a source is not unmounted: the pause
   * of the method `quiesce` is one activity, in which nothing else can run.
   */
  readonly inPause?: Hook<Input>;
  /** The point in time is taken, and every source has its I/O. */
  readonly afterGiveBack?: Hook<Input>;
  /** The copy is mounted and verified on every target host; the array may still be copying. */
  readonly onMounted?: Hook<Input>;
  /** The run has failed or was cancelled; everything is undone, and the report is its last one. */
  readonly onFailed?: HookStep<Input>;
}

type Place = Exclude<keyof FlashCopyHooks, 'onFailed'>;

export class Hooks<Input> {
  constructor(
    private readonly hooks: FlashCopyHooks<Input>,
    private readonly input: Input,
  ) {}

  /** Throws IN_PAUSE_NEEDS_UNMOUNT before anything is touched. */
  check({ request: { sources } }: CopyRun): void {
    if (this.hooks.inPause === undefined) return;
    const others = sources.filter(({ method }) => method !== 'unmount');
    if (sources.length > 0 && others.length === 0) return;
    const why = others.map(({ host, method }) => `${host} has method ${method}`).join(', ');
    throw new FlashCopyError({
      family: 'request',
      code: 'IN_PAUSE_NEEDS_UNMOUNT',
      message: `sources: ${why || 'there are none'}; inPause needs method unmount on every source: use beforePause and afterGiveBack, or that method`,
      details: { hosts: others.map(({ host }) => host) },
    });
  }

  async at(place: Place, copy: CopyRun): Promise<void> {
    const hook = this.hooks[place];
    if (hook === undefined) return;
    const { run, undo } = typeof hook === 'function' ? { run: hook } : hook;
    const begun: { running?: Promise<unknown> } = {};
    if (undo !== undefined)
      copy.undo.register({
        what: `${HOOK}${place}`,
        own: true,
        run: async () => {
          await begun.running?.catch(() => undefined);
          await undo(this.#contextOf(copy));
          return undefined;
        },
      });
    begun.running = (async () => run(this.#contextOf(copy)))();
    begun.running.catch(() => undefined);
    await begun.running.catch((error: unknown) => failed(place, error));
  }

  /** Not later than its time, whatever the step does with a cancel. */
  async inPause(copy: CopyRun): Promise<void> {
    if (this.hooks.inPause === undefined) return;
    const ms = inPauseMs(copy.plan.sources);
    const scope = new CancellationScope();
    const limit = scope
      .run(() => sleep(ms, { summary: 'what inPause may take' }))
      .then(tooLong(ms));
    const step = scope.run(() => this.at('inPause', copy));
    for (const each of [limit, step]) each.catch(() => undefined);
    try {
      await Promise.race([step, limit]);
    } finally {
      scope.cancel();
    }
  }

  /** Never fails the run, which has failed already. */
  async onFailed(copy: CopyRun): Promise<void> {
    try {
      await this.hooks.onFailed?.(this.#contextOf(copy));
    } catch (error) {
      copy.report.compensation.push({ what: `${HOOK}onFailed`, ok: false, note: errorLine(error) });
    }
  }

  #contextOf(copy: CopyRun): HookContext<Input> {
    const plan = copy.hasPlan ? copy.plan : undefined;
    return { input: this.input, report: copy.report.toReport(), plan };
  }
}

function failed(place: Place, error: unknown): never {
  if (isCancellation(error)) throw error;
  const data = errorOf(error);
  throw new FlashCopyError({ ...data, message: `${place}: ${data.message}` });
}

const tooLong = (ms: number) => (): never => {
  throw new FlashCopyError({
    family: 'copy',
    code: 'IN_PAUSE_TOO_LONG',
    message: `inPause took more than ${Math.round(ms / 1000)} s: the sources stand still meanwhile`,
    retry: 'safe',
  });
};
