// `flashcopy codec-server`: shows encrypted payloads to people who may see them, in the Temporal UI and the Temporal CLI.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import { FlashCopyError } from '../../domain/errors.js';
import { inventoryOf } from '../../worker/composition.js';
import { dataConverterOf } from '../../worker/encryption.js';
import { createCodecServer } from '../codec-server.js';
import { perform } from '../command.js';
import { EXIT } from '../exit-code.js';
import { untilInterrupted } from '../interrupt.js';
import type { Output } from '../output.js';

interface CodecServerFlags {
  readonly inventory: string;
  readonly listen: string;
  readonly origin?: string;
  readonly tokenEnv?: string;
}

export function addCodecServer(program: Command): void {
  program
    .command('codec-server')
    .description('decode payloads for the Temporal UI and CLI until stopped')
    .requiredOption('--inventory <file>', 'its temporal.codec names the keys')
    .requiredOption(
      '--listen <host:port>',
      'e.g. 127.0.0.1:8081; other addresses than the loopback need --token-env',
    )
    .option(
      '--origin <url>',
      "the Temporal UI, whose pages may ask (default: the inventory's temporal.ui)",
    )
    .option('--token-env <name>', 'environment variable with the bearer token that is asked for')
    .action((flags: CodecServerFlags) => perform(false, (output) => serve(flags, output)));
}

async function serve(flags: CodecServerFlags, output: Output): Promise<number> {
  const { temporal } = inventoryOf({ inventoryFile: flags.inventory });
  const codecs = dataConverterOf(temporal)?.payloadCodecs;
  if (codecs === undefined)
    throw invalid(`${flags.inventory}: temporal.codec is missing; name its keys there`);
  const { host, port } = listenAt(flags.listen);
  const token = tokenOf(flags.tokenEnv);
  if (token === undefined && !isLoopback(host))
    throw invalid(`--listen ${host}: not the loopback; give --token-env`);
  const ui = flags.origin ?? temporal?.ui;
  const origin = ui === undefined ? undefined : originOf(ui);
  const server = createCodecServer({ codecs, origin, token });
  const interrupted = untilInterrupted();
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw invalid(
      `--listen ${flags.listen}: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const { port: taken } = server.address() as AddressInfo;
  output.note(`codec server ready: http://${host}:${taken}, pages of ${origin ?? 'no origin'}`);
  await interrupted;
  server.closeAllConnections();
  server.close();
  return EXIT.done;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');

function listenAt(text: string): { host: string; port: number } {
  const match = /^\[?([A-Za-z0-9.:_-]+?)\]?:(\d{1,5})$/.exec(text);
  if (match === null || Number(match[2]) > 65_535)
    throw invalid(`--listen ${text}: write it as host:port`);
  return { host: match[1] ?? '', port: Number(match[2]) };
}

function tokenOf(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const token = process.env[name];
  if (token === undefined || token.length < 16)
    throw invalid(`${name}: not set, or shorter than 16 characters`);
  return token;
}

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    throw invalid(`--origin ${url}: use the URL of the Temporal UI`);
  }
}

const invalid = (message: string): FlashCopyError =>
  new FlashCopyError({ family: 'request', code: 'INVALID_USAGE', message });
