// The wire as the array client sees it: typed commands out, rows or refusals in; CLI or REST behind it makes no difference.
// Promise: reads are repeated a little; changes never are: the caller reads first.
import type { Clock, Randomness } from '../../domain/clock.js';
import { FlashCopyError } from '../../domain/errors.js';
import { READ_ATTEMPTS, WAITS } from '../../domain/timing.js';
import type { StartSession } from '../array.js';
import type { SvcCommand } from './command.js';
import type { Row } from './row.js';

export interface Wire {
  /** A listing; no objects is an empty list. Repeated at most twice after a lost answer or a busy array. */
  list(command: SvcCommand): Promise<Row[]>;
  /** A detailed view, repeated like a listing. */
  show(command: SvcCommand): Promise<Row>;
  /**
   * Sends a change once. Throws the array's refusal, or what the transport says of the effect.
   * Answers the warnings that stood in the place of success: carried out, and worth a read.
   */
  change(command: SvcCommand): Promise<readonly string[]>;
  /** A tested connection of its own for one start; urgent: nobody who only reads may stand before it. */
  reserveStart(timeoutMs: number): Promise<StartSession>;
  close(): Promise<void>;
}

export interface Ports {
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** Of these a read may be repeated at once; a time-out is not among them: it was long enough already. */
const REPEATABLE = ['UNREACHABLE', 'CHANNEL_LOST', 'ARRAY_BUSY'];

export async function repeatRead<T>(
  read: () => Promise<T>,
  { clock, randomness }: Ports,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      const repeat = error instanceof FlashCopyError && REPEATABLE.includes(error.code);
      if (!repeat || attempt === READ_ATTEMPTS) throw error;
    }
    await clock.sleep(waitMs(attempt, randomness));
  }
}

/** Doubled each time, with half of it left to chance: workers that lost one array together do not come back together. */
function waitMs(attempt: number, randomness: Randomness): number {
  const share = parseInt(randomness.token(5).slice(1), 36) / 36 ** 4;
  return WAITS.readAgain * 2 ** (attempt - 1) * (0.5 + 0.5 * share);
}
