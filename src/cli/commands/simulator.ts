// `flashcopy simulator`: a simulated SVC behind SSH, to try requests against. SIGTERM and Ctrl-C save its state and end it with 0.
import { mkdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { FlashCopyError } from '../../domain/errors.js';
import { startSimulator, type Simulator, type SimulatorConfigInput } from '../../simulator/index.js';
import { systemClock } from '../../worker/system-clock.js';
import { perform } from '../command.js';
import { EXIT } from '../exit-code.js';
import { readDocument } from '../files.js';
import { untilInterrupted } from '../interrupt.js';
import type { Output } from '../output.js';

interface SimulatorFlags {
  readonly config: string;
  readonly ssh: string;
  readonly data: string;
  readonly store: string;
}

export function addSimulator(program: Command): void {
  program
    .command('simulator')
    .description('run a simulated SVC; its state is kept in a folder')
    .requiredOption('--config <file>', 'system, users, pools, volumes, hosts')
    .requiredOption('--ssh <host:port>', 'where its command line answers, e.g. 127.0.0.1:2222')
    .requiredOption('--data <folder>', 'state, host key, images')
    .option('--store <kind>', 'contents of volumes: memory, or image (files in the folder)', 'memory')
    .action((flags: SimulatorFlags) => perform(false, (output) => simulate(flags, output)));
}

async function simulate(flags: SimulatorFlags, output: Output): Promise<number> {
  const config = (await readDocument(flags.config)) as SimulatorConfigInput;
  const simulator = await start(flags, config);
  // Before the first word: whoever reads `ready` may send SIGTERM at once.
  const interrupted = untilInterrupted();
  output.note(`host key ${simulator.hostKeyFingerprint}`);
  output.note(`simulator ready: ssh port ${simulator.sshPort}`);
  await interrupted;
  await simulator.close();
  return EXIT.done;
}

async function start(flags: SimulatorFlags, config: SimulatorConfigInput): Promise<Simulator> {
  const ssh = parseAddress(flags.ssh);
  if (flags.store !== 'memory' && flags.store !== 'image') throw invalid(`--store ${flags.store}: memory or image`);
  await mkdir(flags.data, { recursive: true });
  try {
    return await startSimulator({ config, clock: systemClock, dataDir: flags.data, store: flags.store, ssh });
  } catch (error) {
    if (error instanceof Error && error.name === 'ZodError') throw invalid(`${flags.config}: ${firstIssue(error)}`);
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw invalid(`--ssh ${flags.ssh} is taken`);
    throw error;
  }
}

function parseAddress(text: string): { host: string; port: number } {
  const match = /^\[?(.+?)\]?:(\d{1,5})$/.exec(text);
  if (match === null) throw invalid(`--ssh ${text}: write it as host:port`);
  return { host: match[1] ?? '', port: Number(match[2]) };
}

/** `volumes.0.size: Invalid input`. */
function firstIssue(error: Error): string {
  const { issues } = error as Error & { issues: { path: PropertyKey[]; message: string }[] };
  const issue = issues[0];
  return issue === undefined ? error.message : `${issue.path.map(String).join('.')}: ${issue.message}`;
}

const invalid = (message: string): FlashCopyError =>
  new FlashCopyError({ family: 'request', code: 'INVALID_SIMULATOR_CONFIG', message });
