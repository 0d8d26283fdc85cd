// Waiting by looking: a few looks a second at first, one a second later. A cancel ends it between two looks.
import type { Clock } from '../domain/clock.js';
import { WAITS } from '../domain/timing.js';
import { cancellationSignal } from './heartbeat.js';

/** Looks until `look` answers something; it throws when the waiting has no sense any more. */
export async function poll<T>(clock: Clock, look: () => Promise<T | undefined>): Promise<T> {
  const signal = cancellationSignal();
  for (let pauseMs: number = WAITS.pollFirst; ; pauseMs = Math.min(WAITS.pollLast, pauseMs * 1.5)) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    await clock.sleep(pauseMs, signal);
  }
}
