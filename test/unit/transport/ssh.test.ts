// The SSH transport against a real server on loopback: whom it trusts, and what it says when an answer is missing.
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { FlashCopyError } from '../../../src/domain/errors.js';
import {
  createSshTransport,
  type SshTransportOptions,
} from '../../../src/transport/ssh/ssh-transport.js';
import type { Transport } from '../../../src/transport/transport.js';
import { systemClock as clock } from '../../../src/clock/system-clock.js';
import {
  clientKey,
  PASSWORD,
  say,
  startSshServer,
  type Answer,
  type TestSshServer,
} from './ssh-server.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function serve(
  answer: Answer,
  refuse?: Parameters<typeof startSshServer>[1],
): Promise<TestSshServer> {
  const server = await startSshServer(answer, refuse);
  open.push(server);
  return server;
}

function reach(
  server: { address: string; hostKey: string },
  change: Partial<SshTransportOptions> = {},
): Transport {
  const transport = createSshTransport({
    address: server.address,
    user: 'copy',
    privateKey: clientKey.private,
    hostKey: server.hostKey,
    sessions: 3,
    clock,
    handshakeTimeoutMs: 3_000,
    ...change,
  });
  open.push(transport);
  return transport;
}

const failure = (work: Promise<unknown>): Promise<FlashCopyError> =>
  work.then(
    () => expect.fail('should have failed'),
    (error: unknown) => error as FlashCopyError,
  );
const run = { timeoutMs: 3_000 };

describe('whom it talks to', () => {
  it('refuses a machine whose host key is not configured, and says what it saw and where to put it', async () => {
    const server = await serve(say('never'));
    const error = await failure(reach(server, { hostKey: undefined }).run('ls', run));
    expect(error).toMatchObject({ code: 'HOST_KEY_UNKNOWN', outcome: 'not-done', retry: 'never' });
    expect(error.message).toContain(server.hostKey);
    expect(error.message).toContain('inventory');
    expect(server.lines).toEqual([]);
  });

  it('refuses a machine with another host key, also for a reservation', async () => {
    const server = await serve(say('never'));
    const other = reach(server, { hostKey: `SHA256:${'A'.repeat(43)}` });
    expect(await failure(other.run('ls', run))).toMatchObject({
      code: 'HOST_KEY_CHANGED',
      retry: 'never',
    });
    expect(await failure(other.reserve(run))).toMatchObject({ code: 'HOST_KEY_CHANGED' });
    expect(server.lines).toEqual([]);
  });

  it('says what an old machine offers and which switch helps, and takes it with that switch', async () => {
    const old = { kex: ['diffie-hellman-group14-sha1' as const], cipher: ['aes256-cbc' as const] };
    const server = await serve(say('hello\n'), { algorithms: old });
    const refused = await failure(reach(server).run('ls', run));
    expect(refused).toMatchObject({ code: 'UNREACHABLE', outcome: 'not-done' });
    expect(refused.message).toMatch(
      /KEX method: diffie-hellman-group14-sha1.*sshAlgorithms: legacy/,
    );
    const legacy = reach(server, { algorithms: 'legacy' });
    expect(await legacy.run('ls', run)).toMatchObject({ exitCode: 0, stdout: 'hello\n' });
  });

  it('says so when not even the old algorithms match', async () => {
    const server = await serve(say(''), { algorithms: { kex: ['diffie-hellman-group1-sha1'] } });
    const refused = await failure(reach(server, { algorithms: 'legacy' }).run('ls', run));
    expect(refused.message).toMatch(/diffie-hellman-group1-sha1; not even sshAlgorithms: legacy/);
  });

  it('accepts any one of several configured host keys', async () => {
    const server = await serve(say('hello'));
    const transport = reach(server, { hostKey: [`SHA256:${'A'.repeat(43)}`, server.hostKey] });
    expect((await transport.run('ls', run)).stdout).toBe('hello');
  });

  it.each([
    ['a wrong password', { privateKey: undefined, password: 'wrong' }],
    ['no credentials', { privateKey: undefined }],
    ['a key it cannot read', { privateKey: 'not a key' }],
  ])('says AUTH_REFUSED for %s, and never shows the secret', async (_, change) => {
    const server = await serve(say('never'));
    const error = await failure(reach(server, change).run('ls', run));
    expect(error).toMatchObject({ code: 'AUTH_REFUSED', outcome: 'not-done', retry: 'never' });
    expect(JSON.stringify(error) + error.message).not.toContain('wrong');
  });

  it('logs in with a password', async () => {
    const server = await serve(say('hello'));
    const transport = reach(server, { privateKey: undefined, password: PASSWORD });
    expect((await transport.run('ls', run)).stdout).toBe('hello');
  });
});

