// What makes a warm guest one particular host: keys, names, node records, the demo's writer. A bare tar archive on a small disk.
import { randomBytes, createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { inLab, source } from '../paths.js';
import { initiatorOf } from '../volumes.js';
import { hostKeyFile, loginKeyFile } from '../keys.js';
import { seedBytes } from './machine.js';
import { writeNodeRecords } from './node-records.js';

export const seedFile = (guest: string) => inLab(`${guest}.seed`);

export async function makeSeed(guest: string, portals: number[]): Promise<void> {
  const tree = inLab(`${guest}.seed.d`);
  const put = async (path: string, content: string | Buffer, mode = 0o644) => {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content, { mode });
  };
  await rm(tree, { recursive: true, force: true });
  await put('root/.ssh/authorized_keys', await readFile(`${loginKeyFile()}.pub`), 0o600);
  await put('etc/ssh/ssh_host_ed25519_key', await readFile(hostKeyFile(guest)), 0o600);
  await put('etc/ssh/ssh_host_ed25519_key.pub', await readFile(`${hostKeyFile(guest)}.pub`));
  await put('etc/hostname', `${guest}\n`);
  await put('etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${guest}\n`);
  await put(
    'etc/machine-id',
    `${createHash('sha256').update(randomBytes(16)).digest('hex').slice(0, 32)}\n`,
  );
  await put('etc/iscsi/initiatorname.iscsi', `InitiatorName=${initiatorOf(guest)}\n`, 0o600);
  await put('etc/lab-random', randomBytes(64), 0o600);
  await writeNodeRecords(join(tree, 'etc/iscsi'), guest, portals);
  await cp(source('writer', 'writer.pl'), join(tree, 'usr/local/lib/fc-writer/writer.pl'));
  await execa('chmod', ['-R', 'go-w', tree]);
  // sshd refuses keys below a directory others may enter.
  await execa('chmod', ['700', join(tree, 'root'), join(tree, 'root/.ssh')]);
  await execa('tar', [
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '-cf',
    seedFile(guest),
    '-C',
    tree,
    '.',
  ]);
  await truncate(seedFile(guest), seedBytes);
  await rm(tree, { recursive: true });
}
