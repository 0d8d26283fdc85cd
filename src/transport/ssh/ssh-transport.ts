// The transport port over SSH. Promises: no line goes to a machine whose host key is not the configured one; what is thrown tells whether
// the line may have run; the session budget holds.
import type { Client } from 'ssh2';
import type { Clock } from '../../domain/clock.js';
import { FlashCopyError } from '../../domain/errors.js';
import { COMMANDS, WAITS } from '../../domain/timing.js';
import { parseAddress } from '../address.js';
import { unreachable } from '../failures.js';
import { within } from '../../domain/within.js';
import type { CommandResult, LineChannel, RunOptions, Session, Transport } from '../transport.js';
import { firstReachable } from '../first-reachable.js';
import type { SshAlgorithms } from './algorithms.js';
import { runCommand, type CommandPlace } from './command.js';
import { answers, connect } from './connection.js';
import { openLines } from './lines.js';
import { ConnectionPool, type Lease } from './pool.js';

export interface SshTransportOptions {
  /** `host:port`, `[v6]:port`; the port defaults to 22. */
  readonly address: string;
  /** Where the same machine answers when the first address is UNREACHABLE: an array's second management address. */
  readonly secondAddress?: string | undefined;
  readonly user: string;
  /** PEM or OpenSSH form. */
  readonly privateKey?: string | undefined;
  /** Of the private key. */
  readonly passphrase?: string | undefined;
  /** Socket of an ssh-agent that holds the key. */
  readonly agent?: string | undefined;
  readonly password?: string | undefined;
  /** `SHA256:...` as `ssh-keygen -lf` prints it; several when the machine has keys of several types. Without it every connection is refused. */
  readonly hostKey?: string | readonly string[] | undefined;
  /** Default `today`. */
  readonly algorithms?: SshAlgorithms | undefined;
  /** Most connections at a time; with 2 or more, one of them is only for `urgent`. */
  readonly sessions: number;
  /** Commands at a time over one connection; default 8 (sshd's own default limit is 10). */
  readonly channelsPerConnection?: number;
  readonly clock: Clock;
  readonly handshakeTimeoutMs: number;
  /** Unused connections are closed after this time; default 60 s. */
  readonly idleMs?: number;
  /** A line without effect that `reserve` runs as a test, e.g. `true`; must exit 0. Default: a protocol-level round trip. */
  readonly probe?: string;
  /** Output above this is an error, default 64 MiB. */
  readonly maxOutputBytes?: number;
}

export function createSshTransport(options: SshTransportOptions): Transport {
  const { clock, user, sessions, handshakeTimeoutMs, privateKey, passphrase, agent, password } =
    options;
  const hostKeys = [options.hostKey ?? []].flat();
  const targets = [
    options.address,
    ...(options.secondAddress === undefined ? [] : [options.secondAddress]),
  ].map((text) => {
    const { host, port } = parseAddress(text, 22);
    const address = `${user}@${text.includes(':') ? text : `${host}:${port}`}`;
    return {
      host,
      port,
      address,
      user,
      privateKey,
      passphrase,
      agent,
      password,
      hostKeys,
      algorithms: options.algorithms ?? 'today',
      handshakeTimeoutMs,
      clock,
    };
  });
  const address = targets.map((target) => target.address).join(' or ');
  const {
    channelsPerConnection = 8,
    idleMs = WAITS.idleConnection,
    maxOutputBytes = 64 * 1024 * 1024,
  } = options;
  const open = firstReachable(targets, connect);
  const pool = new ConnectionPool({
    address,
    clock,
    open,
    sessions,
    channelsPerConnection,
    idleMs,
  });
  const place = { address, clock, maxOutputBytes, openTimeoutMs: handshakeTimeoutMs };
  return {
    address,
    run: (line, run) => runShared(pool, place, { line, options: run }),
    reserve: (want) => reserve(pool, { ...place, probe: options.probe ?? '' }, want),
    close: () => pool.close(),
  };
}

/** `timeoutMs` spans the wait for a place and the command. A connection that died while idle costs one more try, since nothing was sent. */
async function runShared(
  pool: ConnectionPool,
  place: CommandPlace,
  order: { readonly line: string; readonly options: RunOptions },
): Promise<CommandResult> {
  const { timeoutMs, urgent = false, signal } = order.options;
  const until = place.clock.now() + timeoutMs;
  for (;;) {
    const left = Math.max(0, until - place.clock.now());
    const lease = await pool.acquire({ owned: false, urgent, timeoutMs: left, signal });
    try {
      const rest = Math.max(0, until - place.clock.now());
      const options = { ...order.options, timeoutMs: rest };
      const result = await runCommand(lease.client, place, { line: order.line, options });
      lease.release();
      return result;
    } catch (error) {
      lease.release(isBroken(error));
      if (lease.fresh || !isCode(error, 'UNREACHABLE')) throw error;
    }
  }
}

const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof FlashCopyError && codes.includes(error.code);
/** After these nobody else should get the connection: a command that did not answer may still sit on its channel. */
const isBroken = (error: unknown): boolean =>
  isCode(error, 'UNREACHABLE', 'CHANNEL_LOST', 'COMMAND_TIMED_OUT');

interface ReservePlace extends CommandPlace {
  readonly probe: string;
  readonly openTimeoutMs: number;
}

async function reserve(
  pool: ConnectionPool,
  place: ReservePlace,
  want: { readonly timeoutMs: number; readonly urgent?: boolean },
): Promise<Session> {
  const until = place.clock.now() + want.timeoutMs;
  for (;;) {
    const timeoutMs = Math.max(0, until - place.clock.now());
    const lease = await pool.acquire({ owned: true, urgent: want.urgent ?? false, timeoutMs });
    try {
      await test(lease, place, Math.max(0, until - place.clock.now()));
      return createSession(lease, place);
    } catch (error) {
      lease.release(true);
      if (lease.fresh) throw error;
    }
  }
}

/** Throws when the connection does not answer; a connection opened just now needs no test unless the caller named a probe. */
async function test(lease: Lease, place: ReservePlace, timeoutMs: number): Promise<void> {
  const { address, clock, probe } = place;
  if (probe !== '') {
    const { exitCode } = await runCommand(lease.client, place, {
      line: probe,
      options: { timeoutMs },
    });
    if (exitCode !== 0)
      throw unreachable(
        address,
        `the probe ${JSON.stringify(probe)} exits ${exitCode ?? 'by signal'}`,
      );
    return;
  }
  if (lease.fresh) return;
  const late = (): Error => unreachable(address, 'a reserved connection does not answer');
  const ms = Math.min(COMMANDS.channelTest, timeoutMs / 2);
  if (!(await within({ clock, ms }, answers(lease.client), late))) throw late();
}

function createSession(lease: Lease, place: ReservePlace): Session {
  const channels = new Set<LineChannel>();
  let broken = false;
  let released = false;
  const useOnce = (): Client => {
    if (released) throw unreachable(place.address, 'this session was released');
    return lease.client;
  };
  return {
    run: async (line, options) => {
      try {
        return await runCommand(useOnce(), place, { line, options });
      } catch (error) {
        broken ||= isBroken(error);
        throw error;
      }
    },
    openLines: async (line) => {
      const channel = await openLines(useOnce(), place, line);
      channels.add(channel);
      return channel;
    },
    release: () => {
      released = true;
      for (const channel of channels) channel.close();
      lease.release(broken);
    },
  };
}
