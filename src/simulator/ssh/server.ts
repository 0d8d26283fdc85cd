// The array's CLI over SSH: one exec request per command line, many channels per connection, in sequence and at the same time.
import ssh2, { type Algorithms, type Connection, type ServerChannel } from 'ssh2';
import type { Clock } from '../../domain/clock.js';
import { FlashCopyError } from '../../domain/errors.js';
import type { SimulatedSystem } from '../system.js';
import { Admission, type SshLimits } from './admission.js';
import type { HostKey } from './host-key.js';
import { authenticate } from './users.js';

export interface SshOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly limits?: Partial<SshLimits>;
}

export interface SshDoor {
  readonly port: number;
  close(): Promise<void>;
}

/** ssh2 1.17 has it on both sides; its types know the client's only. */
interface WithoutDelay {
  setNoDelay(on: boolean): void;
}

/** All that old code levels offer; a client of today refuses them unless it is told otherwise. */
const OLD: Algorithms = {
  kex: ['diffie-hellman-group14-sha1'],
  serverHostKey: ['ssh-rsa'],
};

/** Rejects when the address is taken. */
export async function openSshDoor(
  system: SimulatedSystem,
  options: SshOptions,
  parts: { hostKey: HostKey; clock: Clock },
): Promise<SshDoor> {
  const { sshSessions, sshConnectionsPerSecond } = system.config.limits;
  const configured = { sessions: sshSessions, connectionsPerSecond: sshConnectionsPerSecond };
  const admission = new Admission({ ...configured, ...options.limits }, parts.clock);
  const open = new Set<Connection>();
  const identity = {
    hostKeys: [parts.hostKey.privateKey],
    ...(system.config.ssh.algorithms === 'old' ? { algorithms: OLD } : {}),
  };
  const server = new ssh2.Server(identity, (connection) => {
    connection.on('error', () => undefined); // a client that vanishes is no matter of ours
    // As OpenSSH does: an answer is several small packets, and each would wait up to 40 ms for the client's delayed acknowledgement.
    (connection as Connection & WithoutDelay).setNoDelay(true);
    if (
      admission.silent() ||
      system.faults.take('login', 'before').length > 0 ||
      !admission.enter()
    ) {
      connection.end();
      return;
    }
    system.statistics.sshConnections++;
    open.add(connection);
    connection.once('close', () => {
      open.delete(connection);
      admission.leave();
    });
    serve(system, connection);
  });
  system.onFailover((downMs) => {
    admission.silence(downMs);
    for (const connection of open) connection.end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    close: async () => {
      for (const connection of open) connection.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function serve(system: SimulatedSystem, connection: Connection): void {
  let user = '';
  connection.on('authentication', (context) => {
    user = context.username;
    authenticate(system.config.users, context);
  });
  connection.on('session', (acceptSession) => {
    const session = acceptSession();
    session.on('exec', (accept, _reject, { command }) => {
      // accept() acknowledges the request at once: clients wait for that before anything else.
      const channel = accept();
      system.execute(command, user).then(
        (answer) => finish(channel, answer),
        (error: unknown) => {
          if (error instanceof FlashCopyError && error.code === 'CHANNEL_LOST') connection.end();
          else finish(channel, { exitCode: 255, stdout: '', stderr: `${String(error)}\n` });
        },
      );
    });
  });
}

/** Output, exit status, end, close: in this order. */
function finish(
  channel: ServerChannel,
  answer: { exitCode: number; stdout: string; stderr: string },
): void {
  channel.on('error', () => undefined);
  if (answer.stderr !== '') channel.stderr.write(answer.stderr);
  channel.write(answer.stdout, () => {
    channel.exit(answer.exitCode);
    channel.end();
  });
}
