// The array's own SSH identity: made once, kept in the data folder, the same after every restart.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';

export interface HostKey {
  readonly privateKey: string;
  /** As ssh-keygen -l shows it: `SHA256:...`. */
  readonly fingerprint: string;
}

export async function hostKeyIn(folder: string): Promise<HostKey> {
  const path = join(folder, 'ssh_host_ed25519_key');
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  const privateKey = kept ?? newKey();
  if (kept === undefined) {
    await mkdir(folder, { recursive: true });
    await writeFile(path, privateKey, { mode: 0o600 });
  }
  return { privateKey, fingerprint: fingerprintOf(privateKey) };
}

/** One key in some hundred that ssh2 1.17 writes cannot be read back, not even by itself: then another is made. */
function newKey(): string {
  for (;;) {
    const { private: key } = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key;
  }
}

function fingerprintOf(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  const digest = createHash('sha256').update(key.getPublicSSH()).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}