describe('what is known of the effect', () => {
  it('is not-done when nobody listens', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    const error = await failure(
      reach({ address: `127.0.0.1:${port}`, hostKey: 'SHA256:x' }).run('ls', run),
    );
    expect(error).toMatchObject({ code: 'UNREACHABLE', outcome: 'not-done', retry: 'safe' });
  });

  it('is not-done when the far side accepts and never says a word', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => mute.once('listening', resolve));
    const { port } = mute.address() as { port: number };
    const transport = reach(
      { address: `127.0.0.1:${port}`, hostKey: 'SHA256:x' },
      { handshakeTimeoutMs: 100 },
    );
    expect(await failure(transport.run('ls', run))).toMatchObject({
      code: 'UNREACHABLE',
      outcome: 'not-done',
    });
    for (const socket of sockets) socket.destroy();
    mute.close();
  });

  it('is not-done when the server refuses the channel', async () => {
    const server = await serve(say('never'), { channel: () => true });
    const error = await failure(reach(server).run('ls', run));
    expect(error).toMatchObject({ code: 'UNREACHABLE', outcome: 'not-done' });
  });

  it('is unknown when the connection drops between the request and its acceptance', async () => {
    const server = await serve(say('never'), { exec: true });
    const error = await failure(reach(server).run('startfcconsistgrp g', run));
    expect(error).toMatchObject({ code: 'CHANNEL_LOST', outcome: 'unknown', retry: 'after-check' });
    expect(server.lines).toEqual(['startfcconsistgrp g']);
  });

  it('is unknown when the connection drops half way, and what came before was shown', async () => {
    const server = await serve((_line, channel, connection) => {
      channel.write('first half', () => setTimeout(() => connection.end(), 20));
    });
    let shown = '';
    const work = reach(server).run('long', { ...run, onStdout: (text) => (shown += text) });
    expect(await failure(work)).toMatchObject({ code: 'CHANNEL_LOST', outcome: 'unknown' });
    expect(shown).toBe('first half');
    expect(server.lines).toEqual(['long']);
  });

  it('is unknown when no answer comes in time; the connection is not used again', async () => {
    let silent = true;
    const server = await serve((line, channel) => (silent ? undefined : say(line)(line, channel)));
    const transport = reach(server);
    // Long enough for the handshake of a loaded machine: a time-out before sending is another case.
    const error = await failure(transport.run('slow', { timeoutMs: 2_000 }));
    expect(error).toMatchObject({ code: 'COMMAND_TIMED_OUT', outcome: 'unknown' });
    silent = false;
    expect((await transport.run('next', run)).stdout).toBe('next');
    expect(server.seen.openedAt).toHaveLength(2);
  });

  it('is unknown when the channel closes without an exit status', async () => {
    const server = await serve((_line, channel) => channel.end('half'));
    expect(await failure(reach(server).run('ls', run))).toMatchObject({
      code: 'CHANNEL_LOST',
      outcome: 'unknown',
    });
  });

  it('tells a cancel before sending from one after', async () => {
    const server = await serve(() => undefined);
    const transport = reach(server);
    const before = await failure(transport.run('ls', { ...run, signal: AbortSignal.abort() }));
    expect(before).toMatchObject({ code: 'COMMAND_CANCELLED', outcome: 'not-done' });
    const after = new AbortController();
    const work = failure(transport.run('ls', { ...run, signal: after.signal }));
    while (server.lines.length === 0) await clock.sleep(5);
    after.abort();
    expect(await work).toMatchObject({ code: 'COMMAND_CANCELLED', outcome: 'unknown' });
  });

  it('gives up on endless output', async () => {
    const server = await serve(say('x'.repeat(5000)));
    const error = await failure(reach(server, { maxOutputBytes: 1000 }).run('cat', run));
    expect(error).toMatchObject({ code: 'OUTPUT_TOO_LARGE', outcome: 'unknown' });
  });

  it('tries once more by itself when an idle connection turns out to be dead, since nothing was sent', async () => {
    let refusing = false;
    const server = await serve(say('ok'), { channel: () => refusing && !(refusing = false) });
    const transport = reach(server);
    await transport.run('one', run);
    refusing = true;
    expect((await transport.run('two', run)).stdout).toBe('ok');
    expect(server.lines).toEqual(['one', 'two']);
  });
});

