// Machines that repeat what they were told: an SSH and a REST door that answer with the very secrets of whoever speaks to them.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, { type Connection } from 'ssh2';
import { fingerprintOf } from '../../src/transport/ssh/host-key.js';
import { newKeyPair } from '../fixtures/ssh-key.js';
import { makeCertificate, startRestServer } from '../unit/transport/rest-server.js';

/** Nobody writes such a text by chance. */
export const marker = (what: string): string => `mk-${what}-${randomBytes(12).toString('hex')}`;

export interface EchoDoor {
  readonly address: string;
  readonly hostKey: string;
  /** Command lines as they came in. */
  readonly heard: string[];
  close(): Promise<void>;
}

/** How it answers, by the name of the login. `said` are the secrets it repeats. */
export const HABITS: Readonly<
  Record<string, (said: string) => { out?: string; err?: string; code?: number }>
> = {
  stderr: (said) => ({ err: `login refused for ${said}`, code: 1 }),
  cut: (said) => ({ err: `${'.'.repeat(262)}${said}${'.'.repeat(470)}${said}`, code: 1 }),
  malformed: (said) => ({ out: `${said}\nwhat is this: ${said} ?`, code: 0 }),
  refusal: (said) => ({
    out: `error\tMOUNT_CHANGED\tno ${said}\t${said}\n`,
    err: `CMMVC5753E no ${said}`,
    code: 3,
  }),
  json: (said) => ({
    err: `{"password":${JSON.stringify(said)},"again":"${encodeURIComponent(said)}"}`,
    code: 2,
  }),
  base64: (said) => ({ err: `Basic ${Buffer.from(said).toString('base64')}`, code: 2 }),
  lost: (said) => ({ err: `goodbye ${said}` }),
};

export async function startEchoDoor(said: () => string): Promise<EchoDoor> {
  const hostKey = newKeyPair();
  const heard: string[] = [];
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (connection) => {
    let login = '';
    let password = '';
    connections.add(connection);
    connection.on('close', () => connections.delete(connection)).on('error', () => undefined);
    connection.on('authentication', (context) => {
      login = context.username;
      if (context.method === 'password') password = context.password;
      if (context.method === 'none') context.reject(['password', 'publickey']);
      else context.accept();
    });
    connection.on('session', (accept) => {
      accept().on('exec', (acceptExec, _, info) => {
        heard.push(info.command);
        const channel = acceptExec();
        const {
          out = '',
          err = '',
          code,
        } = HABITS[login]?.(password === '' ? said() : password) ?? { code: 0 };
        channel.stderr.write(err);
        channel.write(out);
        if (code === undefined) return void connection.end();
        channel.exit(code);
        channel.end();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const key = ssh2.utils.parseKey(hostKey.public);
  if (key instanceof Error) throw key;
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hostKey: fingerprintOf(key.getPublicSSH()),
    heard,
    close: () =>
      new Promise((resolve) => {
        for (const connection of connections) connection.end();
        server.close(() => resolve());
      }),
  };
}

/** Its tokens are markers. Every answer is a refusal that repeats the token, or no JSON at all. */
export async function startEchoRest({ token, password }: { token: string; password: string }) {
  const certificate = await makeCertificate();
  const server = await startRestServer(
    certificate,
    (call, response) => {
      const said = `X-Auth-Token: ${call.token} ${call.token}`;
      if (server.calls.length % 2 === 0) response.end(`<html>${call.token}`);
      else response.writeHead(500).end(`CMMVC5753E ${said} ${'.'.repeat(150)}${call.token}`);
    },
    { token, password },
  );
  return { ...server, fingerprint: certificate.fingerprint };
}
