// A dev server behind real TLS with client certificates: a copy from client and worker by a profile,
// and what is refused, in one line. Then the API key and the headers, as a server sees them.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection } from '@temporalio/worker';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { FlashCopyClient, temporalServer, type FlashCopyError } from '../../../src/client/index.js';
import { createFlashCopyWorkers } from '../../../src/worker/index.js';
import { flashcopyMain } from '../built.js';
import { refuseAll } from './api-key-server.js';
import { createAuthority, type Authority, type Certificate } from './certificates.js';
import { openDoor, type Door } from './tls-door.js';

const inventoryFile = path.resolve('examples/models/inventory.yaml');
const request = {
  name: 'secured',
  array: 'svc-lab',
  volumes: ['db_data1', 'db_data2'].map((source) => ({
    ...{ source, target: `${source}_copy`, create: { pool: 'Pool0' } },
  })),
  sources: [{ host: 'source1', method: 'quiesce' as const }],
};

let folder: string;
let ours: Authority;
let theirs: Authority;
let server: Certificate;
let client: Certificate;
let env: TestWorkflowEnvironment;
let door: Door;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flashcopy-tls-'));
  [ours, theirs] = [await createAuthority(folder, 'ours'), await createAuthority(folder, 'theirs')];
  [server, client] = [await ours.issue('server'), await ours.issue('client')];
  const executable = { type: 'existing-path', path: path.resolve('.tools/bin/temporal') } as const;
  env = await TestWorkflowEnvironment.createLocal({ server: { executable } });
  door = await openDoor({ behind: env.address, server, clientCa: ours.ca });
});
afterAll(async () => {
  await door.close();
  await env.teardown();
  await rm(folder, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

interface Profile {
  readonly ca?: string;
  readonly certificate?: Certificate | undefined;
  readonly address?: string;
}

/** Writes a `temporal.toml` and makes it the one of this process. */
async function profile(name: string, { ca, certificate, address }: Profile): Promise<void> {
  const lines = [
    `[profile.${name}]`,
    `address = "${address ?? door.address}"`,
    `[profile.${name}.tls]`,
    `server_ca_cert_path = "${ca ?? ours.ca}"`,
    ...(certificate === undefined
      ? []
      : [
          `client_cert_path = "${certificate.certificate}"`,
          `client_key_path = "${certificate.key}"`,
        ]),
  ];
  const file = path.join(folder, 'temporal.toml');
  await writeFile(file, lines.join('\n'));
  vi.stubEnv('TEMPORAL_CONFIG_FILE', file);
}

const connects = (name: string): Promise<FlashCopyClient> =>
  FlashCopyClient.connect({ profile: name, connectTimeout: 3_000 });

describe('a Temporal server behind TLS with client certificates', () => {
  it('carries a whole copy of client and worker by one profile', async () => {
    await profile('prod', { certificate: client });
    const connection = await NativeConnection.connect(
      temporalServer({ profile: 'prod' }).connection,
    );
    const worker = await createFlashCopyWorkers({ connection, inventoryFile });
    const flashCopy = await connects('prod');
    const report = await worker.runUntil(async () => (await flashCopy.start(request)).result());
    expect(report).toMatchObject({ outcome: 'done', grade: 'filesystem' });
    await flashCopy.close();
    await connection.close();
  });

  it('serves the command line: --profile, the inventory, the environment', async () => {
    await profile('prod', { certificate: client });
    const models = parse(await readFile(inventoryFile, 'utf8')) as object;
    const inventory = path.join(folder, 'inventory.yaml');
    await writeFile(inventory, stringify({ ...models, temporal: { profile: 'prod' } }));
    const order = path.join(folder, 'request.yaml');
    await writeFile(order, stringify({ ...request, name: 'by_cli' }));
    const flashcopy = (...args: string[]) =>
      execa('node', [flashcopyMain, ...args, '--json'], { reject: false, timeout: 60_000 });
    const ran = await flashcopy('run', order, '--inventory', inventory);
    expect(ran).toMatchObject({ exitCode: 0 });
    for (const doors of [['--profile', 'prod'], ['--inventory', inventory], []]) {
      if (doors.length === 0) vi.stubEnv('TEMPORAL_PROFILE', 'prod');
      const status = await flashcopy('status', 'by_cli', ...doors);
      expect(JSON.parse(status.stdout)).toMatchObject({ outcome: 'done' });
    }
    const elsewhere = await flashcopy('status', 'by_cli', '--address', door.address);
    expect(elsewhere.exitCode).toBe(0); // by TEMPORAL_PROFILE, as the Temporal CLI does
  });

  it.each<[string, () => Promise<Profile>, RegExp]>([
    [
      'a server that another authority signed',
      () => Promise.resolve({ ca: theirs.ca, certificate: client }),
      /unable to verify|self-signed certificate|unable to get/,
    ],
    ['a client without a certificate', () => Promise.resolve({}), /certificate required/],
    [
      'a client with an expired certificate',
      async () => ({ certificate: await ours.issue('late', -1) }),
      /may not accept this client's certificate/,
    ],
    [
      'a client that another authority signed',
      async () => ({ certificate: await theirs.issue('eve') }),
      /may not accept this client's certificate/,
    ],
    ['a port where nobody listens', () => Promise.resolve({ address: 'localhost:1' }), /REFUSED/],
  ])('refuses %s in one line with address and cause', async (_, make, why) => {
    await profile('prod', await make());
    const refused = (await connects('prod').catch((error: unknown) => error)) as FlashCopyError;
    expect(refused).toMatchObject({ code: 'TEMPORAL_UNREACHABLE', outcome: 'not-done' });
    expect(refused.message).toMatch(/^the Temporal server at localhost:\d+ does not answer: .+$/);
    expect(refused.message).toMatch(why);
  });

  it.each([
    ['a profile that is not there', () => profile('test', {}), /^Temporal profile prod: .*prod/],
    [
      'a certificate file that is not there',
      () => profile('prod', { certificate: { certificate: '/nowhere.pem', key: client.key } }),
      /^Temporal profile prod: ENOENT.*nowhere\.pem/,
    ],
  ])('names %s before it connects', async (_, prepare, message) => {
    await prepare();
    await expect(connects('prod')).rejects.toMatchObject({
      ...{ code: 'INVALID_TEMPORAL_PROFILE', message: expect.stringMatching(message) as string },
    });
  });

  it('shows no line of a file that does not parse: it may be the API key', async () => {
    const file = path.join(folder, 'temporal.toml');
    await writeFile(file, '[profile.prod]\napi_key = "sesame-open" sesame\n');
    vi.stubEnv('TEMPORAL_CONFIG_FILE', file);
    const refused = await connects('prod').catch((error: unknown) => error as Error);
    expect(refused).toMatchObject({ code: 'INVALID_TEMPORAL_PROFILE' });
    expect((refused as Error).message).not.toContain('sesame');
  });

  it('sends the API key and the gRPC headers of the environment, and tells a refusal', async () => {
    const strict = await refuseAll(server);
    vi.stubEnv('TEMPORAL_ADDRESS', strict.address);
    vi.stubEnv('TEMPORAL_API_KEY', 'a-key');
    vi.stubEnv('TEMPORAL_TLS_SERVER_CA_CERT_PATH', ours.ca);
    vi.stubEnv('TEMPORAL_GRPC_META_SITE', 'berlin');
    const refused = await FlashCopyClient.connect().catch((error: unknown) => error as Error);
    strict.close();
    expect(refused).toMatchObject({ code: 'TEMPORAL_REFUSED' });
    expect((refused as Error).message).toContain('request unauthorized');
    expect(strict.seen[0]).toMatchObject({ authorization: 'Bearer a-key', site: 'berlin' });
  });
});
