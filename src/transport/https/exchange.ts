// One POST over a kept-alive connection, from request to complete answer. Promise: what is thrown tells whether the request was sent.
import { Agent, request as httpsRequest } from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../domain/clock.js';
import { FlashCopyError } from '../../domain/errors.js';
import {
  channelLost,
  commandCancelled,
  commandTimedOut,
  noFreeSession,
  outputTooLarge,
  unreachable,
} from '../failures.js';
import { within } from '../../domain/within.js';
import { textOf } from '../text.js';
import { whenAborted } from '../time-limit.js';
import type { RunOptions } from '../transport.js';

export interface ExchangePlace {
  readonly address: string;
  /** Host header. */
  readonly host: string;
  readonly clock: Clock;
  readonly maxOutputBytes: number;
}

export interface Order {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Header Retry-After, '' when absent. */
  readonly retryAfter: string;
  readonly body: string;
}

/** Connections of one kind: all go through `connect`, which has judged the certificate before a byte of ours is written. */
export class ConnectionAgent extends Agent {
  constructor(private readonly open: () => Promise<TLSSocket>) {
    super({ keepAlive: true, scheduling: 'lifo' });
  }

  override createConnection(
    _options: unknown,
    done: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    this.open().then(
      (socket) => done(null, socket),
      (error: unknown) => done(error as Error, undefined as never),
    );
  }
}

/** Throws UNREACHABLE and NO_FREE_SESSION (not-done), CHANNEL_LOST, COMMAND_TIMED_OUT, OUTPUT_TOO_LARGE (unknown), COMMAND_CANCELLED. */
export async function exchange(
  agent: Agent,
  at: ExchangePlace,
  {
    order,
    options,
  }: { readonly order: Order; readonly options: Pick<RunOptions, 'timeoutMs' | 'signal'> },
): Promise<HttpAnswer> {
  const { signal, timeoutMs: ms } = options;
  if (signal?.aborted === true) throw commandCancelled(at.address, false, signal.reason);
  let sent = false;
  const request = httpsRequest({
    agent,
    method: 'POST',
    path: order.path,
    headers: { ...order.headers, host: at.host },
  });
  request.once('socket', () => (sent = true));
  const watch = whenAborted(signal, () => commandCancelled(at.address, sent, signal?.reason));
  const late = (): Error =>
    sent ? commandTimedOut(at.address, ms) : noFreeSession(at.address, ms);
  try {
    const answer = answerOf(request, at, () => sent);
    request.end(order.body);
    return await within({ clock: at.clock, ms }, Promise.race([answer, watch.aborted]), late);
  } catch (error) {
    // An answer that comes later would be taken for the next request's.
    request.destroy();
    throw error;
  } finally {
    watch.forget();
  }
}

function answerOf(
  request: ClientRequest,
  at: ExchangePlace,
  sent: () => boolean,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    request.on('error', (error) => {
      if (error instanceof FlashCopyError) reject(error);
      else
        reject(
          sent()
            ? channelLost(at.address, error.message)
            : unreachable(at.address, error.message, error),
        );
    });
    request.on('response', (response) => {
      collect(response, at).then((body) => {
        const retryAfter = response.headers['retry-after'] ?? '';
        resolve({ status: response.statusCode ?? 0, retryAfter, body });
      }, reject);
    });
  });
}

function collect(response: IncomingMessage, at: ExchangePlace): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > at.maxOutputBytes) {
        reject(outputTooLarge(at.address, at.maxOutputBytes));
        response.destroy();
      } else chunks.push(chunk);
    });
    response.on('error', (error) => reject(channelLost(at.address, error.message)));
    response.on('end', () => {
      if (response.complete) resolve(textOf(chunks));
      else reject(channelLost(at.address, 'the answer is cut'));
    });
    response.on('close', () => reject(channelLost(at.address, 'the answer is cut')));
  });
}