describe('results', () => {
  it('have one shape for success and failure', async () => {
    const server = await serve((_line, channel) => {
      channel.write('out');
      channel.stderr.write('CMMVC5754E no such object\n');
      channel.exit(1);
      channel.end();
    });
    const result = await reach(server).run('rmfcmap x', run);
    expect(result).toMatchObject({
      exitCode: 1,
      stdout: 'out',
      stderr: 'CMMVC5754E no such object\n',
    });
    expect(result.durationMs).toBeGreaterThanOrEqual(0);
  });

  it('have no exit code when a signal killed the command', async () => {
    const server = await serve((_line, channel) => {
      channel.exit('KILL');
      channel.end();
    });
    expect((await reach(server).run('sleep', run)).exitCode).toBeUndefined();
  });

  it('keep characters whole that two packets share', async () => {
    const text = Buffer.from('Größe €');
    const server = await serve((_line, channel) => {
      const bytes = [...text].map((byte) => Buffer.from([byte]));
      const next = (): void => {
        const byte = bytes.shift();
        if (byte !== undefined) return void channel.write(byte, () => setTimeout(next, 1));
        channel.exit(0);
        channel.end();
      };
      next();
    });
    expect((await reach(server).run('cat', run)).stdout).toBe('Größe €');
  });

  it('that are no UTF-8 are read as ISO-8859-1', async () => {
    const server = await serve((_, channel) => {
      channel.stderr.write(Buffer.from('CMMVC5754E Das Objekt ist ungültig.\n', 'latin1'));
      channel.exit(1);
      channel.end();
    });
    const { stderr } = await reach(server).run('ls', run);
    expect(stderr).toBe('CMMVC5754E Das Objekt ist ungültig.\n');
  });

  it('come from a command that got its standard input and then its end', async () => {
    const server = await serve((_line, channel) => {
      let input = '';
      channel.on('data', (chunk: Buffer) => (input += chunk.toString()));
      channel.on('end', () => say(input.toUpperCase())('', channel));
    });
    expect((await reach(server).run('upper', { ...run, input: 'söme' })).stdout).toBe('SÖME');
  });
});

describe('line channels', () => {
  const echo: Answer = (_line, channel) => {
    channel.on('data', (chunk: Buffer) => channel.write(`<${chunk.toString()}`));
  };

  it('talk in lines and tell the far side of their end', async () => {
    let ended = false;
    const server = await serve((line, channel, connection) => {
      echo(line, channel, connection);
      channel.on('end', () => (ended = true));
    });
    const session = await reach(server).reserve(run);
    const lines = await session.openLines('agent');
    lines.send('arm');
    expect(await lines.nextLine(1000)).toBe('<arm');
    lines.close();
    while (!ended) await clock.sleep(5);
    expect(await failure(lines.nextLine(1000))).toMatchObject({ code: 'CHANNEL_LOST' });
    expect(() => lines.send('more')).toThrow(/closed/);
  });

  it('keep a late line for the next reader', async () => {
    const server = await serve(
      (_line, channel) => void setTimeout(() => channel.write('late\nhalf'), 150),
    );
    const lines = await (await reach(server).reserve(run)).openLines('agent');
    expect(await failure(lines.nextLine(20))).toMatchObject({
      code: 'COMMAND_TIMED_OUT',
      outcome: 'unknown',
    });
    expect(await lines.nextLine(1000)).toBe('late');
    expect(await failure(lines.nextLine(20))).toMatchObject({ code: 'COMMAND_TIMED_OUT' });
  });

  it('end with CHANNEL_LOST and the last words when the far side dies', async () => {
    const server = await serve((_line, channel, connection) => {
      channel.stderr.write('python3: not found');
      channel.write('hello\nhal', () => setTimeout(() => connection.end(), 30));
    });
    const lines = await (await reach(server).reserve(run)).openLines('agent');
    expect(await lines.nextLine(1000)).toBe('hello');
    const error = await failure(lines.nextLine(1000));
    expect(error).toMatchObject({ code: 'CHANNEL_LOST', outcome: 'unknown' });
    expect(error.message).toContain('python3: not found');
  });
});
