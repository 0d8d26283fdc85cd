// `flashcopy simulator`: a simulated SVC behind SSH and REST, to try requests against. SIGTERM and Ctrl-C save its state and end it with 0.
import { mkdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { FlashCopyError } from '../../domain/errors.js';
import {
  savedState,
  startSimulator,
  type Simulator,
  type SimulatorConfigInput,
} from '../../simulator/index.js';
import { systemClock } from '../../clock/system-clock.js';
import { perform } from '../command.js';
import { EXIT } from '../exit-code.js';
import { readDocument } from '../files.js';
import { untilInterrupted } from '../interrupt.js';
import type { Output } from '../output.js';

interface SimulatorFlags {
  readonly config: string;
  readonly ssh?: string;
  readonly ssh2?: string;
  readonly rest?: string;
  readonly data: string;
  readonly store: string;
  readonly state?: boolean;
}

export function addSimulator(program: Command): void {
  program
    .command('simulator')
    .description('run a simulated SVC; its state is kept in a folder')
    .requiredOption('--config <file>', 'system, users, pools, volumes, hosts')
    .option('--ssh <host:port>', 'where its command line answers, e.g. 127.0.0.1:2222')
    .option('--ssh2 <host:port>', 'a second management address')
    .option('--rest <host:port>', 'where its REST interface answers, e.g. 127.0.0.1:7443')
    .requiredOption('--data <folder>', 'state, host key, certificate, images')
    .option(
      '--store <kind>',
      'contents of volumes: memory, or image (files in the folder)',
      'memory',
    )
    .option('--state', 'only show the state in the folder, as last written, and end')
    .action((flags: SimulatorFlags) =>
      perform(false, (output) =>
        flags.state === true ? showState(flags, output) : simulate(flags, output),
      ),
    );
}

async function showState(flags: SimulatorFlags, output: Output): Promise<number> {
  const config = (await readDocument(flags.config)) as SimulatorConfigInput;
  const table = await savedState({ config, clock: systemClock, dataDir: flags.data }).catch(
    (error: unknown) => {
      throw invalid(`${flags.data}: ${String(error)}`);
    },
  );
  output.note(table ?? `no state in ${flags.data} yet`);
  return EXIT.done;
}

async function simulate(flags: SimulatorFlags, output: Output): Promise<number> {
  const config = (await readDocument(flags.config)) as SimulatorConfigInput;
  const simulator = await start(flags, config);
  // Before the first word: whoever reads `ready` may send SIGTERM at once.
  const interrupted = untilInterrupted();
  const { rest, secondSshPort } = simulator;
  output.note(`host key ${simulator.hostKeyFingerprint}`);
  if (rest) output.note(`rest certificate ${rest.fingerprint} in ${rest.path}`);
  const second = secondSshPort === undefined ? '' : `, second ssh port ${secondSshPort}`;
  output.note(
    `simulator ready: ssh port ${simulator.sshPort}${second}${rest ? `, rest port ${rest.port}` : ''}`,
  );
  const halted = new Promise<Error>((resolve) => {
    simulator.onHalt(resolve);
  });
  const error = await Promise.race([interrupted, halted]);
  await simulator.close();
  if (error === undefined) return EXIT.done;
  throw new FlashCopyError({
    family: 'transport',
    code: 'SIMULATOR_STOPPED',
    message: `${flags.data}: ${error.message}; a restart finds what was answered before`,
    cause: error,
  });
}

async function start(flags: SimulatorFlags, config: SimulatorConfigInput): Promise<Simulator> {
  if (flags.ssh === undefined) throw invalid('--ssh <host:port> is needed, or --state');
  const ssh = parseAddress('--ssh', flags.ssh);
  const more = {
    ...(flags.ssh2 === undefined ? {} : { secondSsh: parseAddress('--ssh2', flags.ssh2) }),
    ...(flags.rest === undefined ? {} : { rest: parseAddress('--rest', flags.rest) }),
  };
  if (flags.store !== 'memory' && flags.store !== 'image')
    throw invalid(`--store ${flags.store}: memory or image`);
  await mkdir(flags.data, { recursive: true });
  try {
    return await startSimulator({
      config,
      clock: systemClock,
      dataDir: flags.data,
      store: flags.store,
      ssh,
      ...more,
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'ZodError')
      throw invalid(`${flags.config}: ${firstIssue(error)}`);
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw invalid(`${addresses(flags)} is taken`);
    throw error;
  }
}

const addresses = ({ ssh, ssh2, rest }: SimulatorFlags): string =>
  [
    `--ssh ${ssh ?? ''}`,
    ssh2 === undefined ? [] : `--ssh2 ${ssh2}`,
    rest === undefined ? [] : `--rest ${rest}`,
  ]
    .flat()
    .join(' or ');

function parseAddress(flag: string, text: string): { host: string; port: number } {
  const match = /^\[?(.+?)\]?:(\d{1,5})$/.exec(text);
  if (match === null) throw invalid(`${flag} ${text}: write it as host:port`);
  return { host: match[1] ?? '', port: Number(match[2]) };
}

/** `volumes.0.size: Invalid input`. */
function firstIssue(error: Error): string {
  const { issues } = error as Error & { issues: { path: PropertyKey[]; message: string }[] };
  const issue = issues[0];
  return issue === undefined
    ? error.message
    : `${issue.path.map(String).join('.')}: ${issue.message}`;
}

const invalid = (message: string): FlashCopyError =>
  new FlashCopyError({ family: 'request', code: 'INVALID_SIMULATOR_CONFIG', message });
