// Sends commands to the array and turns refusals into errors. Reads are repeated a little; changes never are: the caller reads first.
import type { Clock, Randomness } from '../../domain/clock.js';
import { FlashCopyError } from '../../domain/errors.js';
import type { CommandResult, Transport } from '../../transport/transport.js';
import { renderCommand, type SvcCommand } from './command.js';
import { readRefusal } from './errors.js';

export interface Wire {
  /** Standard output of a command without effect. Repeated at most twice after a lost answer or a busy array. */
  read(command: SvcCommand): Promise<string>;
  /** Sends a change once. Throws the array's refusal, or what the transport says of the effect. */
  change(command: SvcCommand): Promise<void>;
}

const READ_TIMEOUT_MS = 30_000;
/** The array runs commands one after another; a change may stand behind others. */
const CHANGE_TIMEOUT_MS = 60_000;
const READ_ATTEMPTS = 3;
const WAIT_MS = 400;
/** Of these a read may be repeated at once; a time-out is not among them: it was long enough already. */
const REPEATABLE = ['UNREACHABLE', 'CHANNEL_LOST', 'ARRAY_BUSY'];

export interface WireOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export function createWire(options: WireOptions): Wire {
  const run = async (command: SvcCommand, timeoutMs: number): Promise<CommandResult> => {
    const line = renderCommand(command);
    const result = await options.transport.run(line, { timeoutMs });
    const refusal = readRefusal(line, result);
    if (refusal !== undefined) throw refusal;
    return result;
  };
  return {
    read: async (command) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return (await run(command, READ_TIMEOUT_MS)).stdout;
        } catch (error) {
          const repeat = error instanceof FlashCopyError && REPEATABLE.includes(error.code);
          if (!repeat || attempt === READ_ATTEMPTS) throw error;
        }
        await options.clock.sleep(waitMs(attempt, options.randomness));
      }
    },
    change: async (command) => {
      await run(command, CHANGE_TIMEOUT_MS);
    },
  };
}

/** Doubled each time, with half of it left to chance: workers that lost one array together do not come back together. */
function waitMs(attempt: number, randomness: Randomness): number {
  const share = parseInt(randomness.token(5).slice(1), 36) / 36 ** 4;
  return WAIT_MS * 2 ** (attempt - 1) * (0.5 + 0.5 * share);
}
