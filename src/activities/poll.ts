// Waiting by looking: a few looks a second at first, one a second later. A cancel ends it between two looks.
import type { Clock } from '../domain/clock.js';
import { cancellationSignal } from './heartbeat.js';

const FIRST_MS = 200;
const LAST_MS = 1_000;

/** Looks until `look` answers something; it throws when the waiting has no sense any more. */
export async function poll<T>(clock: Clock, look: () => Promise<T | undefined>): Promise<T> {
  const signal = cancellationSignal();
  for (let pauseMs = FIRST_MS; ; pauseMs = Math.min(LAST_MS, pauseMs * 1.5)) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    await clock.sleep(pauseMs, signal);
  }
}
