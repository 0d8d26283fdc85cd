// The session budget: how many connections, who may use the last one, and who comes first.
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/domain/clock.js';
import { Rate } from '../../../src/transport/rate.js';
import {
  createSshTransport,
  type SshTransportOptions,
} from '../../../src/transport/ssh/ssh-transport.js';
import type { Transport } from '../../../src/transport/transport.js';
import { systemClock as clock } from '../../../src/clock/system-clock.js';
import { clientKey, say, startSshServer, type Answer, type TestSshServer } from './ssh-server.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const slow =
  (ms: number): Answer =>
  (line, channel) =>
    void setTimeout(() => say(line)(line, channel), ms);

async function pair(
  answer: Answer,
  change: Partial<SshTransportOptions> = {},
): Promise<{ server: TestSshServer; transport: Transport }> {
  const server = await startSshServer(answer);
  const transport = createSshTransport({
    address: server.address,
    user: 'copy',
    privateKey: clientKey.private,
    hostKey: server.hostKey,
    sessions: 2,
    clock,
    handshakeTimeoutMs: 5_000,
    ...change,
  });
  open.push(server, transport);
  return { server, transport };
}
const run = { timeoutMs: 5_000 };

describe('a second address', () => {
  const command = { timeoutMs: 5_000 };

  it('is taken when the first is lost, and stays while it answers; three connections a second in all', async () => {
    const [first, second] = [
      await startSshServer(say('first')),
      await startSshServer(say('second')),
    ];
    const { address, hostKey } = first;
    const both = { address, secondAddress: second.address, hostKey: [hostKey, second.hostKey] };
    const { transport } = await pair(say('unused'), both);
    open.push(second);
    expect((await transport.run('lssystem', command)).stdout).toBe('first');
    await first.close();
    // What was on its way is lost or refused; the next command finds the other address.
    await transport.run('lssystem', command).catch(() => undefined);
    expect((await transport.run('lssystem', command)).stdout).toBe('second');
    expect(second.seen.openedAt).toHaveLength(1);
  });

  it('is not taken when the first has another host key: that is said', async () => {
    const [first, second] = [
      await startSshServer(say('first')),
      await startSshServer(say('second')),
    ];
    open.push(first, second);
    const both = {
      address: first.address,
      secondAddress: second.address,
      hostKey: `SHA256:${'A'.repeat(43)}`,
    };
    const { transport } = await pair(say('unused'), both);
    await expect(transport.run('lssystem', command)).rejects.toMatchObject({
      code: 'HOST_KEY_CHANGED',
    });
    expect(second.seen.openedAt).toEqual([]);
  });
});

