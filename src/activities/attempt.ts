// What is known of the attempt that runs: since when, when something last worked, and what it hands
// to the next attempt with its heartbeat.
import { Context } from '@temporalio/activity';
import type { Trouble } from '../domain/patience.js';

/** What a heartbeat carries. */
export interface Kept {
  readonly trouble?: Trouble;
}

export interface Attempt {
  readonly beganAt: number;
  beatenAt: number;
  /** When a port last answered well; `beganAt` before that. */
  workedAt: number;
  over: boolean;
  /** It may be repeated: it ends by itself before its time-out, and as soon as it is called off. */
  repeatable: boolean;
  kept: Kept;
}

const attempts = new WeakMap<Context, Attempt>();

const keptBefore = (details: unknown): Kept =>
  typeof details === 'object' && details !== null ? details : {};

/** Of the context that calls. */
export function currentAttempt(now: number): Attempt {
  const context = Context.current();
  const known = attempts.get(context);
  if (known !== undefined) return known;
  const attempt = {
    ...{ beganAt: now, beatenAt: now, workedAt: now, over: false, repeatable: false },
    kept: keptBefore(context.info.heartbeatDetails),
  };
  attempts.set(context, attempt);
  return attempt;
}

/** Beats with what is kept. */
export function beatNow({ kept }: Attempt): void {
  Context.current().heartbeat(Object.keys(kept).length === 0 ? undefined : kept);
}

/** What the attempts before this one reported; undefined where one of them may have done more than it could report. */
export function reportedBefore<T>(): Partial<T> | undefined {
  const { info } = Context.current();
  const { attempt } = info;
  if (attempt === 1) return {};
  const kept = keptBefore(info.heartbeatDetails);
  return kept.trouble?.attempt === attempt - 1 ? (kept as Partial<T>) : undefined;
}
