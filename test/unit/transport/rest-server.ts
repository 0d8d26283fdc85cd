// A REST door for tests: TLS with a certificate made for the run, tokens that may die, and an answer for each call.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateIn } from '../../../src/simulator/rest/certificate.js';

export interface Certificate {
  readonly key: string;
  readonly certificate: string;
  readonly fingerprint: string;
}

/** For svc1.example and 127.0.0.1; the simulator knows how to make one. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'flashcopy-cert-'));
  try {
    return await certificateIn(folder, { host: 'svc1.example', now: Date.now() });
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface Call {
  readonly path: string;
  readonly token: string;
  readonly body: string;
}
/** Answers one call: status and body, or does with the socket what it likes. */
export type Handler = (call: Call, response: ServerResponse, socket: Socket) => void;

export interface RestServer {
  readonly port: number;
  readonly calls: Call[];
  readonly logIns: string[];
  /** Every token given so far is refused from now on. */
  killTokens(): void;
  /** Most connections at a time. */
  readonly most: () => number;
  close(): Promise<void>;
}

const text = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => resolve(body));
  });

export async function startRestServer(
  certificate: Certificate,
  handler: Handler,
  { refusedStatus = 403, token = 'token', password = 'secret' } = {},
): Promise<RestServer> {
  const calls: Call[] = [];
  const logIns: string[] = [];
  const sockets = new Set<Socket>();
  let [alive, given, most] = ['', 0, 0];
  const server = createServer(
    { key: certificate.key, cert: certificate.certificate },
    (request, response) => {
      void text(request).then((body) => {
        const header = (name: string) => String(request.headers[name] ?? '');
        if (request.url === '/rest/v1/auth') {
          logIns.push(`${header('x-auth-username')}:${header('x-auth-password')}`);
          if (header('x-auth-password') !== password) return response.writeHead(403).end();
          alive = `${token}${(given += 1)}`;
          return response.end(JSON.stringify({ token: alive }));
        }
        const call = { path: request.url ?? '', token: header('x-auth-token'), body };
        calls.push(call);
        if (call.token !== alive) return response.writeHead(refusedStatus).end();
        return handler(call, response, request.socket);
      });
    },
  );
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    most = Math.max(most, sockets.size);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    ...{ calls, logIns, most: () => most },
    killTokens: () => (alive = 'dead'),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
