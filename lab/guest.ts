// Runs shell text in a guest of the lab through the lab's own ssh_config: what a person would do by hand, for set-up and checks only.
// The product never goes this way.
import path from 'node:path';
import { execa } from 'execa';

export interface Guest {
  readonly name: string;
  /** Runs POSIX sh text; throws with stderr when it exits other than 0. */
  sh(script: string): Promise<string>;
  /** Fetches a file byte by byte. */
  read(file: string): Promise<Buffer>;
}

export function guest(labDir: string, name: string): Guest {
  const ssh = ['-F', path.join(labDir, 'ssh_config'), name];
  return {
    name,
    async sh(script) {
      const { stdout } = await execa('ssh', [...ssh, 'LC_ALL=C sh -eus'], { input: script });
      return stdout;
    },
    async read(file) {
      const { stdout } = await execa('ssh', [...ssh, `cat '${file}'`], {
        encoding: 'buffer',
        maxBuffer: 256 * 2 ** 20,
      });
      return Buffer.from(stdout);
    },
  };
}
