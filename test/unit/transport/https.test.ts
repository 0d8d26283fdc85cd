// REST: whom we talk to, one token for all, patience with 429, and what is known of a call whose answer never came.
import { afterEach, describe, expect, it } from 'vitest';
import {
  createHttpsTransport,
  type HttpsTransportOptions,
} from '../../../src/transport/https/https-transport.js';
import { systemClock } from '../../../src/clock/system-clock.js';
import { makeCertificate, startRestServer, type Handler, type RestServer } from './rest-server.js';

const [certificate, other] = [await makeCertificate(), await makeCertificate()];
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const slept: number[] = [];
/** Waits of a second or more are over at once, but noted. */
const clock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => {
    if (signal !== undefined || ms < 900) return systemClock.sleep(ms, signal);
    slept.push(ms);
    return Promise.resolve();
  },
};
const ok: Handler = (_call, response) => void response.end('[]');
const run = { timeoutMs: 5_000 };
const reach = (port: number, change: Partial<HttpsTransportOptions> = {}) => {
  const transport = createHttpsTransport({
    ...{ address: `127.0.0.1:${port}`, user: 'copy', password: 'secret', sessions: 3 },
    ...{ trust: { ca: certificate.certificate }, clock, handshakeTimeoutMs: 5_000 },
    ...change,
  });
  open.push(transport);
  return transport;
};
async function pair(
  handler: Handler = ok,
  change: Partial<HttpsTransportOptions> = {},
  refusedStatus = 403,
) {
  const server = await startRestServer(certificate, handler, { refusedStatus });
  open.push(server);
  return { server, transport: reach(server.port, change) };
}
const nothingSaid = (server: RestServer): void => {
  expect(server.logIns).toEqual([]);
  expect(server.calls).toEqual([]);
};

describe('the certificate', () => {
  const refused = { code: 'CERTIFICATE_UNKNOWN', outcome: 'not-done', retry: 'never' };

  it.each<[string, Partial<HttpsTransportOptions>]>([
    ['no CA of this machine knows', { trust: {} }],
    ['another CA signed', { trust: { ca: other.certificate } }],
    ['has another fingerprint', { trust: { fingerprint: other.fingerprint } }],
    [
      'carries another name',
      { trust: { ca: certificate.certificate, serverName: 'svc2.example' } },
    ],
  ])('that %s gets neither password nor call', async (_why, change) => {
    const { server, transport } = await pair(ok, change);
    const failed = transport.post(['lssystem'], {}, run);
    await expect(failed).rejects.toMatchObject({
      ...refused,
      details: { seen: certificate.fingerprint },
    });
    nothingSaid(server);
  });

  it.each<[string, Partial<HttpsTransportOptions>]>([
    ['its CA', { trust: { ca: certificate.certificate } }],
    ['its fingerprint', { trust: { fingerprint: certificate.fingerprint } }],
    [
      'its fingerprint without colons',
      { trust: { fingerprint: certificate.fingerprint.replaceAll(':', '').toLowerCase() } },
    ],
    [
      'its CA and the name it carries',
      { trust: { ca: certificate.certificate, serverName: 'svc1.example' } },
    ],
  ])('is known by %s', async (_how, change) => {
    const { transport } = await pair(ok, change);
    expect(await transport.post(['lssystem'], {}, run)).toMatchObject({ status: 200, body: '[]' });
  });
});

describe('the token', () => {
  it('is one for all who come at the same time, and the password is sent once', async () => {
    const { server, transport } = await pair();
    await Promise.all(['a', 'b', 'c', 'd'].map((verb) => transport.post([verb], {}, run)));
    expect(server.logIns).toEqual(['copy:secret']);
    expect(new Set(server.calls.map(({ token }) => token)).size).toBe(1);
  });

  it.each([401, 403])(
    'that died (%i) is fetched anew once, and the call repeated',
    async (status) => {
      const { server, transport } = await pair(ok, {}, status);
      await transport.post(['lssystem'], {}, run);
      server.killTokens();
      await Promise.all(['a', 'b', 'c'].map((verb) => transport.post([verb], {}, run)));
      expect(server.logIns).toHaveLength(2);
    },
  );

  it('that is refused when new is a refusal, not a loop', async () => {
    const { server, transport } = await pair(
      (_call, response) => void response.writeHead(403).end('role too low'),
    );
    const failed = transport.post(['mkfcmap'], {}, run);
    await expect(failed).rejects.toMatchObject({
      code: 'AUTH_REFUSED',
      outcome: 'not-done',
      retry: 'never',
    });
    expect(server.calls).toHaveLength(2);
  });

  it('is not given for a wrong password, and the password stands in no error', async () => {
    const { transport } = await pair(ok, { password: 'hunter2hunter2' });
    const failed = await transport
      .post(['lssystem'], {}, run)
      .catch((error: unknown) => error as Error);
    expect(failed).toMatchObject({ code: 'AUTH_REFUSED', retry: 'never' });
    expect(JSON.stringify(failed) + (failed as Error).stack).not.toContain('hunter2');
  });
});

