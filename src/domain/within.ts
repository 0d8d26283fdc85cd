// A limit in time on a promise, measured by the Clock port. The loser is left alone: stopping the work is the caller's part.
import type { Clock } from './clock.js';

/** A reason of its own costs a stack trace each time, and nobody reads this one. */
const ENDED = new Error('the work has ended');

/** The work's own result, or `late()` thrown after `ms`. */
export async function within<T>(
  limit: { readonly clock: Clock; readonly ms: number },
  work: Promise<T>,
  late: () => Error,
): Promise<T> {
  const stop = new AbortController();
  const timer = limit.clock.sleep(limit.ms, stop.signal).then(() => {
    throw late();
  });
  try {
    return await Promise.race([work, timer]);
  } finally {
    stop.abort(ENDED);
  }
}
