// The REST port over HTTPS. Promises: no password or token goes to a machine whose certificate is not the known one; one token for all,
// fetched anew when the array refuses it (401, 403: nothing was executed); calls are spaced, and 429 is waited out. Retries of HTTP
// libraries are not used: they repeat by status and method and cannot tell whether a change was sent.
import { setMaxListeners } from 'node:events';
import type { Clock } from '../../domain/clock.js';
import { COMMANDS, WAITS } from '../../domain/timing.js';
import { authRefused, commandCancelled, rateLimited, unreachable } from '../failures.js';
import { firstReachable } from '../first-reachable.js';
import { Rate } from '../rate.js';
import type { RestTransport, RunOptions } from '../transport.js';
import { parseAddress } from '../address.js';
import type { ExchangePlace, HttpAnswer, Order } from './exchange.js';
import { Lane } from './lane.js';
import { connectTls, type Trust } from './tls.js';
import { SharedToken } from './token.js';

export interface HttpsTransportOptions {
  /** `host:port`, `[v6]:port`; the port defaults to 7443. */
  readonly address: string;
  /** Tried when the first is UNREACHABLE. */
  readonly secondAddress?: string | undefined;
  readonly user: string;
  readonly password: string;
  readonly trust: Trust;
  /** Connections at a time; with 2 or more, one of them is only for `urgent`. */
  readonly sessions: number;
  readonly clock: Clock;
  readonly handshakeTimeoutMs: number;
  /** Answers above this are an error, default 64 MiB. */
  readonly maxOutputBytes?: number;
  /** Called with each new token before it is used: a secret of the process from then on. */
  readonly onToken?: (token: string) => void;
  /** Default `/rest/v1`. */
  readonly basePath?: string;
}

/** An array takes 10 calls a second. A start is three urgent ones (test, read, start): none of them may wait for its turn. */
const CALLS_PER_SECOND = { ordinary: 6, urgent: 4 };
const LOG_INS_PER_SECOND = 3;

export function createHttpsTransport(options: HttpsTransportOptions): RestTransport {
  const { clock, sessions, basePath = '/rest/v1', maxOutputBytes = 64 * 1024 * 1024 } = options;
  const closing = new AbortController();
  // Every turn that is counted listens to it.
  setMaxListeners(0, closing.signal);
  const address = addressOf(options);
  const place: ExchangePlace = { address, host: options.address, clock, maxOutputBytes };
  const open = opener(options);
  const lane = (connections: number, callsPerSecond: number): Lane =>
    new Lane({ place, open, closing: closing.signal, connections, callsPerSecond });
  const lanes = {
    ordinary: lane(Math.max(1, sessions - 1), CALLS_PER_SECOND.ordinary),
    urgent: lane(1, CALLS_PER_SECOND.urgent),
  };
  const logIns = new Rate({ clock, signal: closing.signal }, LOG_INS_PER_SECOND);
  const send = (order: Order, limits: RunOptions): Promise<HttpAnswer> => {
    if (closing.signal.aborted) throw unreachable(address, 'this transport is closed');
    return (limits.urgent === true ? lanes.urgent : lanes.ordinary).send(order, limits);
  };
  const token = new SharedToken(async () => {
    const order = { path: `${basePath}/auth`, headers: logInHeaders(options), body: '{}' };
    const limits = { timeoutMs: COMMANDS.logIn };
    const answer = await patiently({ clock, address, limits }, async () => {
      (await logIns.turn())();
      return send(order, limits);
    });
    const given = tokenIn(answer, address);
    options.onToken?.(given);
    return given;
  });
  return {
    address,
    post: async (path, body, limits) => {
      const from = clock.now();
      const target = `${basePath}/${path.map(encodeURIComponent).join('/')}`;
      const call = async (): Promise<HttpAnswer> => {
        const secret = await token.get();
        const headers = { 'content-type': 'application/json', 'x-auth-token': secret };
        const timeoutMs = Math.max(0, limits.timeoutMs - (clock.now() - from));
        const answer = await send(
          { path: target, headers, body: JSON.stringify(body) },
          { ...limits, timeoutMs },
        );
        if (isRefused(answer)) await token.refused(secret);
        return answer;
      };
      const twice = async (): Promise<HttpAnswer> => {
        const answer = await call();
        return isRefused(answer) ? call() : answer;
      };
      const { status, body: text } = await patiently({ clock, address, limits }, twice);
      if (isRefused({ status }))
        throw authRefused(address, `HTTP ${status} with a new token: ${shown(text)}`);
      return { status, body: text, durationMs: clock.now() - from };
    },
    close: () => {
      closing.abort();
      for (const one of Object.values(lanes)) one.close();
      return Promise.resolve();
    },
  };
}

const isRefused = ({ status }: Pick<HttpAnswer, 'status'>): boolean =>
  status === 401 || status === 403;

/** Waits 429 out, as long as the array says or 1, 2, 4 s, within the caller's time. Throws RATE_LIMITED. */
async function patiently(
  at: { readonly clock: Clock; readonly address: string; readonly limits: RunOptions },
  call: () => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const until = at.clock.now() + at.limits.timeoutMs;
  for (const otherwise of [...WAITS.tooManyCalls, undefined]) {
    const answer = await call();
    if (answer.status !== 429) return answer;
    const asked = Number(answer.retryAfter) * 1_000;
    const waitMs =
      otherwise === undefined
        ? Infinity
        : asked >= 1_000
          ? Math.min(asked, WAITS.tooManyCallsLongest)
          : otherwise;
    if (at.clock.now() + waitMs >= until) break;
    const { signal } = at.limits;
    await at.clock.sleep(waitMs, signal).catch(() => {
      throw commandCancelled(at.address, false, signal?.reason);
    });
  }
  throw rateLimited(at.address);
}

function opener(options: HttpsTransportOptions) {
  const { trust, clock, handshakeTimeoutMs } = options;
  const addresses = [
    options.address,
    ...(options.secondAddress === undefined ? [] : [options.secondAddress]),
  ];
  const targets = addresses.map((text) => ({
    ...{
      ...parseAddress(text, 7443),
      address: `https://${text}`,
      trust,
      handshakeTimeoutMs,
      clock,
    },
  }));
  const open = firstReachable(targets, connectTls);
  return () => open(() => Promise.resolve(() => undefined));
}

const addressOf = ({ user, address, secondAddress }: HttpsTransportOptions): string =>
  `${user}@https://${address}${secondAddress === undefined ? '' : ` or https://${secondAddress}`}`;

const logInHeaders = ({ user, password }: HttpsTransportOptions): Record<string, string> => ({
  'content-type': 'application/json',
  'x-auth-username': user,
  'x-auth-password': password,
});

function tokenIn({ status, body }: HttpAnswer, address: string): string {
  if (isRefused({ status })) throw authRefused(address, `log-in answers HTTP ${status}`);
  if (status >= 500) throw unreachable(address, `log-in answers HTTP ${status}`);
  try {
    const { token } = JSON.parse(body) as { token?: unknown };
    if (status === 200 && typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token;
  } catch {
    // said below
  }
  throw authRefused(address, `log-in answers HTTP ${status} without a token`);
}

const shown = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