describe('the session budget', () => {
  it('is never exceeded, and all commands come through', async () => {
    const { server, transport } = await pair(slow(10), { sessions: 3, channelsPerConnection: 2 });
    const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`);
    const results = await Promise.all(
      lines.map((line, i) => transport.run(line, { ...run, urgent: i % 10 === 0 })),
    );
    expect(results.map((result) => result.stdout)).toEqual(lines);
    expect(server.seen.most).toBeLessThanOrEqual(3);
  });

  it('shares one connection among many commands', async () => {
    const { server, transport } = await pair(slow(30));
    await Promise.all(['a', 'b', 'c', 'd'].map((line) => transport.run(line, run)));
    expect(server.seen.openedAt).toHaveLength(1);
  });

  it('keeps the last session for the urgent', async () => {
    const { server, transport } = await pair(say('ok'), { channelsPerConnection: 1 });
    const session = await transport.reserve(run);
    const ordinary = transport.run('poll', { timeoutMs: 150 });
    await expect(ordinary).rejects.toMatchObject({
      code: 'NO_FREE_SESSION',
      outcome: 'not-done',
      retry: 'safe',
    });
    expect(server.lines).toEqual([]);
    expect((await transport.run('give back', { ...run, urgent: true })).stdout).toBe('ok');
    // Still only for the urgent, although it is idle now.
    await expect(transport.run('poll', { timeoutMs: 150 })).rejects.toMatchObject({
      code: 'NO_FREE_SESSION',
    });
    session.release();
    expect((await transport.run('poll', run)).stdout).toBe('ok');
  });

  it('of one session serves everybody with it', async () => {
    const { server, transport } = await pair(say('ok'), { sessions: 1 });
    await transport.run('poll', run);
    await transport.run('start', { ...run, urgent: true });
    expect(server.seen.openedAt).toHaveLength(1);
  });
});

describe('a reservation', () => {
  it('gets a connection of its own: no other command stands on it', async () => {
    const used: string[] = [];
    const ports = new Map<object, number>();
    const { transport } = await pair((line, channel, connection) => {
      if (!ports.has(connection)) ports.set(connection, ports.size);
      used.push(`${line} on ${ports.get(connection) ?? -1}`);
      say('')(line, channel);
    });
    await transport.run('poll', run);
    const session = await transport.reserve({ ...run, urgent: true });
    await Promise.all([
      transport.run('poll', run),
      session.run('start', run),
      transport.run('poll', run),
    ]);
    expect(used).toEqual(expect.arrayContaining(['poll on 0', 'start on 1']));
    expect(used).not.toContain('poll on 1');
  });

  it('is served before later commands, however many there are', async () => {
    const { transport } = await pair(slow(20), { channelsPerConnection: 2 });
    const before = [transport.run('1', run), transport.run('2', run)];
    let reserved = false;
    const session = transport.reserve(run).then((one) => {
      reserved = true;
      return one;
    });
    const after = transport.run('3', run).then(() => expect(reserved).toBe(true));
    await Promise.all(before);
    (await session).release();
    await after;
  });

  it('finds out that an idle connection died without a word, and takes a new one', async () => {
    const { server, transport } = await pair(say('ok'));
    await transport.run('poll', run);
    const [connection] = server.connections;
    // A firewall that forgot the connection: the socket stays, answers do not come.
    const socket = (connection as unknown as { _sock: { pause(): void; resume(): void } })._sock;
    socket.pause();
    const session = await transport.reserve({ timeoutMs: 4_000 });
    expect((await session.run('start', run)).stdout).toBe('ok');
    expect(server.seen.openedAt).toHaveLength(2);
    socket.resume();
  });

  it('runs the probe it was given, and throws when that fails', async () => {
    const { server, transport } = await pair(
      (line, channel) => say('', line === 'lssystem' ? 1 : 0)(line, channel),
      {
        probe: 'lssystem',
      },
    );
    await expect(transport.reserve(run)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(server.lines).toEqual(['lssystem']);
  });

  it('once released sends nothing more and closes its line channels', async () => {
    const { server, transport } = await pair(() => undefined);
    const session = await transport.reserve(run);
    const lines = await session.openLines('agent');
    session.release();
    session.release();
    await expect(session.run('start', run)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      outcome: 'not-done',
    });
    await expect(lines.nextLine(1000)).rejects.toMatchObject({ code: 'CHANNEL_LOST' });
    expect(server.lines).toEqual(['agent']);
  });
});

describe('connections', () => {
  it('come at most three in a second', async () => {
    const { server, transport } = await pair(slow(1500), { sessions: 6, channelsPerConnection: 1 });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((line) => transport.run(line, run)));
    const at = server.seen.openedAt;
    expect(at).toHaveLength(5);
    expect((at[3] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('are counted by sleeping: a wall clock that jumps back does no harm', async () => {
    let now = 1e12;
    const jumping: Clock = { now: () => (now -= 3_600_000), sleep: () => Promise.resolve() };
    const rate = new Rate({ clock: jumping, signal: new AbortController().signal }, 3);
    for (let i = 0; i < 10; i += 1) (await rate.turn())();
  });

  it('are closed when idle, and opened again when needed', async () => {
    const { server, transport } = await pair(say('ok'), { idleMs: 50 });
    await transport.run('a', run);
    await clock.sleep(200);
    expect(server.connections.size).toBe(0);
    await transport.run('b', run);
    expect(server.seen.openedAt).toHaveLength(2);
  });

  it('all end with the transport; who waits is told that nothing was done', async () => {
    const { server, transport } = await pair(slow(5_000), {
      sessions: 1,
      channelsPerConnection: 1,
    });
    const running = transport.run('a', run).catch((error: unknown) => error);
    while (server.lines.length === 0) await clock.sleep(5);
    const waiting = transport.run('b', run).catch((error: unknown) => error);
    await transport.close();
    expect(await running).toMatchObject({ code: 'CHANNEL_LOST', outcome: 'unknown' });
    expect(await waiting).toMatchObject({ code: 'UNREACHABLE', outcome: 'not-done' });
    await expect(transport.run('c', run)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(server.lines).toEqual(['a']);
  });
});