describe('too many calls', () => {
  const busy = (times: number, retryAfter?: string): Handler => {
    let left = times;
    return (_call, response) => {
      if ((left -= 1) < 0) return void response.end('[]');
      return void response
        .writeHead(429, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
        .end();
    };
  };

  it('are waited out, 1, 2 and 4 s', async () => {
    slept.length = 0;
    const { server, transport } = await pair(busy(3));
    expect(await transport.post(['lssystem'], {}, { timeoutMs: 60_000 })).toMatchObject({
      status: 200,
    });
    expect(slept).toEqual([1_000, 2_000, 4_000]);
    expect(server.calls).toHaveLength(4);
  });

  it('are waited out as long as the array says, at most 10 s', async () => {
    slept.length = 0;
    const { transport } = await pair(busy(1, '900'));
    await transport.post(['lssystem'], {}, { timeoutMs: 60_000 });
    expect(slept).toEqual([10_000]);
  });

  it('end as not-done when it does not stop, or when the caller has no time', async () => {
    const { transport } = await pair(busy(99));
    const limited = { code: 'RATE_LIMITED', outcome: 'not-done', retry: 'safe' };
    await expect(transport.post(['mkfcmap'], {}, { timeoutMs: 60_000 })).rejects.toMatchObject(
      limited,
    );
    await expect(transport.post(['mkfcmap'], {}, { timeoutMs: 900 })).rejects.toMatchObject(
      limited,
    );
  });

  it('are not made by us: not more than ten in a second', async () => {
    const real = { clock: systemClock };
    const { server, transport } = await pair(ok, real);
    const from = systemClock.now();
    const urgent = Array.from({ length: 3 }, () =>
      transport.post(['b'], {}, { ...run, urgent: true }),
    );
    await Promise.all([
      ...Array.from({ length: 9 }, () => transport.post(['a'], {}, run)),
      ...urgent,
    ]);
    expect(systemClock.now() - from).toBeGreaterThan(1_000);
    expect(server.most()).toBeLessThanOrEqual(3);
  });
});

describe('a lost answer', () => {
  it('of a call that was sent is unknown', async () => {
    const { transport } = await pair((_call, _response, socket) => void socket.destroy());
    const lost = { code: 'CHANNEL_LOST', outcome: 'unknown', retry: 'after-check' };
    await expect(transport.post(['mkfcmap'], {}, run)).rejects.toMatchObject(lost);
  });

  it('that is cut in the middle is unknown, never a value', async () => {
    const { transport } = await pair((_call, response, socket) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('[{"id":"1"');
      setTimeout(() => socket.destroy(), 20);
    });
    await expect(transport.post(['lsfcmap'], {}, run)).rejects.toMatchObject({
      code: 'CHANNEL_LOST',
      outcome: 'unknown',
    });
  });

  it('that does not come in time is unknown, and nobody gets that connection', async () => {
    const { server, transport } = await pair(
      ({ path }, response) => void (path.endsWith('slow') || response.end('[]')),
    );
    const late = { code: 'COMMAND_TIMED_OUT', outcome: 'unknown' };
    await expect(transport.post(['slow'], {}, { timeoutMs: 150 })).rejects.toMatchObject(late);
    expect(await transport.post(['quick'], {}, run)).toMatchObject({ status: 200 });
    expect(server.calls.at(-1)?.path).toBe('/rest/v1/quick');
  });

  it('of 100 MB is an error long before it is read', async () => {
    const chunk = 'x'.repeat(2 ** 20);
    let sent = 0;
    const { transport } = await pair((_call, response, socket) => {
      const more = (): void => {
        while (sent < 100 && !socket.destroyed && response.write(chunk)) sent += 1;
        if (sent >= 100) response.end();
      };
      response.on('drain', more);
      more();
    });
    const refused = { code: 'OUTPUT_TOO_LARGE', outcome: 'unknown' };
    await expect(transport.post(['lsfcmap'], {}, { timeoutMs: 15_000 })).rejects.toMatchObject(
      refused,
    );
    expect(sent).toBeLessThan(100);
  });

  it('that is too large is an error, not memory', async () => {
    const { transport } = await pair((_call, response) => void response.end('x'.repeat(5_000)), {
      maxOutputBytes: 1_000,
    });
    await expect(transport.post(['lsfcmap'], {}, run)).rejects.toMatchObject({
      code: 'OUTPUT_TOO_LARGE',
    });
  });
});

describe('an address that does not answer', () => {
  it('is not-done, and the second one is taken', async () => {
    const { server, transport } = await pair();
    await transport.post(['a'], {}, run);
    const gone = await startRestServer(certificate, ok);
    await gone.close();
    await expect(reach(gone.port).post(['a'], {}, run)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      outcome: 'not-done',
    });
    const second = reach(gone.port, { secondAddress: `127.0.0.1:${server.port}` });
    expect(await second.post(['a'], {}, run)).toMatchObject({ status: 200 });
  });

  it('takes calls whose names need quoting in a URL', async () => {
    const { server, transport } = await pair();
    await transport.post(['lsvdisk', 'my disk/1'], { bytes: true }, run);
    expect(server.calls[0]).toMatchObject({
      path: '/rest/v1/lsvdisk/my%20disk%2F1',
      body: '{"bytes":true}',
    });
  });
});
