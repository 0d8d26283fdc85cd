// How a run ended, as a shell learns it: from the server's word first. On models, with a server of the test's own.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/client/index.js';
import { systemClock } from '../../src/clock/system-clock.js';
import { flashcopyMain } from './built.js';
import { startPersistent, type PersistentServer } from './persistent-server.js';

const inventory = path.resolve(import.meta.dirname, 'erp-models.json');
let folder: string;
let slow: string;
let server: PersistentServer;
let connection: Connection;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flashcopy-ends-'));
  server = await startPersistent(folder);
  connection = await Connection.connect({ address: server.address });
  slow = path.join(folder, 'slow.json');
  await writeFile(
    slow,
    JSON.stringify({
      ...{ name: 'erp', array: 'svc1', copy: { waitFor: 'copied', rate: 1 } },
      volumes: [{ source: 'db1', target: 'db1c', create: { pool: 'Pool0' } }],
      sources: [{ host: 'source1', method: 'quiesce' }],
    }),
  );
});
afterAll(async () => {
  await connection.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const flashcopy = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const words = [flashcopyMain, ...args, '--json', '--address', server.address];
    execFile(process.execPath, words, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
const known = ['--inventory', inventory];

async function isCopying(workflowId: string): Promise<boolean> {
  const handle = new Client({ connection }).workflow.getHandle(workflowId);
  return handle.query<Report>('report').then(
    ({ steps }) =>
      steps.some(({ name, state }) => name === 'backgroundCopy' && state === 'running'),
    () => false,
  );
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600 && !(await isTrue()); tries += 1) await systemClock.sleep(100);
  expect(await isTrue()).toBe(true);
}

describe('a run that is terminated while it copies', () => {
  it('ends run and status with 5, and is 6 while it goes on', async () => {
    const run = flashcopy('run', slow, ...known);
    await until(() => isCopying('flashcopy/erp'));
    const open = await flashcopy('status', 'erp', ...known);
    expect(open.code).toBe(6);
    expect(JSON.parse(open.out)).toMatchObject({ outcome: 'running' });
    await new Client({ connection }).workflow.getHandle('flashcopy/erp').terminate('test');
    const ended = await run;
    expect(ended.code).toBe(5);
    expect(JSON.parse(ended.out)).toMatchObject({
      ...{ outcome: 'needs-operator', verified: false, error: { code: 'TERMINATED' } },
    });
    expect(JSON.parse(ended.out)).not.toHaveProperty('grade');
    const after = await flashcopy('status', 'erp');
    expect(after.code).toBe(5);
    const late = await flashcopy('cancel', 'erp');
    expect(late.code).toBe(3);
    expect(late.err).toContain('TERMINATED');
  });
});

describe('what cannot be told', () => {
  it.each([
    ['an unknown namespace', ['status', 'erp', '--namespace', 'nowhere']],
    ['an unknown namespace of a run', ['run', () => slow, ...known, '--namespace', 'nowhere']],
    ['an unknown namespace of a worker', ['worker', ...known, '--namespace', 'nowhere']],
    ['a janitor without a worker', ['janitor', 'run', '--task-queue', 'nobody']],
  ] satisfies [string, (string | (() => string))[]][])('%s is exit 6', async (_, args) => {
    const words = args.map((word) => (typeof word === 'string' ? word : word()));
    const { code, out, err } = await flashcopy(...words);
    expect(code).toBe(6);
    expect(JSON.parse(out)).toHaveProperty('error.code');
    expect(err).not.toContain('    at ');
  });

  it('a run that nobody started is invalid input', async () => {
    const { code, out } = await flashcopy('status', 'nobody');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'NO_SUCH_RUN' } });
  });
});
