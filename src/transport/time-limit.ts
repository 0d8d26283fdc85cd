// A limit in time on a promise, measured by the Clock port. The loser is left alone: stopping the work is the caller's part.
import type { Clock } from '../domain/clock.js';

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
    stop.abort();
  }
}

/** Rejects with `reason()` when the signal fires; `forget` ends the watch. Without a signal it never settles. */
export function whenAborted(
  signal: AbortSignal | undefined,
  reason: () => Error,
): { readonly aborted: Promise<never>; forget(): void } {
  let forget = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    if (signal === undefined) return;
    const onAbort = (): void => reject(reason());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    forget = () => signal.removeEventListener('abort', onAbort);
  });
  aborted.catch(() => undefined);
  return { aborted, forget: () => forget() };
}
