// A whole copy with the codec on: what the server stores names no volume, host or mount point; who has the keys reads it, in client, command
// line and Temporal's own CLI.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { FlashCopyClient, type FlashCopyRequestInput } from '../../src/client/index.js';
import { createFlashCopyWorkers, dataConverterOf } from '../../src/worker/index.js';
import { inventoryOf } from '../../src/worker/composition.js';
import { hostLedger, ledgerWorkflowId } from '../../src/workflows/messages.js';
import { flashcopyMain } from '../package/built.js';
import { evidenceOf, type Evidence } from './evidence.js';

const TEMPORAL = path.resolve('.tools/bin/temporal');
const UI = 'http://localhost:8233';
const TOKEN = randomBytes(16).toString('hex');
/** Of request, inventory and plan. The name of the set, the array's and a target host's are parts of workflow ids, which are never encrypted. */
const NAMES = [
  'db_data1',
  'db_copy1',
  'source1',
  'backup1',
  '/backup/data',
  'vg_data',
  'Pool0',
  'quiesce',
];
const request = parse(await readFile('examples/models/request.yaml', 'utf8')) as Record<
  string,
  unknown
>;
const bad = { ...request, name: 'bad', volumes: [{ source: 'db_data1', target: 'nowhere1' }] };

const hostLedgerId = ledgerWorkflowId(hostLedger('backup1'));

let env: TestWorkflowEnvironment;
let folder: string;
let inventoryFile: string;
let server: ChildProcess | undefined;
let endpoint: string;
let evidence: Evidence[];
const command = (...args: string[]) => [flashcopyMain, ...args];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const extraArgs = ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'];
  env = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: TEMPORAL }, extraArgs },
  });
  folder = await mkdtemp(path.join(tmpdir(), 'codec-'));
  inventoryFile = path.join(folder, 'inventory.yaml');
  await writeFile(path.join(folder, 'key'), randomBytes(32).toString('hex'), { mode: 0o600 });
  process.env['OLD_CODEC_KEY'] = randomBytes(32).toString('base64');
  const codec = {
    keys: [
      { id: 'k2', keyFile: 'key' },
      { id: 'k1', keyEnv: 'OLD_CODEC_KEY' },
    ],
  };
  const inventory = parse(await readFile('examples/models/inventory.yaml', 'utf8')) as object;
  await writeFile(
    inventoryFile,
    stringify({
      ...inventory,
      temporal: { address: env.address, taskQueue: 'codec', ui: UI, codec },
    }),
  );
  await carryOut();
  const started = spawn(
    process.execPath,
    command(
      'codec-server',
      '--inventory',
      inventoryFile,
      '--listen',
      '127.0.0.1:0',
      '--token-env',
      'CODEC_TOKEN',
    ),
    {
      env: { ...process.env, CODEC_TOKEN: TOKEN },
    },
  );
  server = started;
  endpoint = await said(started, /codec server ready: (\S+),/);
});

afterAll(async () => {
  server?.kill('SIGTERM');
  delete process.env['OLD_CODEC_KEY'];
  await env.teardown();
  await rm(folder, { recursive: true });
});

/** What a command says once it is ready. */
function said(child: ChildProcess, ready: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const found = ready.exec(text)?.[1];
        if (found !== undefined) resolve(found);
      });
    child.on('exit', () => reject(new Error(text)));
  });
}

/** One good copy and one that the plan refuses by name. */
async function carryOut(): Promise<void> {
  const inventory = inventoryOf({ inventoryFile });
  const dataConverter = dataConverterOf(inventory.temporal);
  const worker = await createFlashCopyWorkers({
    connection: env.nativeConnection,
    taskQueue: 'codec',
    inventory,
  });
  const client = await FlashCopyClient.connect({
    address: env.address,
    taskQueue: 'codec',
    dataConverter,
  });
  await worker.runUntil(async () => {
    const copy = await client.start(request as unknown as FlashCopyRequestInput);
    for await (const report of copy.follow())
      expect(report.set === '' || report.set === 'demo').toBe(true);
    expect(await copy.result()).toMatchObject({
      outcome: 'done',
      grade: 'filesystem',
      verified: true,
    });
    const error: unknown = await (
      await client.start(bad as unknown as FlashCopyRequestInput)
    )
      .result()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining('nowhere1') as string });
    evidence = await evidenceOf(client.client, ['demo', 'bad']);
  });
  await client.close();
}

