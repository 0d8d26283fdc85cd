// A real SSH server on a loopback port, for tests: each test says how it answers a command line.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, {
  type Algorithms,
  type Connection,
  type ServerChannel,
  type ServerConfig,
} from 'ssh2';
import { fingerprintOf } from '../../../src/transport/ssh/host-key.js';
import { newKeyPair } from '../../fixtures/ssh-key.js';

const { Server, utils } = ssh2;
const hostKey = newKeyPair();
export const clientKey = newKeyPair();
export const PASSWORD = 'correct horse';

export interface TestSshServer {
  readonly address: string;
  readonly hostKey: string;
  readonly lines: string[];
  readonly connections: Set<Connection>;
  /** Most connections that were open at one time, and when each was opened (ms). */
  readonly seen: { most: number; readonly openedAt: number[] };
  close(): Promise<void>;
}

export type Answer = (line: string, channel: ServerChannel, connection: Connection) => void;

export const say =
  (stdout: string, exit = 0) =>
  (_: string, channel: ServerChannel) => {
    channel.write(stdout);
    channel.exit(exit);
    channel.end();
  };

const algorithmsOf = ({ algorithms }: { algorithms?: Algorithms }): Partial<ServerConfig> =>
  algorithms === undefined ? {} : { algorithms };

export async function startSshServer(
  answer: Answer,
  refuse: { exec?: boolean; channel?: () => boolean; algorithms?: Algorithms } = {},
): Promise<TestSshServer> {
  const lines: string[] = [];
  const connections = new Set<Connection>();
  const seen = { most: 0, openedAt: [] as number[] };
  const wanted = utils.parseKey(clientKey.public);
  if (wanted instanceof Error) throw wanted;
  const server = new Server(
    { hostKeys: [hostKey.private], ...algorithmsOf(refuse) },
    (connection) => {
      connections.add(connection);
      seen.most = Math.max(seen.most, connections.size);
      seen.openedAt.push(Date.now());
      connection.on('close', () => connections.delete(connection)).on('error', () => undefined);
      connection.on('authentication', (context) => {
        if (context.method === 'password' && context.password === PASSWORD) context.accept();
        else if (context.method === 'publickey' && context.key.data.equals(wanted.getPublicSSH()))
          context.accept();
        else context.reject(['publickey', 'password']);
      });
      connection.on('session', (accept, reject) => {
        if (refuse.channel?.() === true) return reject();
        accept().on('exec', (acceptExec, _rejectExec, info) => {
          lines.push(info.command);
          if (refuse.exec === true) return void connection.end();
          answer(info.command, acceptExec(), connection);
        });
      });
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const key = utils.parseKey(hostKey.public);
  if (key instanceof Error) throw key;
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hostKey: fingerprintOf(key.getPublicSSH()),
    lines,
    connections,
    seen,
    close: () =>
      new Promise((resolve) => {
        for (const connection of connections) connection.end();
        server.close(() => resolve());
      }),
  };
}
