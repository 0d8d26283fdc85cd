// Quiesce, start, attest, thaw: the only code that runs while sources stand still. Promise: whatever fails, every host is thawed at once.
// Nothing here logs, waits for Temporal, or does what could be done before or after.
import type { StartAnswer } from '../array/array.js';
import type { Clock } from '../domain/clock.js';
import { type ErrorData, errorData, FlashCopyError } from '../domain/errors.js';
import type { PauseReport } from '../domain/report.js';
import { COMMANDS, MARGINS, WAITS } from '../domain/timing.js';
import { within } from '../domain/within.js';
import type { ArmedQuiesce } from '../host/host.js';
import type { GroupRef } from './contract.js';
import type { GroupStart, PointInTimeResult } from '../domain/point-in-time.js';

export interface ArmedHost {
  readonly host: string;
  readonly hold: ArmedQuiesce;
}

export interface ReservedStart extends GroupRef {
  /** Reads and starts on a session of its own; never throws for what the array answers. */
  send(timeoutMs: number): Promise<StartAnswer>;
  /** What must be read right before: only then nobody else can have been first. */
  readonly readyWhen: string;
  /** Reads whether it took effect. Absent where no read can tell. */
  readonly inEffect?: () => Promise<boolean>;
  release(): void;
}

export interface CriticalSection {
  readonly clock: Clock;
  readonly armed: readonly ArmedHost[];
  readonly starts: readonly ReservedStart[];
  /** ms from the first quiesce after which no start is sent. */
  readonly budgetMs: number;
  /** When every command must have been answered: the activity itself ends soon after. */
  readonly untilMs: number;
}

const notSent = ({ array, group }: GroupRef): GroupStart => ({
  ...{ array, group, preparedRead: false, started: 'not-done', code: 'NOT_SENT' },
  ...{ message: 'start was not sent', durationMs: 0 },
});

type Sent = GroupStart & Pick<StartAnswer, 'unheard'>;

async function start(reserved: ReservedStart, timeoutMs: number): Promise<Sent> {
  const { array, group, readyWhen } = reserved;
  const answer = await reserved.send(timeoutMs).catch((error: unknown): StartAnswer => {
    const { code, message, outcome } = errorData(error);
    // Only a failure that is known to come before sending is `not-done`; `done` needs the array's own answer.
    const started = outcome === 'not-done' ? 'not-done' : 'unknown';
    return { stateRead: '', started, code, message, durationMs: 0 };
  });
  const { stateRead, ...rest } = answer;
  return { array, group, preparedRead: stateRead === readyWhen, ...rest };
}

/**
 * A start whose answer was lost counts only if it is seen to be in effect now, before anybody is given back: what is read later may have come later.
 * Where all were answered, or one cannot count any more, nothing is read: the pause is not a millisecond longer.
 */
async function heard(
  { clock, starts }: CriticalSection,
  sent: readonly Sent[],
  untilMs: number,
): Promise<GroupStart[]> {
  const counts = ({ started, preparedRead, unheard }: Sent): boolean =>
    preparedRead && (started === 'done' || unheard === true);
  const limitMs = Math.min(untilMs, clock.now() + COMMANDS.arrayStartSeen);
  const found = sent.every(counts)
    ? await Promise.all(
        sent.map(
          async ({ started }, at) => started !== 'done' && seen(clock, starts[at]!, limitMs),
        ),
      )
    : [];
  return sent.map((answer, at) =>
    found[at] === true ? { ...answer, started: 'done', seenInEffect: true } : answer,
  );
}

async function seen(clock: Clock, { inEffect }: ReservedStart, untilMs: number): Promise<boolean> {
  if (inEffect === undefined) return false;
  for (;;) {
    const ms = untilMs - clock.now();
    if (ms <= 0) return false;
    const late = (): Error => new Error(`not read within ${ms} ms`);
    if (await within({ clock, ms }, inEffect(), late).catch(() => false)) return true;
    await clock.sleep(Math.min(WAITS.readAgain, Math.max(0, untilMs - clock.now())));
  }
}

