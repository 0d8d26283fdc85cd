// Keys of one lab: made here, so that every host key is known before the first connection and nothing is trusted on first use.
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { inLab } from './paths.js';

export const loginKeyFile = () => inLab('id_ed25519');
export const hostKeyFile = (host: string) => inLab('keys', host);

export async function makeKeys(hosts: readonly string[]): Promise<void> {
  await mkdir(inLab('keys'), { recursive: true, mode: 0o700 });
  for (const file of [loginKeyFile(), ...hosts.map(hostKeyFile)]) {
    if (!existsSync(file))
      await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', file]);
  }
}

export const publicKey = async (file: string) => (await readFile(`${file}.pub`, 'utf8')).trim();

/** As OpenSSH prints it: `SHA256:...`. */
export async function fingerprint(file: string): Promise<string> {
  const { stdout } = await execa('ssh-keygen', ['-l', '-f', `${file}.pub`]);
  return stdout.split(' ')[1] ?? '';
}
