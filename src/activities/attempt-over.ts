// An attempt the server has given up touches nothing more: a process that was stopped and goes on must not act beside its successor.
// Judged by the attempt's own clock, for a stopped process heard nothing: its time-out has passed, or it was silent longer than its heartbeat allows.
import { Context } from '@temporalio/activity';
import type { Clock } from '../domain/clock.js';
import { FlashCopyError } from '../domain/errors.js';
import { inside } from '../domain/timing.js';
import { type Attempt, currentAttempt } from './attempt.js';
import type { ActivityDependencies } from './dependencies.js';

/** Looks at the clock; once over, an attempt stays so. */
function look(clock: Clock): Attempt {
  const { info } = Context.current();
  const now = clock.now();
  const attempt = currentAttempt(now);
  // A real server says 0 where none is set, not undefined.
  const timeOutMs = info.startToCloseTimeoutMs || Infinity;
  const silenceMs = info.heartbeatTimeoutMs || Infinity;
  // What may be repeated says so itself before its time is over: the server would count nothing.
  const most = attempt.repeatable ? inside(timeOutMs) : timeOutMs;
  attempt.over ||= now - attempt.beganAt > most || now - attempt.beatenAt > silenceMs;
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

const ignore = (): void => undefined;

function guarded<T extends object>(port: T, clock: Clock): T {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (key === 'source' || key === 'target') return guarded(value as object, clock);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const attempt = look(clock);
        if (attempt.over) refuse();
        // Called off: nothing more is begun, and nobody waits for what may be repeated.
        if (attempt.repeatable) Context.current().cancellationSignal.throwIfAborted();
        const answer = (value as (...given: unknown[]) => unknown).apply(target, args);
        if (answer instanceof Promise)
          void answer.then(() => (attempt.workedAt = clock.now()), ignore);
        return answer;
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
