// Trouble of an activity is counted where it happens: nothing of it is written to a history, and a
// worker that dies takes nothing with it but the last beat.
// Promise kept here: what may be repeated is repeated until its patience is over, however often it
// fails; who is to hear of it is called once, and told when it works again.
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Clock } from '../domain/clock.js';
import { errorData, FlashCopyError, type ErrorData } from '../domain/errors.js';
import { ANSWERED_MS, type Patience, type Trouble, troubleAfter } from '../domain/patience.js';
import { WAITS } from '../domain/timing.js';
import { type Attempt, beatNow, currentAttempt } from './attempt.js';
import type { ActivityDependencies } from './dependencies.js';
import { POLLS } from './failure-boundary.js';
import { callOff, callPerson } from './outage-call.js';

type Activities<T> = { readonly [K in keyof T]: (...args: never[]) => Promise<unknown> };
type Body = (order: unknown) => Promise<unknown>;

/** Each activity with the patience its caller gives as second argument; without one the server's retries decide alone. */
export function withPatience<T extends Activities<T>>(
  activities: T,
  deps: ActivityDependencies,
): T {
  const patient = Object.entries<(...args: never[]) => Promise<unknown>>(activities).map(
    ([name, body]) => [
      name,
      (order: unknown, patience?: Patience) =>
        patience === undefined
          ? (body as Body)(order)
          : attempted(deps, patience, { order, body: body as Body }),
    ],
  );
  return Object.fromEntries(patient) as T;
}

interface Work {
  readonly order: unknown;
  readonly body: Body;
}

async function attempted(
  deps: ActivityDependencies,
  patience: Patience,
  { order, body }: Work,
): Promise<unknown> {
  const attempt = currentAttempt(deps.clock.now());
  attempt.repeatable = true;
  try {
    const answer = await body(order);
    await itWorks(deps, attempt, order);
    return answer;
  } catch (error) {
    // Called off, or a word of the user's own code: not for us to count.
    if (error instanceof CancelledFailure || error instanceof ApplicationFailure) throw error;
    const data = errorData(error);
    if (data.retry === 'never') throw patience.insists === true ? again(data) : error;
    if (POLLS.has(data.code)) await itWorks(deps, attempt, order);
    else await itFails(deps, attempt, { order, patience, data });
    throw error;
  }
}

/** Each failure in a workflow would cost eleven events, for ever; here it costs none. */
function again(data: ErrorData): FlashCopyError {
  const { attempt } = Context.current().info;
  const waitMs = WAITS.giveBackRound * 2 ** Math.min(attempt - 1, 10);
  const nextLookMs = Math.min(waitMs, WAITS.giveBackRoundLongest);
  return new FlashCopyError({
    ...data,
    retry: 'after-check',
    details: { ...data.details, nextLookMs },
  });
}

/** A look that found what it could is no trouble. */
async function itWorks(
  deps: ActivityDependencies,
  attempt: Attempt,
  order: unknown,
): Promise<void> {
  const { trouble, ...kept } = attempt.kept;
  if (trouble === undefined) return;
  if (trouble.told === true) await callOff(deps, order);
  attempt.kept = kept;
  beatNow(attempt);
}

interface Failing {
  readonly order: unknown;
  readonly patience: Patience;
  readonly data: ErrorData;
}

/** Throws when the patience is over. */
async function itFails(
  deps: ActivityDependencies,
  attempt: Attempt,
  { order, patience, data }: Failing,
): Promise<void> {
  const trouble = counted(deps.clock, attempt, { patience, data });
  const { callAfterMs = Infinity } = patience;
  if (trouble.ms >= limitMs(patience, data)) throw givenUp(data, trouble);
  const told =
    trouble.told === true ||
    (trouble.ms >= callAfterMs && (await callPerson(deps, { order, data, trouble })));
  attempt.kept = { ...attempt.kept, trouble: told ? { ...trouble, told } : trouble };
  beatNow(attempt);
}

/** An outage is waited out; a failure that a host reports, or that nobody knows, is not one. */
const limitMs = ({ ms = Infinity }: Patience, { family, code }: ErrorData): number =>
  ms < Infinity && (family === 'host' || code === 'UNEXPECTED') ? Math.min(ms, ANSWERED_MS) : ms;

function counted(
  clock: Clock,
  { kept, beganAt, workedAt }: Attempt,
  { patience, data }: Pick<Failing, 'patience' | 'data'>,
): Trouble {
  const { attempt } = Context.current().info;
  // Out of time with whatever it did: none of it has led to an end.
  const until = data.code === 'ATTEMPT_OVER' ? beganAt : workedAt;
  const end = { attempt, beganAt, workedAt: until, failedAt: clock.now() };
  return troubleAfter(kept.trouble, end, patience.ms);
}

const givenUp = (data: ErrorData, { ms }: Trouble): FlashCopyError =>
  new FlashCopyError({
    ...data,
    message: `${data.message}; given up after ${Math.round(ms / 60_000)} min in which nothing worked`,
    retry: 'never',
    details: { ...data.details, troubleMs: ms },
  });
