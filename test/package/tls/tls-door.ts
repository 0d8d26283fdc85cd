// TLS with client certificates in front of a dev server, which has none of its own. What is inside
// the TLS connection goes through as it is.
import { readFileSync } from 'node:fs';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { once } from 'node:events';
import type { Certificate } from './certificates.js';

export interface DoorOptions {
  /** host:port of the dev server. */
  readonly behind: string;
  readonly server: Certificate;
  /** Clients that it signed come in. */
  readonly clientCa: string;
}

export interface Door {
  readonly address: string;
  close(): Promise<void>;
}

export async function openDoor({ behind, server, clientCa }: DoorOptions): Promise<Door> {
  const [host = '', port = ''] = behind.split(':');
  const open = new Set<Socket>();
  const door: Server = createServer(
    {
      cert: readFileSync(server.certificate),
      key: readFileSync(server.key),
      ca: readFileSync(clientCa),
      requestCert: true,
      rejectUnauthorized: true,
      ALPNProtocols: ['h2'],
    },
    (inside) => {
      const through = connect(Number(port), host);
      for (const [one, other] of [[inside, through] as const, [through, inside] as const]) {
        open.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => open.delete(one));
      }
    },
  );
  door.on('tlsClientError', () => undefined);
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  return {
    address: `localhost:${(door.address() as AddressInfo).port}`,
    async close() {
      for (const socket of open) socket.destroy();
      door.close();
      await once(door, 'close');
    },
  };
}
