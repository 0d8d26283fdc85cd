// A Temporal server that is away for a while ends no wait: it is looked for again, told once, and for a bounded time.
import type { Clock } from '../domain/clock.js';
import { FlashCopyError } from '../domain/errors.js';
import { WAITS } from '../domain/timing.js';
import { serviceFailed } from './errors.js';

export interface Patience {
  /** Ends the wait, never the run. */
  readonly signal?: AbortSignal | undefined;
  /** Told once for each time that the server is away. */
  readonly onAway?: ((error: FlashCopyError) => void) | undefined;
}

export interface Asked<T> {
  /** For the message, e.g. `result of flashcopy/erp`. */
  readonly what: string;
  readonly clock: Clock;
  readonly call: () => Promise<T>;
}

/** Throws TEMPORAL_UNREACHABLE when the server stays away, and at once whatever else goes wrong. */
export async function patiently<T>(
  { what, clock, call }: Asked<T>,
  { signal, onAway }: Patience = {},
): Promise<T> {
  let since: number | undefined;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const failed = serviceFailed(error, what);
      const away = failed instanceof FlashCopyError && failed.code === 'TEMPORAL_UNREACHABLE';
      if (!away || signal?.aborted) throw failed;
      if (since === undefined) onAway?.(failed);
      since ??= clock.now();
      if (clock.now() - since >= WAITS.serverAway) throw failed;
      await clock.sleep(WAITS.serverLook, signal).catch(() => undefined);
    }
  }
}
