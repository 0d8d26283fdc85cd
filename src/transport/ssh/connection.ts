// One authenticated connection to a machine whose host key is known. Nothing is sent to a machine that fails that test.
import { Client, type AuthenticationType } from 'ssh2';
import type { Clock } from '../../domain/clock.js';
import type { FlashCopyError } from '../../domain/errors.js';
import { COMMANDS, WAITS } from '../../domain/timing.js';
import { authRefused, unreachable } from '../failures.js';
import { within } from '../../domain/within.js';
import { algorithmsOf, Offer, type SshAlgorithms } from './algorithms.js';
import { judgeHostKey } from './host-key.js';

export interface SshTarget {
  readonly host: string;
  readonly port: number;
  /** For people: `user@host:port`. */
  readonly address: string;
  readonly user: string;
  /** PEM or OpenSSH form. */
  readonly privateKey?: string | undefined;
  readonly passphrase?: string | undefined;
  /** Socket of an ssh-agent. */
  readonly agent?: string | undefined;
  readonly password?: string | undefined;
  readonly hostKeys: readonly string[];
  readonly algorithms: SshAlgorithms;
  readonly handshakeTimeoutMs: number;
  readonly clock: Clock;
}

/** Throws UNREACHABLE, AUTH_REFUSED, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED; no command has been sent in any of them. */
export async function connect(target: SshTarget): Promise<Client> {
  const client = new Client();
  const late = (): Error =>
    unreachable(target.address, `no SSH session within ${target.handshakeTimeoutMs} ms`);
  try {
    return await within(
      { clock: target.clock, ms: target.handshakeTimeoutMs },
      handshake(client, target),
      late,
    );
  } catch (error) {
    client.destroy();
    throw error;
  }
}

function handshake(client: Client, target: SshTarget): Promise<Client> {
  return new Promise((resolve, reject) => {
    let refusedKey: FlashCopyError | undefined;
    const methods = authMethods(target);
    if (methods.length === 0)
      return reject(authRefused(target.address, 'neither key, agent nor password configured'));
    // Both listeners stay for the connection's life: an unheard 'error' would end the process.
    const offer = new Offer();
    client.on('error', (error) => reject(refusedKey ?? connectError(target, error, offer)));
    client.on('close', () =>
      reject(refusedKey ?? unreachable(target.address, 'closed during the handshake')),
    );
    client.on('connect', () => client.setNoDelay(true));
    client.on('ready', () => resolve(client));
    // Some servers ask for the password this way only.
    client.on('keyboard-interactive', (...[, , , prompts, answer]) =>
      answer(prompts.map(() => target.password ?? '')),
    );
    const { host, port, user: username, privateKey, passphrase, agent, password } = target;
    client.connect({
      host,
      port,
      username,
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(agent === undefined ? {} : { agent }),
      ...(password === undefined ? {} : { password, tryKeyboard: true }),
      ...algorithmsOf(target.algorithms),
      debug: offer.hear,
      authHandler: methods,
      readyTimeout: 0,
      keepaliveInterval: WAITS.keepAlive,
      keepaliveCountMax: 3,
      hostVerifier: (key: Buffer) => {
        refusedKey = judgeHostKey(target.address, key, target.hostKeys);
        return refusedKey === undefined;
      },
    });
  }).catch((error: unknown) => {
    // ssh2 throws at once for a key it cannot read; its message names the format, never the key.
    throw error instanceof Error && error.message.includes('privateKey')
      ? authRefused(target.address, error.message)
      : error;
  }) as Promise<Client>;
}

/** Only what is configured: each further method costs a round trip and one of the server's tries. */
function authMethods({ privateKey, agent, password }: SshTarget): AuthenticationType[] {
  return [
    ...(privateKey === undefined ? [] : (['publickey'] as const)),
    ...(agent === undefined ? [] : (['agent'] as const)),
    ...(password === undefined ? [] : (['password', 'keyboard-interactive'] as const)),
  ];
}

function connectError(
  target: SshTarget,
  error: Error & { level?: string },
  offer: Offer,
): FlashCopyError {
  if (error.level === 'agent')
    return authRefused(target.address, `the ssh-agent gives no key: ${error.message}`);
  return error.level === 'client-authentication'
    ? authRefused(target.address, `user ${target.user} was refused: ${error.message}`)
    : unreachable(
        target.address,
        offer.explain(error.message, target.algorithms) || error.message,
        error,
      );
}

/** Ends a connection politely, and by force when the far side does not answer. Resolves when the socket is closed. */
export async function hangUp(client: Client, clock: Clock): Promise<void> {
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  client.end();
  await within({ clock, ms: COMMANDS.hangUp }, closed, () => new Error('late')).catch(() =>
    client.destroy(),
  );
}

/**
 * A round trip on a connection that may have died unnoticed. Any answer proves life, so we ask for something harmless that every
 * server must answer (RFC 4254, section 7.1: cancel a forwarding that does not exist).
 */
export function answers(client: Client): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      client.unforwardIn('127.0.0.1', 1, (error) =>
        resolve(error?.message !== 'No response from server'),
      );
    } catch {
      resolve(false);
    }
  });
}
