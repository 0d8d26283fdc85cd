// Runs commands in a guest of the lab, or on its array, through the lab's own ssh_config: what a person would do by hand, for set-up and checks only.
// The product never goes this way.
import path from 'node:path';
import { execa } from 'execa';
import { socketPath } from './paths.js';

export interface Guest {
  readonly name: string;
  /** Runs POSIX sh text; throws with stderr when it exits other than 0. */
  sh(script: string): Promise<string>;
  /** Runs one command line as it stands: all an array understands. */
  command(line: string): Promise<string>;
  /** Fetches a file byte by byte. */
  read(file: string): Promise<Buffer>;
  /** Ends the connection behind it all: after a power cut nobody tells this side. */
  forget(): Promise<void>;
}

const MOST_BYTES = 256 * 2 ** 20;

export function guest(labDir: string, name: string): Guest {
  // One connection for many commands: an emulated guest needs seconds for each new one. It ends by itself.
  const shared = [
    'ControlMaster=auto',
    `ControlPath=${socketPath(path.join(labDir, `${name}.ssh`))}`,
    'ControlPersist=120',
    'ConnectTimeout=30',
  ];
  const ssh = [
    ...shared.flatMap((option) => ['-o', option]),
    '-F',
    path.join(labDir, 'ssh_config'),
    name,
  ];
  return {
    name,
    sh: async (script) =>
      (await execa('ssh', [...ssh, 'LC_ALL=C sh -eus'], { input: script })).stdout,
    command: async (line) => (await execa('ssh', [...ssh, line], { stdin: 'ignore' })).stdout,
    async read(file) {
      const { stdout } = await execa('ssh', [...ssh, `cat '${file}'`], {
        encoding: 'buffer',
        maxBuffer: MOST_BYTES,
      });
      return Buffer.from(stdout);
    },
    forget: async () =>
      void (await execa('ssh', [...ssh.slice(0, -1), '-O', 'exit', name], { reject: false })),
  };
}
