// A command that talks in lines over its own channel; its standard input stays open until `close`, which is how the far side learns of our end.
import type { Client, ClientChannel } from 'ssh2';
import type { Clock } from '../../domain/clock.js';
import { channelLost, commandTimedOut } from '../failures.js';
import { LineQueue } from '../line-queue.js';
import { within } from '../../domain/within.js';
import type { LineChannel } from '../transport.js';
import { exec } from './exec.js';

const LAST_WORDS = 400;

/** Throws UNREACHABLE when the command was never sent, else CHANNEL_LOST or COMMAND_TIMED_OUT. */
export async function openLines(
  client: Client,
  at: { readonly address: string; readonly clock: Clock; readonly openTimeoutMs: number },
  line: string,
): Promise<LineChannel> {
  let close = (): void => undefined;
  const opening = exec(client, { address: at.address, line }, (channel) => {
    const lines = attach(channel, at);
    close = () => lines.close();
    return lines;
  });
  const late = (): Error => commandTimedOut(at.address, at.openTimeoutMs);
  return within({ clock: at.clock, ms: at.openTimeoutMs }, opening, late).catch(
    (error: unknown) => {
      opening.then(() => close()).catch(() => undefined);
      throw error;
    },
  );
}

function attach(
  channel: ClientChannel,
  at: { readonly address: string; readonly clock: Clock },
): LineChannel {
  const lines = new LineQueue(at);
  let lastWords = '';
  let open = true;
  const end = (why: string): void => {
    open = false;
    const said = lastWords.trim() === '' ? '' : `; its last words: ${lastWords.trim()}`;
    lines.end(channelLost(at.address, `${why}${said}`));
  };
  channel.on('data', (chunk: Buffer) => lines.push(chunk));
  channel.stderr.on(
    'data',
    (chunk: Buffer) => (lastWords = (lastWords + chunk.toString('utf8')).slice(-LAST_WORDS)),
  );
  channel.on('error', (error: Error) => end(error.message));
  channel.on('close', () => end('the far side closed the line channel'));
  return {
    send: (text) => {
      if (!open) throw channelLost(at.address, 'the line channel is closed');
      channel.write(`${text}\n`);
    },
    nextLine: (timeoutMs) => lines.next(timeoutMs),
    close: () => {
      if (!open) return;
      end('we closed the line channel');
      channel.end();
      channel.close();
    },
  };
}