describe('with the codec on', () => {
  it('nothing the server stores names a volume, a host, a mount point or what went wrong', () => {
    const stored = evidence.filter(({ where }) => /(history|description)$/.test(where));
    expect(stored.length).toBeGreaterThanOrEqual(8);
    // Who has the keys reads every name: the search below is for what is really there.
    const read = evidence.filter(({ where }) => where.endsWith(' report')).map(({ text }) => text);
    expect(NAMES.filter((name) => !read.join('').includes(name))).toEqual([]);
    for (const { where, text } of stored) {
      const besideItsId = text.replaceAll(hostLedgerId, '');
      expect({
        where,
        found: [...NAMES, 'nowhere1'].filter((name) => besideItsId.includes(name)),
      }).toEqual({
        where,
        found: [],
      });
    }
    expect(stored.some(({ text }) => text.includes('encryption-key-id'))).toBe(true);
    expect(stored.map(({ text }) => text).join('')).not.toContain('json/plain');
  });

  it(
    'the command line reads a run with the keys of the inventory, and without them says so',
    { timeout: 60_000 },
    async () => {
      const run = promisify(execFile);
      // A query needs a worker: the command line's own, with the same keys.
      const worker = spawn(process.execPath, command('worker', '--inventory', inventoryFile));
      try {
        await said(worker, /worker ready: (.+)/);
        const status = await run(
          process.execPath,
          command('status', 'demo', '--inventory', inventoryFile, '--json'),
        );
        expect(JSON.parse(status.stdout)).toMatchObject({ set: 'demo', outcome: 'done' });
        const blind = run(process.execPath, command('status', 'demo', '--address', env.address));
        await expect(blind).rejects.toMatchObject({
          stderr: expect.stringContaining('binary/encrypted') as string,
        });
      } finally {
        worker.kill('SIGTERM');
      }
    },
  );

  it(
    'temporal workflow show reads it through the codec server, and not without its token',
    { timeout: 60_000 },
    async () => {
      const show = async (...codec: string[]): Promise<string> => {
        const words = [
          'workflow',
          'show',
          '--workflow-id',
          'flashcopy/demo',
          '--address',
          env.address,
          '--output',
          'json',
        ];
        const { stdout } = await promisify(execFile)(TEMPORAL, [...words, ...codec], {
          maxBuffer: 64 * 1024 * 1024,
        }).catch((error: { stdout: string }) => error);
        // Payloads stand there in base64 when they are decoded and when they are not.
        return [...stdout.matchAll(/"data": "([^"]+)"/g)]
          .map(([, data = '']) => Buffer.from(data, 'base64').toString())
          .join('\n');
      };
      const decoded = await show('--codec-endpoint', endpoint, '--codec-auth', `Bearer ${TOKEN}`);
      expect(['db_data1', 'db_copy1', 'source1'].every((name) => decoded.includes(name))).toBe(
        true,
      );
      const blind = await show();
      expect([blind.length > 1_000, blind.includes('db_data1')]).toEqual([true, false]);
      expect((await show('--codec-endpoint', endpoint)).includes('db_data1')).toBe(false);
    },
  );
});

describe('the codec server', () => {
  const ask = (init: RequestInit = {}, where = '/decode') =>
    fetch(`${endpoint}${where}`, {
      method: 'POST',
      body: JSON.stringify({ payloads: [] }),
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, ...(init.headers as Record<string, string>) },
    });

  it('answers the configured page, and no other', async () => {
    const preflight = await ask({ method: 'OPTIONS', body: null, headers: { origin: UI } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
      204,
      UI,
    ]);
    expect((await ask({ headers: { origin: UI } }, '/default/decode')).status).toBe(200);
    for (const origin of [
      'http://evil.example',
      'null',
      'http://localhost:8233.evil.example',
      'http://localhost',
    ]) {
      const refused = await ask({ headers: { origin } });
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
        403,
        null,
      ]);
    }
  });

  it('only decodes, only with its token, only what it can, and shows nothing of what it cannot', async () => {
    expect((await ask({}, '/encode')).status).toBe(404);
    expect((await ask({ method: 'GET', body: null })).status).toBe(405);
    for (const authorization of ['', 'Bearer x', `Bearer ${TOKEN}x`, TOKEN])
      expect((await ask({ headers: { authorization } })).status).toBe(401);
    expect((await ask({ body: '{"payloads":1}' })).status).toBe(400);
    expect(
      (await ask({ body: 'x'.repeat(17 * 1024 * 1024) }).catch(() => ({ status: 413 }))).status,
    ).toBe(413);
    const encoding = Buffer.from('binary/encrypted').toString('base64');
    const metadata = { encoding, 'encryption-key-id': Buffer.from('k2').toString('base64') };
    const tampered = await ask({
      body: JSON.stringify({ payloads: [{ metadata, data: 'AAAA' }] }),
    });
    expect([tampered.status, await tampered.text()]).toEqual([
      400,
      expect.stringContaining('PAYLOAD_UNREADABLE'),
    ]);
  });
});
