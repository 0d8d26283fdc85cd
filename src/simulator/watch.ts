// Where hosts write past the array its time must pass by itself: a policy's snapshot is taken when it is due, not when somebody looks next.
import type { Clock } from '../domain/clock.js';
import { policiesDue } from './flashcopy/policy-snapshots.js';
import type { SimulatedSystem } from './system.js';

const LOOK_MS = 1000;

export interface Watch {
  /** Resolves when it does nothing any more. */
  stop(): Promise<void>;
}

/** Looks every second. What fails is told to `warn`, and tried again at the policy's next time. */
export function watchPolicies(
  system: Pick<SimulatedSystem, 'state' | 'passTime'>,
  clock: Clock,
  warn: (message: string) => void = () => undefined,
): Watch {
  const ended = new AbortController();
  const look = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      if (policiesDue(system.state, clock.now()))
        await system.passTime().catch((error: unknown) => {
          warn(`snapshot policies: ${String(error)}`);
        });
      await clock.sleep(LOOK_MS, ended.signal).catch(() => undefined);
    }
  };
  const looking = look();
  return {
    stop: () => {
      ended.abort();
      return looking;
    },
  };
}
