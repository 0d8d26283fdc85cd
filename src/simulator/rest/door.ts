// The array over REST: POST only, HTTPS only, `/rest/v1/<command>[/<object>]` and the same without `/v1`; a token after `auth`.
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../domain/clock.js';
import { FlashCopyError } from '../../domain/errors.js';
import { sameText } from '../same-text.js';
import { arrayErrorOf, UnknownCommand } from '../shell/shell.js';
import { jsonOf } from '../shell/output.js';
import type { SimulatedSystem } from '../system.js';
import { RestAdmission } from './admission.js';
import type { Certificate } from './certificate.js';
import { failure, json, refusal, type Reply } from './replies.js';
import { BadBody, commandPath, wordsOf } from './words.js';

const MAX_BODY = 1024 * 1024;

export interface RestOptions {
  readonly host: string;
  /** 0: any free port. A real array has 7443. */
  readonly port: number;
}

export interface RestDoor {
  readonly port: number;
  close(): Promise<void>;
}

interface Parts {
  readonly certificate: Certificate;
  readonly clock: Clock;
}

/** Rejects when the address is taken. */
export async function openRestDoor(
  system: SimulatedSystem,
  options: RestOptions,
  parts: Parts,
): Promise<RestDoor> {
  const desk = new Desk(system, parts.clock);
  const sockets = new Set<Duplex>();
  const { key, certificate: cert } = parts.certificate;
  const server = createServer(
    { key, cert },
    (request, response) => void serve(desk, request, response),
  );
  const hangUp = (): void => sockets.forEach((socket) => socket.destroy());
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (desk.silent()) socket.destroy();
  });
  server.on('tlsClientError', () => undefined); // a client that does not like the certificate is no matter of ours
  system.onFailover((downMs) => {
    desk.failOver(downMs);
    hangUp();
  });
  await listen(server, options);
  return {
    port: (server.address() as { port: number }).port,
    close: async () => {
      hangUp();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server, { host, port }: RestOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

async function serve(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const reply = await desk.answer(request, await bodyOf(request));
    response.writeHead(reply.status, { 'Content-Type': 'application/json', ...reply.headers });
    response.end(reply.body);
  } catch {
    request.socket.destroy(); // the connection was lost, on purpose or not
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY) throw new Error('the body is too large');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Everything behind the socket. */
class Desk {
  private readonly admission: RestAdmission;
  private silentUntil = -Infinity;

  constructor(
    private readonly system: SimulatedSystem,
    private readonly clock: Clock,
  ) {
    this.admission = new RestAdmission(system.config.limits, clock);
  }

  silent(): boolean {
    return this.clock.now() < this.silentUntil;
  }

  failOver(downMs: number): void {
    this.silentUntil = this.clock.now() + downMs;
    this.admission.forgetAll();
  }

  /** Throws CHANNEL_LOST where a fault drops the connection. */
  async answer(request: IncomingMessage, body: string): Promise<Reply> {
    const path = commandPath(request.url ?? '');
    if (path === undefined || path.length === 0) return failure(404);
    if (request.method !== 'POST') return failure(405);
    const fault = this.system.faults
      .take('rest', 'before')
      .find((effect) => typeof effect === 'object' && 'http' in effect);
    if (typeof fault === 'object' && 'http' in fault) return failure(fault.http);
    return path[0] === 'auth' ? this.logIn(request) : this.run(request, path, body);
  }

  private async logIn({ headers }: IncomingMessage): Promise<Reply> {
    if (!this.admission.mayLogIn()) return failure(429);
    await this.clock.sleep(this.system.config.limits.restLoginMs);
    const [name, password] = [headers['x-auth-username'], headers['x-auth-password']];
    const user = this.system.config.users.find((candidate) => candidate.name === name);
    if (
      user?.password === undefined ||
      typeof password !== 'string' ||
      !sameText(user.password, password)
    )
      return failure(401);
    this.system.statistics.restLogins++;
    return json({ token: this.admission.issue(user.name) });
  }

  private async run(
    { headers }: IncomingMessage,
    path: readonly string[],
    body: string,
  ): Promise<Reply> {
    const token = headers['x-auth-token'];
    const verdict = this.admission.check(typeof token === 'string' ? token : undefined);
    if (verdict === 'unknown') return failure(token === undefined ? 401 : 403);
    if (verdict === 'too-many' || !this.admission.mayRun()) return failure(429);
    const [{ restCommandMs }, began] = [this.system.config.limits, this.clock.now()];
    try {
      const { output } = await this.system.call(wordsOf(path, body), verdict.user);
      const left = restCommandMs - (this.clock.now() - began);
      if (left > 0) await this.clock.sleep(left);
      const reply = json(jsonOf(output));
      this.system.statistics.bytesAnswered += reply.body.length;
      return reply;
    } catch (error) {
      if (error instanceof FlashCopyError && error.code === 'CHANNEL_LOST') throw error;
      if (error instanceof BadBody) return failure(400, error.message);
      if (error instanceof UnknownCommand) return failure(404);
      return refusal(arrayErrorOf(error), this.system.profile);
    }
  }
}
