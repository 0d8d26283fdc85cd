// The packed package in a project of its own: installed, added to a worker by its one line, and used for a copy on models.
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/client/index.js';

const root = path.resolve(import.meta.dirname, '../..');
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
const PEERS = ['activity', 'client', 'common', 'worker', 'workflow'];

let project: string;
let env: TestWorkflowEnvironment;

async function sdkVersion(): Promise<string> {
  const text = await readFile(
    path.join(root, 'node_modules/@temporalio/worker/package.json'),
    'utf8',
  );
  return (JSON.parse(text) as { version: string }).version;
}

beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'flashcopy-package-'));
  const packed = await execa(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', project],
    {
      cwd: root,
    },
  );
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  await writeFile(
    path.join(project, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module' }),
  );
  const version = await sdkVersion();
  const peers = PEERS.map((name) => `@temporalio/${name}@${version}`);
  await execa('npm', ['install', ...QUIET, path.join(project, filename), ...peers], {
    cwd: project,
  });
  env = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: path.join(root, '.tools/bin/temporal') } },
  });
});
afterAll(() => env.teardown());

const INVENTORY = `
arrays:
  svc1: { kind: model, volumes: [{ name: db1, size: 64MiB }, { name: db2, size: 64MiB }] }
hosts:
  source1:
    kind: model
    arrayHosts: { svc1: source1 }
    disks: [{ array: svc1, volumes: [db1, db2], volumeGroup: vg_data, mounts: { data: /data } }]
    writers: { app.service: [/data] }
  backup1: { kind: model, arrayHosts: { svc1: backup1 } }
`;

const APP = `
import { NativeConnection, Worker } from '@temporalio/worker';
import { CopyFailedError, FlashCopyClient } from 'temporal-flashcopy';
import { FlashCopyPlugin } from 'temporal-flashcopy/worker';
const address = process.env.TEMPORAL_ADDRESS;
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({ connection, taskQueue: 'flashcopy', plugins: [new FlashCopyPlugin({ inventoryFile: 'inventory.yaml' })] });
const client = await FlashCopyClient.connect({ address });
await worker.runUntil(async () => {
  const copy = await client.start({
    name: 'packed',
    array: 'svc1',
    volumes: ['db1', 'db2'].map((source) => ({ source, target: source + 'c', create: { pool: 'Pool0' } })),
    sources: [{ host: 'source1', method: process.argv[2], ...(process.argv[2] === 'unmount' ? { units: ['app.service'] } : {}) }],
    targets: [{ host: 'backup1', mounts: [{ from: '/data', at: '/backup/data' }] }],
  });
  const report = await copy.result().catch((error) => {
    if (error instanceof CopyFailedError) return error.report;
    throw error;
  });
  console.log(JSON.stringify(report));
});
await client.close();
await connection.close();
`;

describe('the installed package', () => {
  beforeAll(async () => {
    await writeFile(path.join(project, 'inventory.yaml'), INVENTORY);
    await writeFile(path.join(project, 'app.js'), APP);
  });

  it.each(['quiesce', 'unmount'])(
    'carries out a copy by %s with one line in the worker of the user',
    async (method) => {
      const { stdout } = await execa('node', ['app.js', method], {
        cwd: project,
        env: { TEMPORAL_ADDRESS: env.address },
        timeout: 60_000,
      });
      const report = JSON.parse(stdout) as Report;
      expect(report).toMatchObject({ outcome: 'done', verified: true, set: 'packed' });
      expect(report.grade).toBe(method === 'unmount' ? 'application' : 'filesystem');
      expect(report.pauses.map(({ host, broken }) => ({ host, broken }))).toEqual([
        { host: 'source1', broken: '' },
      ]);
      expect(report.mounts).toMatchObject([{ host: 'backup1', at: '/backup/data' }]);
    },
  );

  it('opens every door of its exports, and its command line answers', async () => {
    const doors = [
      '',
      '/workflows',
      '/activities',
      '/worker',
      '/codec',
      '/testing',
      '/simulator',
    ].map((d) => `temporal-flashcopy${d}`);
    const script = `for (const d of ${JSON.stringify(doors)}) if (Object.keys(await import(d)).length === 0) throw new Error(d);`;
    await execa('node', ['--input-type=module', '-e', script], { cwd: project });
    const help = await execa('npx', ['--no-install', 'flashcopy', '--help'], { cwd: project });
    expect(help.stdout).toContain('Exit codes');
  });

  it('holds what hosts run, and no source, test or lab', async () => {
    const { stdout } = await execa('find', ['node_modules/temporal-flashcopy', '-type', 'f'], {
      cwd: project,
    });
    const files = stdout
      .split('\n')
      .map((file) => file.replace('node_modules/temporal-flashcopy/', ''));
    expect(files).toContain('dist/host/linux/agent/main.sh');
    expect(files.filter((file) => /^(src|test|lab|bench|scripts)\//.test(file))).toEqual([]);
  });
});
