// How a login gets its key: by file, variable or agent, tried against a real SSH server and a real ssh-agent; what is exposed is refused.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.js';
import { Secrets, type CredentialPlace } from '../../../src/worker/secrets.js';
import { systemClock } from '../../../src/clock/system-clock.js';
import {
  clientKey,
  PASSWORD,
  say,
  startSshServer,
  type TestSshServer,
} from '../transport/ssh-server.js';

const PASSPHRASE = 'a passphrase of the key';
let folder: string;
let server: TestSshServer;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'secrets-'));
  server = await startSshServer(say('hello\n'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string, mode = 0o600): string {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  chmodSync(at, mode);
  return at;
}
/** The client's key as OpenSSH itself encrypts it. */
function encrypted(): string {
  const at = file('encrypted', clientKey.private);
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', PASSPHRASE, '-f', at]);
  return at;
}

async function logIn(place: CredentialPlace, secrets = new Secrets()): Promise<string> {
  const transport = createSshTransport({
    ...{ address: server.address, user: 'flashcopy', hostKey: server.hostKey, sessions: 2 },
    ...{ clock: systemClock, handshakeTimeoutMs: 10_000 },
    ...secrets.read('svc1', place),
  });
  try {
    return (await transport.run('true', { timeoutMs: 10_000 })).stdout;
  } finally {
    await transport.close();
  }
}
const code = (expected: string, message = ''): unknown =>
  expect.objectContaining({ code: expected, message: expect.stringContaining(message) as string });

describe('a login', () => {
  it('with a wrong passphrase, without one, or with a key nobody knows is AUTH_REFUSED without the secret', async () => {
    vi.stubEnv('WRONG', 'not that passphrase');
    const identityFile = encrypted();
    for (const place of [{ identityFile, passphraseEnv: 'WRONG' }, { identityFile }]) {
      const error = (await logIn(place).catch((reason: unknown) => reason)) as Error;
      expect(error).toEqual(code('AUTH_REFUSED'));
      expect(error.message).not.toContain('not that');
    }
    expect(server.lines).toEqual([]);
  });

  it('that names a variable or a file that is not there is CREDENTIAL_MISSING, before anything is connected', async () => {
    vi.stubEnv('SSH_AUTH_SOCK', '');
    for (const place of [
      { passwordEnv: 'NOT_SET' },
      { privateKeyEnv: 'NOT_SET' },
      { agent: true },
      { identityFile: '/nonexistent' },
    ])
      await expect(logIn(place)).rejects.toEqual(
        code('CREDENTIAL_MISSING', 'svc1: CREDENTIAL_MISSING; '),
      );
    expect(server.seen.most).toBe(0);
    vi.stubEnv('SSH_AUTH_SOCK', path.join(folder, 'no-agent'));
    await expect(logIn({ agent: true })).rejects.toEqual(code('AUTH_REFUSED', 'ssh-agent'));
  });

  it('takes a key file, with passphrase or without', async () => {
    vi.stubEnv('KEY_PASSPHRASE', PASSPHRASE);
    expect(await logIn({ identityFile: file('id', clientKey.private) })).toBe('hello\n');
    expect(await logIn({ identityFile: encrypted(), passphraseEnv: 'KEY_PASSPHRASE' })).toBe(
      'hello\n',
    );
  });

  it('takes a key or a password from the environment, line ends written as they can be', async () => {
    vi.stubEnv('KEY', clientKey.private);
    vi.stubEnv('FLAT_KEY', clientKey.private.trim().replaceAll('\n', '\\n'));
    vi.stubEnv('PASSWORD', PASSWORD);
    for (const place of [
      { privateKeyEnv: 'KEY' },
      { privateKeyEnv: 'FLAT_KEY' },
      { passwordEnv: 'PASSWORD' },
    ])
      expect(await logIn(place)).toBe('hello\n');
  });

  it('takes the ssh-agent: the key never enters this process', async () => {
    const socket = path.join(folder, 'agent.sock');
    const started = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' });
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]);
    try {
      vi.stubEnv('SSH_AUTH_SOCK', socket);
      await expect(logIn({ agent: true })).rejects.toEqual(code('AUTH_REFUSED'));
      expect(spawnSync('ssh-add', ['-q', file('id', clientKey.private)]).status).toBe(0);
      const secrets = new Secrets();
      expect(await logIn({ agent: true }, secrets)).toBe('hello\n');
      expect(secrets.list()).toEqual([]);
    } finally {
      process.kill(pid);
    }
  });
});

describe('a file with a secret', () => {
  it.each([0o644, 0o604, 0o640, 0o660, 0o602, 0o666])(
    'of mode %o is refused with the way to mend it',
    (mode) => {
      for (const field of ['identityFile', 'passwordFile']) {
        const at = file('id', 'secret text', mode);
        const read = () => new Secrets().read('app1', { [field]: at });
        expect(read).toThrow(code('CREDENTIAL_EXPOSED', `chmod 600 ${at}`));
        expect(read).not.toThrow('secret text');
      }
    },
  );

  it.each([0o600, 0o400])('of mode %o is taken', (mode) => {
    expect(new Secrets().read('app1', { passwordFile: file('p', 'secret text\n', mode) })).toEqual({
      password: 'secret text',
    });
  });
});

describe('what is struck out', () => {
  it('is every form of a secret, line by line, and nothing of a key file that is public', () => {
    const secrets = new Secrets();
    secrets.keep('p"w/ö');
    secrets.read('svc1', { identityFile: file('id', clientKey.private) });
    const forms = secrets.list();
    for (const form of [
      'p"w/ö',
      'p\\"w/ö',
      'p%22w%2F%C3%B6',
      Buffer.from('p"w/ö').toString('base64'),
    ])
      expect(forms).toContain(form);
    expect(forms).toContain(clientKey.private.split('\n')[1]);
    expect(forms.some((form) => form.startsWith('-----') && !form.includes('\n'))).toBe(false);
    expect(secrets.list()).toBe(forms);
  });

  it('forgets tokens that are long gone, and nothing else', () => {
    const secrets = new Secrets();
    secrets.keep('for ever');
    for (let i = 0; i < 500; i += 1) secrets.keepToken(`token-${i}`);
    expect(secrets.list()).toEqual(expect.arrayContaining(['for ever', 'token-499']));
    expect(secrets.list()).not.toContain('token-1');
    expect(secrets.list().length).toBeLessThan(500);
  });
});
