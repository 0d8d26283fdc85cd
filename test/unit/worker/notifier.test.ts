// Calls for a person by a real program and to a real HTTP server of this machine: what arrives, what is refused, what never leaves.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseInventory, type Inventory } from '../../../src/config/inventory.js';
import type { SignedNotice } from '../../../src/domain/notice.js';
import { createNotifier } from '../../../src/worker/notifier.js';
import { Secrets } from '../../../src/worker/secrets.js';

const NOTICE: SignedNotice = {
  ...{
    what: 'source-without-io',
    set: 'erp',
    run: 'erp-abc123',
    host: 'db1',
    why: "it's $(gone); `away`",
  },
  ...{ todo: ['make it reachable'], workflowId: 'flashcopy/erp', runId: 'r1' },
};

let folder: string;
let server: Server;
let url: string;
let status: number;
let heard: { headers: IncomingHttpHeaders; body: string }[];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'notify-'));
  [status, heard] = [204, []];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      heard.push({ headers: request.headers, body });
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await new Promise((resolve) => server.close(resolve));
});

function inventory(notify: object, ui?: string): Inventory {
  const temporal = ui === undefined ? {} : { temporal: { ui, namespace: 'prod' } };
  return parseInventory({ ...temporal, notify, arrays: {}, hosts: {} }, { baseDir: folder });
}
const notifier = (notify: object, secrets = new Secrets()) =>
  createNotifier(inventory(notify), secrets);

function script(body: string): string {
  const file = path.join(folder, 'call it.sh');
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('a program that is called', () => {
  it('gets the notice as JSON on standard input, and its words untouched by any shell', async () => {
    const file = script(`cat >'${folder}/in'; printf '%s\\n' "$@" >'${folder}/words'`);
    const words = ['--to', 'on call; touch pwned', '$HOME'];
    expect(await notifier({ command: [file, ...words] }).send('command', NOTICE)).toBe(true);
    expect(JSON.parse(readFileSync(path.join(folder, 'in'), 'utf8'))).toEqual(NOTICE);
    expect(readFileSync(path.join(folder, 'words'), 'utf8').trim().split('\n')).toEqual(words);
  });

  it('that does not read its input is not wrong; one that ends with another code is, and may be called again', async () => {
    expect(await notifier({ command: ['true'] }).send('command', NOTICE)).toBe(true);
    const failing = notifier({ command: [script('echo nobody there >&2; exit 7')] });
    await expect(failing.send('command', NOTICE)).rejects.toMatchObject({
      ...{ code: 'NOTIFY_FAILED', retry: 'safe', outcome: 'unknown' },
      message: expect.stringMatching(/ended with 7: nobody there/) as string,
    });
  });

  it('that does not exist is a clear line', async () => {
    const missing = notifier({ command: [path.join(folder, 'none')] });
    await expect(missing.send('command', NOTICE)).rejects.toMatchObject({
      message: expect.stringContaining('ENOENT') as string,
    });
  });
});

describe('a webhook', () => {
  it('gets the notice as JSON in a POST, with a link where the inventory names the UI', async () => {
    const linked = createNotifier(
      inventory({ webhook: url }, 'http://ui.example:8080/'),
      new Secrets(),
    );
    expect(await linked.send('webhook', NOTICE)).toBe(true);
    expect(heard[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(heard[0]?.body ?? '')).toEqual({
      ...NOTICE,
      link: 'http://ui.example:8080/namespaces/prod/workflows/flashcopy%2Ferp/r1',
    });
  });

  it('whose address and token are secrets takes them from file and environment; neither stands in its failures', async () => {
    writeFileSync(path.join(folder, 'url'), `${url}?key=s3cret\n`, { mode: 0o600 });
    process.env['NOTIFY_TOKEN_OF_TEST'] = 'tok3n';
    const secrets = new Secrets();
    const secret = notifier({ webhookFile: 'url', tokenEnv: 'NOTIFY_TOKEN_OF_TEST' }, secrets);
    expect(await secret.send('webhook', NOTICE)).toBe(true);
    expect(heard[0]?.headers.authorization).toBe('Bearer tok3n');
    expect(secrets.list()).toEqual(expect.arrayContaining([`${url}?key=s3cret`, 'tok3n']));
    status = 500;
    const error = await secret.send('webhook', NOTICE).catch((caught: unknown) => caught as Error);
    expect(JSON.stringify([error, (error as Error).message])).not.toMatch(/s3cret|tok3n/);
    expect(error).toMatchObject({
      code: 'NOTIFY_FAILED',
      message: expect.stringContaining('500') as string,
    });
  });

  it('is not followed elsewhere, and one that does not answer is a failure that may be repeated', async () => {
    status = 302;
    await expect(notifier({ webhook: url }).send('webhook', NOTICE)).rejects.toMatchObject({
      code: 'NOTIFY_FAILED',
    });
    expect(heard).toHaveLength(1);
    const nobody = notifier({ webhook: 'http://127.0.0.1:1/' });
    await expect(nobody.send('webhook', NOTICE)).rejects.toMatchObject({
      code: 'NOTIFY_FAILED',
      retry: 'safe',
    });
  });
});

describe('an inventory', () => {
  it('without ways tells nobody, and says so', async () => {
    for (const way of ['command', 'webhook'] as const)
      expect(await notifier({}).send(way, NOTICE)).toBe(false);
  });

  it.each([
    ['a URL that is none', { webhook: 'hook' }, /notify\.webhook/],
    ['a URL of another kind', { webhook: 'file:///etc/passwd' }, /https/],
    ['a password in the URL', { webhook: 'https://me:pw@hook.example/' }, /tokenFile or tokenEnv/],
    ['two addresses', { webhook: 'https://a.example/', webhookEnv: 'HOOK' }, /one of webhook/],
    ['two tokens', { tokenEnv: 'A', tokenFile: 'b' }, /one of tokenFile/],
    ['a command that is a line for a shell', { command: 'mail ops' }, /notify\.command/],
    ['an empty command', { command: [] }, /name a program/],
    ['a token that stands there', { token: 's3cret' }, /secrets do not stand in an inventory/],
    ['a way nobody knows', { mail: 'ops@example' }, /mail/],
  ])('with %s is refused in one line', (_, notify, line) => {
    let message = '';
    try {
      inventory(notify);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(line);
    expect(message).not.toMatch(/s3cret|:pw@/);
  });
});
