// An attempt the server has given up touches nothing more: a process that was stopped and goes on must not act beside its successor.
// Judged by the attempt's own clock, for a stopped process heard nothing: its time-out has passed, or it was silent longer than its heartbeat allows.
import { Context } from '@temporalio/activity';
import type { Clock } from '../domain/clock.js';
import { FlashCopyError } from '../domain/errors.js';
import type { ActivityDependencies } from './dependencies.js';

interface Attempt {
  readonly beganAt: number;
  beatenAt: number;
  over: boolean;
}

const attempts = new WeakMap<Context, Attempt>();

function attemptOf(context: Context, now: number): Attempt {
  const known = attempts.get(context);
  if (known !== undefined) return known;
  const attempt = { beganAt: now, beatenAt: now, over: false };
  attempts.set(context, attempt);
  return attempt;
}

/** Looks at the clock; once over, an attempt stays so. */
function look(clock: Clock): Attempt {
  const { info } = Context.current();
  // A real server says 0 where none is set, not undefined.
  const timeOutMs = info.startToCloseTimeoutMs || Infinity;
  const silenceMs = info.heartbeatTimeoutMs || Infinity;
  const now = clock.now();
  const attempt = attemptOf(Context.current(), now);
  attempt.over ||= now - attempt.beganAt > timeOutMs || now - attempt.beatenAt > silenceMs;
  return attempt;
}

/** To be called with every heartbeat. */
export function noteBeat(clock: Clock): void {
  look(clock).beatenAt = clock.now();
}

function refuse(): never {
  const { activityType, attempt } = Context.current().info;
  throw new FlashCopyError({
    family: 'state',
    code: 'ATTEMPT_OVER',
    message: `attempt ${attempt} of ${activityType} is over: this worker was silent for too long, another attempt has taken its place`,
    retry: 'after-check',
  });
}

function guarded<T extends object>(port: T, clock: Clock): T {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (key === 'source' || key === 'target') return guarded(value as object, clock);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (look(clock).over) refuse();
        return (value as (...given: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

/** Ports that refuse (ATTEMPT_OVER, nothing was sent) once the attempt that calls them is over. */
export function forCurrentAttempts(deps: ActivityDependencies): ActivityDependencies {
  const { arrays, hosts, ledger, clock } = deps;
  return {
    ...deps,
    arrays: (name) => guarded(arrays(name), clock),
    hosts: (name) => guarded(hosts(name), clock),
    ledger: guarded(ledger, clock),
  };
}
