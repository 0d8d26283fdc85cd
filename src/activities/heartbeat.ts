// Heartbeats while something long runs: they carry progress out and the wish to cancel in.
import { Context, type Info } from '@temporalio/activity';
import type { Clock } from '../domain/clock.js';
import { BEATS } from '../domain/timing.js';
import type { Looking } from '../host/host.js';
import { beatNow, currentAttempt } from './attempt.js';
import { noteBeat } from './attempt-over.js';

export interface Beat {
  /** Shown in the UI, and given to the next attempt. */
  report(details: object): void;
  /** Beats now and lets a full interval pass before the next: nothing beats inside a short pause. */
  restart(): void;
}

/** One for all: a reason made anew costs a stack trace at the end of every activity. */
const ENDED = new Error('the activity has ended');

const intervalMs = (info: Info): number =>
  Math.min(
    BEATS.longest,
    Math.max(BEATS.shortest, (info.heartbeatTimeoutMs ?? 3 * BEATS.longest) / 3),
  );

/** The signal of a cancel, a pause or a worker that ends; its reason is a CancelledFailure. */
export const cancellationSignal = (): AbortSignal => Context.current().cancellationSignal;

/** How a host's long work is looked at. A worker that ends, or an attempt that was given up, is followed by another; a cancel is not. */
export const looking = (): Looking => {
  const context = Context.current();
  return {
    signal: context.cancellationSignal,
    unwanted: () => context.cancellationDetails?.cancelRequested === true,
  };
};

/** Runs `work` to its end with heartbeats beside it. It is never cut off: work that may stop early looks at `cancellationSignal`. */
export async function whileBeating<T>(clock: Clock, work: (beat: Beat) => Promise<T>): Promise<T> {
  const context = Context.current();
  const interval = intervalMs(context.info);
  const ended = new AbortController();
  const attempt = currentAttempt(clock.now());
  let last = 0;
  const restart = () => {
    beatNow(attempt);
    noteBeat(clock);
    last = clock.now();
  };
  const report = (news: object) => {
    const { trouble } = attempt.kept;
    attempt.kept = { ...news, ...(trouble === undefined ? {} : { trouble }) };
    restart();
  };
  const beating = async () => {
    while (!ended.signal.aborted) {
      await clock.sleep(Math.max(1, last + interval - clock.now()), ended.signal);
      if (clock.now() - last >= interval) restart();
    }
  };
  restart();
  void beating().catch(() => undefined);
  try {
    return await work({ report, restart });
  } finally {
    ended.abort(ENDED);
  }
}
