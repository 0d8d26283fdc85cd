// A bare REST client for tests: node's own https, trusting one certificate and nothing else.
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Simulator } from '../../../../src/simulator/index.js';

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** SHA-256 of what the server showed. */
  readonly fingerprint: string;
}

export interface Call {
  readonly path: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly method?: string;
}

export async function send(simulator: Simulator, call: Call): Promise<Reply> {
  const { rest } = simulator;
  if (!rest) throw new Error('no REST door');
  const ca = await readFile(rest.path, 'utf8');
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: rest.port,
        path: call.path,
        method: call.method ?? 'POST',
        ca,
        agent: false,
        headers: call.headers,
      },
      (incoming) => {
        const { fingerprint256 } = (
          incoming.socket as unknown as { getPeerCertificate(): { fingerprint256: string } }
        ).getPeerCertificate();
        let body = '';
        incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            body,
            headers: incoming.headers,
            fingerprint: fingerprint256,
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(call.body ?? '');
  });
}

export async function logIn(
  simulator: Simulator,
  user = 'superuser',
  password = 'secret',
): Promise<string> {
  const headers = {
    'X-Auth-Username': user,
    'X-Auth-Password': password,
    'Content-Type': 'application/json',
  };
  const { status, body } = await send(simulator, { path: '/rest/v1/auth', headers });
  if (status !== 200) throw new Error(`auth: ${status} ${body}`);
  return (JSON.parse(body) as { token: string }).token;
}

/** Status and body of a command; the body as JSON where it is. */
export async function run(
  simulator: Simulator,
  at: { token: string; path: string; body?: unknown },
): Promise<{ status: number; body: unknown }> {
  const { token, path } = at;
  const body = at.body === undefined ? {} : { body: JSON.stringify(at.body) };
  const reply = await send(simulator, {
    path: `/rest/v1/${path}`,
    headers: { 'X-Auth-Token': token },
    ...body,
  });
  try {
    return { status: reply.status, body: JSON.parse(reply.body) as unknown };
  } catch {
    return { status: reply.status, body: reply.body };
  }
}
