// Decodes payloads for the Temporal UI and the Temporal CLI. Promises: it only decodes; a page of another origin than the configured one gets
// nothing; who lacks the token gets nothing; bodies are bounded.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { errorData } from '../domain/errors.js';

export interface CodecServerOptions {
  readonly codecs: readonly PayloadCodec[];
  /** The only origin whose pages may ask, e.g. `http://localhost:8233`; undefined: no page at all. */
  readonly origin: string | undefined;
  /** Asked for as `Authorization: Bearer ...`. */
  readonly token: string | undefined;
}

/** A page of a history of the largest copies has some 200 KB. */
const MOST_BYTES = 16 * 1024 * 1024;
const DECODE = /^\/(?:[A-Za-z0-9._-]+\/)?decode$/;

export function createCodecServer(options: CodecServerOptions): Server {
  return createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      if (!response.headersSent) say(response, 400, { error: errorData(error).message });
      else response.destroy();
    });
  });
}

async function answer(
  options: CodecServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { origin } = request.headers;
  if (origin !== undefined && origin !== options.origin)
    return say(response, 403, { error: 'origin is not allowed' });
  if (origin !== undefined) allow(response, origin);
  if (request.method === 'OPTIONS') return void response.writeHead(204).end();
  if (!DECODE.test(request.url ?? ''))
    return say(response, 404, { error: 'this server only decodes: POST /decode' });
  if (request.method !== 'POST') return say(response, 405, { error: 'POST' });
  if (!isKnown(options.token, request.headers.authorization))
    return say(response, 401, { error: 'token' });
  const body = await bodyOf(request);
  if (body === undefined) return say(response, 413, { error: `more than ${MOST_BYTES} bytes` });
  let payloads = fromJson(body);
  for (const codec of options.codecs) payloads = await codec.decode(payloads);
  say(response, 200, { payloads: payloads.map(toJson) });
}

function allow(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'origin');
  response.setHeader('access-control-allow-methods', 'POST');
  response.setHeader('access-control-allow-headers', 'authorization, content-type, x-namespace');
  response.setHeader('access-control-allow-credentials', 'true');
}

/** Compared as hashes: neither length nor first difference shows in the time it takes. */
function isKnown(token: string | undefined, said: string | undefined): boolean {
  if (token === undefined) return true;
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(`Bearer ${token}`), hash(said ?? ''));
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface JsonPayload {
  readonly metadata?: Record<string, string>;
  readonly data?: string;
}

const bytes = (text: unknown): Uint8Array =>
  Buffer.from(typeof text === 'string' ? text : '', 'base64');

function fromJson(body: string): Payload[] {
  const { payloads } = JSON.parse(body) as { payloads?: unknown };
  if (!Array.isArray(payloads)) throw new Error('payloads: a list is needed');
  return (payloads as JsonPayload[]).map(({ metadata = {}, data }) => ({
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [key, bytes(value)]),
    ),
    data: bytes(data),
  }));
}

const toJson = ({ metadata, data }: Payload): JsonPayload => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value).toString('base64'),
    ]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
});

function say(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