/** Never throws: a thaw without an answer is a broken quiesce, and the holder thaws when its channel closes. */
async function thaw(
  { host, hold }: ArmedHost,
  { clock, untilMs }: CriticalSection,
  beganAt: number,
): Promise<PauseReport> {
  try {
    return await hold.attestAndThaw(Math.max(MARGINS.leastPause, untilMs - clock.now()));
  } catch (error) {
    const givenBackAt = clock.now();
    const broken = `no answer to the thaw (times are the worker's): ${errorData(error).message}`;
    return {
      ...{ host, method: 'quiesce', beganAt, quiescedAt: beganAt, givenBackAt },
      ...{ pauseMs: givenBackAt - beganAt, broken },
    };
  } finally {
    hold.close();
  }
}

/** A host still busy with its quiesce is told by the end of its channel, for a thaw would wait behind the quiesce. */
async function answeredSoon(
  one: ArmedHost,
  quiesce: Promise<void> | undefined,
  clock: Clock,
): Promise<void> {
  const waiting = new AbortController();
  const answered = Promise.resolve(quiesce).catch(() => undefined);
  const tooLong = clock.sleep(WAITS.quiesceAnswers, waiting.signal).then(
    () => one.hold.close(),
    () => undefined,
  );
  await Promise.race([answered, tooLong]);
  waiting.abort();
}

function overdue(budgetMs: number, elapsedMs: number): FlashCopyError {
  return new FlashCopyError({
    family: 'host',
    code: 'PAUSE_EXCEEDED',
    message: `quiescing took ${elapsedMs} ms of ${budgetMs} ms: start was not sent`,
    details: { budgetMs, elapsedMs },
  });
}

function startError(starts: readonly GroupStart[]): ErrorData | undefined {
  const failed =
    starts.find(({ started }) => started === 'unknown') ??
    starts.find((one) => one.started !== 'done');
  if (failed === undefined) return undefined;
  const { array, group, code, message } = failed;
  const unknown = failed.started === 'unknown';
  return {
    family: 'array',
    code: unknown ? 'START_UNKNOWN' : 'START_FAILED',
    message: `start of ${group} on ${array}: ${code} ${message}`.trim(),
    outcome: unknown ? 'unknown' : 'not-done',
    retry: unknown ? 'after-check' : 'never',
    details: { array, group, code },
  };
}

/** Answers always. A host that refuses ends it: each other host is thawed as soon as its own quiesce has answered (1 s at most), and no start is sent. */
export async function runCriticalSection(section: CriticalSection): Promise<PointInTimeResult> {
  const { clock, armed, budgetMs } = section;
  const beganAt = clock.now();
  const quiesces = armed.map(async ({ hold }) => hold.quiesce(budgetMs));
  let starts = section.starts.map(notSent);
  let error: ErrorData | undefined;
  try {
    await Promise.all(quiesces);
    const elapsedMs = clock.now() - beganAt;
    if (elapsedMs >= budgetMs) throw overdue(budgetMs, elapsedMs);
    const sent = await Promise.all(section.starts.map((one) => start(one, budgetMs - elapsedMs)));
    starts = await heard(section, sent, beganAt + budgetMs);
  } catch (failure) {
    error = errorData(failure);
  }
  const pauses = await Promise.all(
    armed.map(async (one, index) => {
      await answeredSoon(one, quiesces[index], clock);
      return thaw(one, section, beganAt);
    }),
  );
  const first = error ?? startError(starts);
  const attestations = pauses.map(({ host, broken }) => ({ host, broken }));
  return { starts, pauses, attestations, ...(first === undefined ? {} : { error: first }) };
}

/** What is answered when a start could not even be tried. */
export const notStarted = (groups: readonly GroupRef[], error: ErrorData): PointInTimeResult => ({
  starts: groups.map(notSent),
  pauses: [],
  attestations: [],
  error,
});
