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

type Kind = 'ed25519' | 'rsa';

export async function hostKeyIn(folder: string, kind: Kind = 'ed25519'): Promise<HostKey> {
  const path = join(folder, `ssh_host_${kind}_key`);
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  const privateKey = kept ?? newKey(kind);
  if (kept === undefined) {
    await mkdir(folder, { recursive: true });
    await writeFile(path, privateKey, { mode: 0o600 });
  }
  return { privateKey, fingerprint: fingerprintOf(privateKey) };
}

/** One key in some hundred that ssh2 1.17 writes cannot be read back, not even by itself: then another is made. */
function newKey(kind: Kind): string {
  for (;;) {
    const { private: key } =
      kind === 'rsa'
        ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 })
        : ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key;
  }
}

function fingerprintOf(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  const digest = createHash('sha256').update(key.getPublicSSH()).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}
