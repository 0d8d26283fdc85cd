// The same transport against a real OpenSSH server, where this machine has one.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.js';
import type { Transport } from '../../../src/transport/transport.js';
import { systemClock as clock } from '../../../src/worker/system-clock.js';

const SSHD = process.env['SSHD'] ?? '/usr/sbin/sshd';
const absent = !existsSync(SSHD);
if (absent) console.log(`skipped: the tests against OpenSSH need ${SSHD}, which this machine lacks`);

describe.skipIf(absent)('against OpenSSH', () => {
  let folder: string;
  let sshd: ChildProcess;
  let transport: Transport;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sshd-'));
    const keygen = (name: string) => {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
      return execFileSync('ssh-keygen', ['-lf', join(folder, `${name}.pub`)], { encoding: 'utf8' }).split(' ')[1];
    };
    const hostKey = keygen('host');
    keygen('client');
    const port = await freePort();
    const lines = [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${join(folder, 'host')}`,
      `AuthorizedKeysFile ${join(folder, 'client.pub')}`,
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
    ];
    await writeFile(join(folder, 'config'), `${lines.join('\n')}\n`);
    sshd = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'config')], { stdio: 'ignore' });
    const privateKey = execFileSync('cat', [join(folder, 'client')], { encoding: 'utf8' });
    const user = userInfo().username;
    const address = `127.0.0.1:${port}`;
    transport = createSshTransport({
      address,
      user,
      privateKey,
      hostKey,
      sessions: 3,
      clock,
      handshakeTimeoutMs: 5_000,
    });
    // sshd needs a moment until it listens.
    for (let tries = 1; ; tries += 1) {
      const failed = await transport.run('true', { timeoutMs: 5_000 }).then(
        () => undefined,
        (error: Error) => error,
      );
      if (failed === undefined) break;
      if (tries === 20) throw failed;
      await clock.sleep(200);
    }
  });
  afterAll(async () => {
    await transport.close();
    sshd.kill();
    await rm(folder, { recursive: true });
  });

  it('runs commands with input, output, exit codes and signals', async () => {
    const limits = { timeoutMs: 5_000 };
    expect(await transport.run('cat; echo €; exit 3', { ...limits, input: 'in ' })).toMatchObject({
      exitCode: 3,
      stdout: 'in €\n',
    });
    expect((await transport.run('kill -9 $$', limits)).exitCode).toBeUndefined();
  });

  it('answers the test of a reserved connection, and talks in lines', async () => {
    const session = await transport.reserve({ timeoutMs: 5_000 });
    const lines = await session.openLines('while read line; do echo "<$line"; done; echo bye');
    lines.send('hello');
    expect(await lines.nextLine(2_000)).toBe('<hello');
    session.release();
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
