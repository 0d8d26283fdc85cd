// One command over one channel, from request to exit status. An answer that is not complete is never a result.
import { StringDecoder } from 'node:string_decoder';
import type { Client, ClientChannel } from 'ssh2';
import type { Clock } from '../../domain/clock.js';
import { channelLost, commandCancelled, commandTimedOut, outputTooLarge } from '../failures.js';
import { within } from '../../domain/within.js';
import { textOf } from '../text.js';
import { whenAborted } from '../time-limit.js';
import type { CommandResult, RunOptions } from '../transport.js';
import { exec } from './exec.js';

export interface CommandPlace {
  readonly address: string;
  readonly clock: Clock;
  readonly maxOutputBytes: number;
}

type Ending = Omit<CommandResult, 'durationMs'>;

/** Errors: see the port. Whatever ends the wait early closes the channel. */
export async function runCommand(
  client: Client,
  at: CommandPlace,
  order: { readonly line: string; readonly options: RunOptions },
): Promise<CommandResult> {
  const { line, options } = order;
  if (options.signal?.aborted === true)
    throw commandCancelled(at.address, false, options.signal.reason);
  const from = at.clock.now();
  let given: ClientChannel | undefined;
  let gaveUp = false;
  const running = exec(client, { address: at.address, line }, (channel) => {
    given = channel;
    if (gaveUp) channel.close();
    return collect(channel, at, options);
  });
  const watch = whenAborted(options.signal, () =>
    commandCancelled(at.address, true, options.signal?.reason),
  );
  try {
    const late = (): Error => commandTimedOut(at.address, options.timeoutMs);
    const ending = await within(
      { clock: at.clock, ms: options.timeoutMs },
      Promise.race([running, watch.aborted]),
      late,
    );
    return { ...ending, durationMs: at.clock.now() - from };
  } catch (error) {
    gaveUp = true;
    given?.close();
    throw error;
  } finally {
    watch.forget();
  }
}

function collect(channel: ClientChannel, at: CommandPlace, options: RunOptions): Promise<Ending> {
  return new Promise((resolve, reject) => {
    let exit: { readonly code: number | undefined } | undefined;
    let room = at.maxOutputBytes;
    const take = (chunk: Buffer): void => {
      room -= chunk.length;
      if (room < 0) reject(outputTooLarge(at.address, at.maxOutputBytes));
    };
    const stdout = readText(channel, take, options.onStdout);
    const stderr = readText(channel.stderr, take);
    channel.on('error', (error: Error) => reject(channelLost(at.address, error.message)));
    channel.on('exit', (code: number | null) => (exit = { code: code ?? undefined }));
    let open = 2;
    const closed = (): void => {
      if (--open > 0) return;
      if (exit === undefined)
        reject(channelLost(at.address, 'the connection ended before the exit status came'));
      else resolve({ exitCode: exit.code, stdout: stdout(), stderr: stderr() });
    };
    channel.on('close', closed);
    channel.stderr.on('close', closed);
    channel.end(options.input ?? '');
  });
}

/** Piece by piece for who looks on, decoded over chunk borders; the whole in the end. */
function readText(
  stream: NodeJS.ReadableStream,
  take: (chunk: Buffer) => void,
  onText?: (text: string) => void,
): () => string {
  const decoder = new StringDecoder('utf8');
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    take(chunk);
    chunks.push(chunk);
    onText?.(decoder.write(chunk));
  });
  return () => textOf(chunks);
}
