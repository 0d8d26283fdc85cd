// The transport port over a function: a simulator or a model host in the same process, with the same limits and the same kinds of error.
import type { Clock } from '../../domain/clock.js';
import { FlashCopyError } from '../../domain/errors.js';
import { channelLost, commandCancelled, commandTimedOut, unreachable } from '../failures.js';
import { within } from '../../domain/within.js';
import { whenAborted } from '../time-limit.js';
import type { CommandResult, LineChannel, RunOptions, Session, Transport } from '../transport.js';

export interface InProcessOptions {
  /** For people. */
  readonly address: string;
  readonly clock: Clock;
  /**
   * Runs one line. `emit` shows standard output before the end; what is emitted must be the beginning of the `stdout` answered.
   * A FlashCopyError goes to the caller as it is; any other error counts as a lost answer (CHANNEL_LOST, unknown).
   */
  readonly run: (
    line: string,
    input: string,
    emit: (stdout: string) => void,
  ) => Promise<Omit<CommandResult, 'durationMs'>>;
  /** Serves commands that talk in lines; without it they are UNREACHABLE. */
  readonly openLines?: (line: string) => Promise<LineChannel>;
}

export function createInProcessTransport(options: InProcessOptions): Transport {
  let closed = false;
  const checkOpen = (): void => {
    if (closed) throw unreachable(options.address, 'this transport is closed');
  };
  const run = async (line: string, limits: RunOptions): Promise<CommandResult> => {
    checkOpen();
    return runLine(options, line, limits);
  };
  const openLines = async (line: string): Promise<LineChannel> => {
    checkOpen();
    if (options.openLines === undefined)
      throw unreachable(options.address, 'no command here talks in lines');
    return options.openLines(line);
  };
  const reserve = (): Promise<Session> =>
    Promise.resolve(createSession(options.address, run, openLines));
  return {
    address: options.address,
    run,
    reserve: async () => {
      checkOpen();
      return reserve();
    },
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
}

async function runLine(
  at: InProcessOptions,
  line: string,
  limits: RunOptions,
): Promise<CommandResult> {
  const { address, clock } = at;
  const { signal, timeoutMs } = limits;
  if (signal?.aborted === true) throw commandCancelled(address, false, signal.reason);
  const from = clock.now();
  let shown = '';
  const emit = (text: string): void => {
    shown += text;
    limits.onStdout?.(text);
  };
  const watch = whenAborted(signal, () => commandCancelled(address, true, signal?.reason));
  try {
    const late = (): Error => commandTimedOut(address, timeoutMs);
    const work = Promise.race([at.run(line, limits.input ?? '', emit), watch.aborted]);
    const result = await within({ clock, ms: timeoutMs }, work, late);
    if (result.stdout.length > shown.length) emit(result.stdout.slice(shown.length));
    return { ...result, durationMs: clock.now() - from };
  } catch (error) {
    if (error instanceof FlashCopyError) throw error;
    throw channelLost(address, error instanceof Error ? error.message : String(error));
  } finally {
    watch.forget();
  }
}

function createSession(
  address: string,
  run: Session['run'],
  openLines: (line: string) => Promise<LineChannel>,
): Session {
  const channels = new Set<LineChannel>();
  let released = false;
  const checkHeld = (): void => {
    if (released) throw unreachable(address, 'this session was released');
  };
  return {
    run: async (line, options) => {
      checkHeld();
      return run(line, options);
    },
    openLines: async (line) => {
      checkHeld();
      const channel = await openLines(line);
      channels.add(channel);
      return channel;
    },
    release: () => {
      released = true;
      for (const channel of channels) channel.close();
    },
  };
}
