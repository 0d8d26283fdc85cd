// Secrets planted in every place a secret can be, good and failing copies with machines that repeat them, and then a search in everything
// that can be read afterwards. The same with redaction switched off must be found out.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FlashCopyClient, type CopyHandle } from '../../src/client/index.js';
import { errorData } from '../../src/domain/errors.js';
import { flashcopyMain } from '../package/built.js';
import { evidenceOf, leaks, type Evidence } from './evidence.js';
import { requests, startScene, type Scene } from './scene.js';

const executable = { type: 'existing-path' as const, path: '.tools/bin/temporal' };
const extraArgs = ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'];
const log: string[] = [];

let env: TestWorkflowEnvironment;
let scene: Scene;
beforeAll(() => {
  // Before anything of ours installs another one.
  Runtime.install({
    logger: new DefaultLogger('TRACE', (entry) => void log.push(JSON.stringify(entry, errorsToo))),
    telemetryOptions: {
      logging: { forward: {}, filter: 'temporalio_sdk_core=DEBUG,temporal_client=DEBUG' },
    },
  });
});
// A server for each: ledgers outlive their copies, and wait for workers of a queue that is served no more.
beforeEach(async () => {
  env = await TestWorkflowEnvironment.createLocal({ server: { executable, extraArgs } });
});
afterEach(async () => {
  await env.teardown();
  await scene.close();
  vi.resetModules();
  vi.doUnmock('../../src/activities/redaction.js');
});

const errorsToo = (_: string, value: unknown): unknown =>
  value instanceof Error
    ? { ...value, message: value.message, stack: value.stack }
    : typeof value === 'bigint'
      ? String(value)
      : value;

/** What a caller sees: all reports while it runs, the report or error at the end. */
async function watch(copy: CopyHandle): Promise<Evidence> {
  const seen: unknown[] = [];
  for await (const report of copy.follow()) seen.push(report);
  seen.push(
    await copy
      .result()
      .catch((error: unknown) => [errorData(error), (error as Error).stack, error]),
  );
  return { where: `${copy.workflowId} client`, text: JSON.stringify(seen, errorsToo) };
}

/** Copies of the scene, default all of them, with a worker of the code as it is loaded now. */
async function carryOut(
  taskQueue: string,
  all = requests(),
): Promise<{ evidence: Evidence[]; outcomes: Record<string, string> }> {
  const { createFlashCopyWorkers } = await import('../../src/worker/index.js');
  const { wrap, inventoryFile } = scene;
  const worker = await createFlashCopyWorkers({
    connection: env.nativeConnection,
    taskQueue,
    inventoryFile,
    wrap,
  });
  const client = new FlashCopyClient({ client: env.client, taskQueue });
  const evidence: Evidence[] = [];
  const outcomes: Record<string, string> = {};
  await worker.runUntil(async () => {
    const perform = async (request: (typeof all)[number]): Promise<void> => {
      const copy = await client.start(request);
      evidence.push(await watch(copy));
      outcomes[request.name] = (await copy.report()).outcome;
    };
    // Two of them share a source: one after the other. The good one uses its logins first, so that they are known.
    const shared = all.filter(({ volumes }) => volumes[0]?.source === 'db1');
    for (const request of shared) await perform(request);
    await Promise.all(all.filter((request) => !shared.includes(request)).map(perform));
    evidence.push(
      ...(await evidenceOf(
        env.client,
        all.map(({ name }) => name),
      )),
    );
  });
  evidence.push({ where: 'log', text: log.splice(0).join('\n') });
  evidence.push({ where: 'what hosts were told', text: scene.heard.join('\n') });
  return { evidence, outcomes };
}

/** Without the parts that are public in a key file: its markers and the name of its format. */
const searched = ({ planted }: Scene): Record<string, string> => ({
  ...planted,
  privateKey: planted.privateKey.split('\n').slice(3, 5).join(''),
});

function flashcopy(args: readonly string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [flashcopyMain, ...args], {
      env: process.env,
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('close', (code) => resolve({ code, text }));
  });
}

describe('secrets planted everywhere', () => {
  it('are in no history, query, trace, log, report or command', { timeout: 240_000 }, async () => {
    scene = await startScene();
    const { evidence, outcomes } = await carryOut('planted');
    expect(leaks(evidence, searched(scene))).toEqual([]);
    // The copies did what they were to do: one good, all others failed, and their errors say something.
    const { good, ...others } = outcomes;
    expect(good).toBe('done');
    expect(new Set(Object.values(others))).toEqual(new Set(['failed']));
    const said = evidence.map(({ text }) => text).join('\n');
    for (const code of ['AUTH_REFUSED', 'UNREADABLE_OUTPUT', 'CHANNEL_LOST', '[redacted]'])
      expect(said).toContain(code);
    expect(evidence.find(({ where }) => where === 'log')?.text).toContain('"level":"DEBUG"');
  });

  it('are in no output of the command line', { timeout: 240_000 }, async () => {
    scene = await startScene();
    const inventory = ['--inventory', scene.inventoryFile];
    const { writeFile } = await import('node:fs/promises');
    const evidence: Evidence[] = [];
    const plan = async (name: string): Promise<void> => {
      const file = path.join(scene.folder, `${name}.json`);
      await writeFile(file, JSON.stringify(requests().find((request) => request.name === name)));
      const { code, text } = await flashcopy(['plan', file, ...inventory, '--json']);
      expect(code).not.toBe(0);
      evidence.push({ where: `plan ${name}`, text });
    };
    await Promise.all(['auth', 'echo', 'rest', 'password-cut', 'key-malformed'].map(plan));
    const doctor = await flashcopy(['doctor', ...inventory]);
    expect(doctor.text).toContain('TROUBLE host key-stderr');
    evidence.push({ where: 'doctor', text: doctor.text });
    expect(leaks(evidence, searched(scene))).toEqual([]);
  });

  it(
    'are found when redaction is switched off: the search has teeth',
    { timeout: 240_000 },
    async () => {
      const same = <T>(value: T): T => value;
      vi.resetModules();
      vi.doMock('../../src/activities/redaction.js', () => ({
        ...{
          redactText: same,
          maskKnown: same,
          redactResult: same,
          redactError: same,
          withoutSecrets: same,
        },
        secretForms: (text: string) => [text],
      }));
      scene = await startScene();
      // One of each kind of secret is enough to be found.
      const few = requests().filter(({ name }) =>
        /^(good|late|echo|rest|(password|key)-(cut|refusal))$/.test(name),
      );
      const { evidence } = await carryOut('planted-lie', few);
      const found = leaks(evidence, searched(scene));
      for (const place of ['history', 'report', 'client', 'log'])
        expect(found.some((one) => one.includes(place))).toBe(true);
      for (const secret of ['hostPassword', 'restToken', 'passphrase', 'privateKey'])
        expect(found.some((one) => one.startsWith(secret))).toBe(true);
    },
  );
});
