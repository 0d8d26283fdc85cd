// One TLS connection to a machine whose certificate is known: by its CA, or by its fingerprint. Nothing is sent to any other.
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import type { Clock } from '../../domain/clock.js';
import type { FlashCopyError } from '../../domain/errors.js';
import { certificateUnknown, unreachable } from '../failures.js';
import { within } from '../../domain/within.js';

/** How a certificate is judged. Without both, by the CAs this machine trusts. */
export interface Trust {
  /** PEM of the CA, or of the certificate itself. */
  readonly ca?: string | undefined;
  /** SHA-256 of the certificate, as `openssl x509 -noout -fingerprint -sha256` prints it; then nothing else counts, neither name nor date. */
  readonly fingerprint?: string | undefined;
  /** The name the certificate carries, where it is not the host of the address. */
  readonly serverName?: string | undefined;
}

export interface TlsTarget {
  readonly host: string;
  readonly port: number;
  /** For people. */
  readonly address: string;
  readonly trust: Trust;
  readonly handshakeTimeoutMs: number;
  readonly clock: Clock;
}

/** Throws UNREACHABLE or CERTIFICATE_UNKNOWN; no request has been sent in either. */
export async function connectTls(target: TlsTarget): Promise<TLSSocket> {
  const { host, port, trust, clock, handshakeTimeoutMs: ms } = target;
  const servername = trust.serverName ?? (/^[\d.]+$|:/.test(host) ? '' : host);
  const named =
    trust.serverName === undefined ? {} : { checkServerIdentity: identityOf(trust.serverName) };
  // The verdict is ours, in `judge`: only so can a refusal name the fingerprint that was seen.
  const socket = connect({
    host,
    port,
    servername,
    ...named,
    rejectUnauthorized: false,
    ca: trust.ca,
  });
  const secured = new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', (error: Error) =>
      reject(unreachable(target.address, error.message, error)),
    );
    socket.once('close', () =>
      reject(unreachable(target.address, 'closed during the TLS handshake')),
    );
  });
  try {
    await within({ clock, ms }, secured, () =>
      unreachable(target.address, `no TLS session within ${ms} ms`),
    );
    const refused = judge(socket, target);
    if (refused !== undefined) throw refused;
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  }
  socket.setNoDelay(true);
  return socket;
}

const identityOf =
  (name: string) =>
  (_host: string, certificate: Parameters<typeof checkServerIdentity>[1]): Error | undefined =>
    checkServerIdentity(name, certificate);

const plain = (fingerprint: string): string =>
  fingerprint
    .replace(/^sha-?256[:= ]/i, '')
    .replaceAll(':', '')
    .toUpperCase();

function judge(socket: TLSSocket, { address, trust }: TlsTarget): FlashCopyError | undefined {
  const seen = socket.getPeerCertificate().fingerprint256 ?? '';
  if (trust.fingerprint !== undefined)
    return seen !== '' && plain(seen) === plain(trust.fingerprint)
      ? undefined
      : certificateUnknown(address, { seen, why: `the inventory names ${trust.fingerprint}` });
  if (socket.authorized) return undefined;
  return certificateUnknown(address, { seen, why: String(socket.authorizationError) });
}
