// Why a server does not answer. gRPC says only that its time was up; one connection of our own, to
// the same address with the same TLS, says what the network or the other side's TLS said.
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from '@temporalio/client';
import { COMMANDS } from '../domain/timing.js';

const PORT = 7233;

/** Options of a client's connection, or of a worker's. */
type Server = Pick<ConnectionOptions, 'address' | 'tls'> & { readonly apiKey?: unknown };

/** One line; undefined when the server takes the connection. Sends nothing but the handshake. */
export async function whyUnreachable(server: Server): Promise<string | undefined> {
  let socket: Socket | undefined;
  try {
    socket = open(server);
    socket.setTimeout(COMMANDS.whyUnreachable);
    const end = await Promise.race([
      once(socket, 'timeout').then(() => 'open'),
      once(socket, 'close').then(() => 'closed'),
    ]);
    if (end === 'open') return socket.connecting ? 'no connection in time' : undefined;
    return 'encrypted' in socket
      ? "it closes the connection after the TLS handshake: it may not accept this client's certificate"
      : 'it closes the connection: it may ask for TLS';
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error);
  } finally {
    socket?.destroy();
  }
}

function open({ address = `localhost:${PORT}`, tls, apiKey }: Server): Socket {
  const [, host = address, port = String(PORT)] = /^(.*):(\d+)$/.exec(address) ?? [];
  const to = { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  if (tls === false || ((tls === undefined || tls === null) && apiKey === undefined))
    return connectTcp(to);
  const given = typeof tls === 'object' && tls !== null ? tls : {};
  const { serverNameOverride, serverRootCACertificate: ca, clientCertPair: pair } = given;
  return connectTls({
    ...to,
    servername: serverNameOverride ?? to.host,
    ALPNProtocols: ['h2'],
    ...(ca === undefined ? {} : { ca: Buffer.from(ca) }),
    ...(pair === undefined ? {} : { cert: Buffer.from(pair.crt), key: Buffer.from(pair.key) }),
  });
}
