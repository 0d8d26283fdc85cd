// A gRPC server behind TLS that lets nobody in: it keeps what each call carried, and answers
// UNAUTHENTICATED.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createSecureServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificates.js';

const UNAUTHENTICATED = '16';

export async function refuseAll({ certificate, key }: Certificate): Promise<{
  readonly address: string;
  readonly seen: readonly IncomingHttpHeaders[];
  close(): void;
}> {
  const seen: IncomingHttpHeaders[] = [];
  const server = createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key) });
  server.on('stream', (stream, asked) => {
    seen.push(asked);
    const refusal = { 'grpc-status': UNAUTHENTICATED, 'grpc-message': 'request unauthorized' };
    const answer = { ':status': 200, 'content-type': 'application/grpc', ...refusal };
    stream.respond(answer, { endStream: true });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `localhost:${(server.address() as AddressInfo).port}`;
  return { address, seen, close: () => void server.close() };
}
