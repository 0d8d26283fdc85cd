// Every example of README, quickstart and examples/ runs as it is written: only the server's address, the door of the package and the UIDs of the
// targets (here those of models) are put in. Against a fresh dev server, whose namespace knows no search attribute of ours.
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Report } from '../../src/client/index.js';
import { parseInventory } from '../../src/config/inventory.js';
import { parseRequest } from '../../src/config/request.js';
import { compose } from '../../src/worker/index.js';
import { flashcopyMain } from './built.js';

const root = path.resolve(import.meta.dirname, '../..');
const node = [process.execPath, '--import', 'tsx'] as const;
let folder: string;
let env: TestWorkflowEnvironment;
let blocks: Record<'start' | 'worker' | 'yaml' | 'lab' | 'temporal' | 'schedule', string>;
let uids: Record<string, string>;
const children: ChildProcess[] = [];

const INVENTORY = {
  arrays: {
    'svc-lab': {
      kind: 'model',
      volumes: ['db_data1', 'db_data2', 'db_copy1', 'db_copy2'].map((name) => ({
        name,
        size: '16MiB',
      })),
    },
  },
  hosts: {
    source1: {
      kind: 'model',
      arrayHosts: { 'svc-lab': 'source1' },
      disks: [
        {
          array: 'svc-lab',
          volumes: ['db_data1', 'db_data2'],
          volumeGroup: 'vg_data',
          mounts: { data: '/data' },
        },
      ],
    },
    backup1: { kind: 'model', arrayHosts: { 'svc-lab': 'backup1' } },
  },
};

const LAB_UIDS = {
  db_copy1: '60000000000000000E00000000050001',
  db_copy2: '60000000000000000E00000000060001',
};

/** Puts in what differs between the reader's site and this test. */
function here(text: string): string {
  const doors = [
    [/'temporal-flashcopy\/worker'/, 'src/worker/index.ts'],
    [/'temporal-flashcopy'/, 'src/client/index.ts'],
  ] as const;
  let put = text.replaceAll('localhost:7233', env.address);
  for (const [name, uid] of Object.entries(LAB_UIDS)) put = put.replaceAll(uid, uids[name] ?? '');
  for (const [door, file] of doors) put = put.replace(door, `'${path.join(root, file)}'`);
  return put;
}

const write = (name: string, text: string): Promise<void> =>
  writeFile(path.join(folder, name), text);

async function run(name: string, text: string): Promise<string> {
  await write(name, text);
  const [command, ...args] = node;
  return (await execa(command, [...args, name], { cwd: folder, timeout: 90_000 })).stdout;
}

/** Starts a worker of an example and waits until it polls. */
async function startWorker(
  file: string,
  args: readonly string[],
  cwd: string,
): Promise<ChildProcess> {
  const [command, ...loader] = node;
  const child = spawn(command, [...loader, file, ...args], {
    cwd,
    env: { ...process.env, TEMPORAL_ADDRESS: env.address },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("state: 'RUNNING'")) resolve();
    });
    child.once('exit', () => reject(new Error(`the worker ended: ${said}`)));
  });
  return child;
}

async function endWorker(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

async function readBlocks(): Promise<typeof blocks> {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const all = [...readme.matchAll(/^```(?:ts|yaml|sh)\n([^]*?)^```$/gm)].map(
    ([, text = '']) => text,
  );
  const one = (mark: string): string =>
    all.find((text) => text.includes(mark)) ?? `no example with ${mark}`;
  return {
    start: one('client.start('),
    worker: one('new FlashCopyPlugin('),
    yaml: one('# request.yaml'),
    lab: one('flashcopy plan request.yaml'),
    temporal: one('temporal workflow start'),
    schedule: one('scheduleFlashCopy('),
  };
}

beforeAll(async () => {
  // Inside the package, so that the SDK is found as in a project of the reader.
  folder = await mkdtemp(path.join(root, 'test/package/.examples-'));
  const { dependencies, close } = await compose(
    parseInventory(INVENTORY, { baseDir: folder }),
  ).then((made) => ({
    dependencies: made.dependencies,
    close: () => made.close(),
  }));
  const vdisks = await dependencies.arrays('svc-lab').readVDisks(Object.keys(LAB_UIDS));
  uids = Object.fromEntries(vdisks.map(({ name, uid }) => [name, uid]));
  await close();
  env = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: path.join(root, '.tools/bin/temporal') } },
  });
  blocks = await readBlocks();
  await write('inventory.yaml', stringify(INVENTORY));
});
afterAll(async () => {
  await Promise.all(children.map(endWorker));
  await env?.teardown();
  await rm(folder, { recursive: true, force: true });
});

describe('the README', () => {
  let worker: ChildProcess | undefined;
  beforeAll(async () => {
    const connect = `import { NativeConnection, Worker } from '@temporalio/worker';
const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS });
`;
    await write('worker.ts', `${connect}${here(blocks.worker)}\nawait worker.run();\n`);
    worker = await startWorker('worker.ts', [], folder);
  });
  afterAll(() => endWorker(worker));

  it('starts a copy from the Temporal CLI on a namespace without search attributes, and asks for its report', async () => {
    const request = parse(here(blocks.yaml)) as object;
    await write('input.json', JSON.stringify({ request }));
    const tools = {
      PATH: `${path.join(root, '.tools/bin')}:${process.env['PATH']}`,
      TEMPORAL_ADDRESS: env.address,
    };
    const started = await execa('sh', ['-ec', blocks.temporal], {
      cwd: folder,
      env: tools,
      timeout: 60_000,
    });
    expect(started.stdout).toContain('erp-nightly');
    const result = (await env.client.workflow
      .getHandle('flashcopy/erp-nightly')
      .result()) as Report;
    expect(result).toMatchObject({ outcome: 'done', grade: 'filesystem', verified: true });
  });

  it('starts a copy from TypeScript in at most 25 lines, which print phases and the grade', async () => {
    expect(blocks.start.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
    const printed = await run('start.ts', `${here(blocks.start)}\nawait client.close();\n`);
    expect(printed).toMatch(/^DONE$/m);
    expect(printed).toMatch(/^filesystem true \[/m);
  });

  it('shows the same request as YAML', () => {
    const written = /client\.start\((\{[^]*?\})\);\nfor await/.exec(blocks.start)?.[1] ?? '';
    // A literal of plain texts and lists reads the same as YAML's flow style.
    const inTypeScript: unknown = parse(written);
    expect(parse(blocks.yaml)).toEqual(inTypeScript);
    parseRequest(inTypeScript);
  });

  it('names commands and options that the command line has', async () => {
    const lines = [...blocks.lab.matchAll(/^npx flashcopy (\w+) (.*?)(?:\s+#.*)?$/gm)];
    expect(lines.map(([, command]) => command)).toEqual(['plan', 'run']);
    await Promise.all(
      lines.map(async ([, name = '', rest = '']) => {
        const help = await execa(process.execPath, [flashcopyMain, name, '--help']);
        for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(help.stdout).toContain(option);
      }),
    );
  });

  it('schedules a nightly copy: overlap SKIP, catch-up window 2 h', async () => {
    const program = `import { FlashCopyClient } from 'temporal-flashcopy';
const client = await FlashCopyClient.connect({ address: 'localhost:7233' });
const request = ${JSON.stringify(parse(blocks.yaml))};
${blocks.schedule}
await client.close();
`;
    await run('schedule.ts', here(program));
    const { policies, spec } = await env.client.schedule.getHandle('erp-nightly').describe();
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 2 * 3_600_000 });
    expect(spec.timezone).toBe('Europe/Berlin');
  });
});

describe('the quickstart', () => {
  it('runs a request on models as it says', async () => {
    const page = await readFile(path.join(root, 'docs/quickstart.md'), 'utf8');
    const line = /npx flashcopy (run examples\/models\/.*)$/m.exec(page)?.[1] ?? '';
    const typed = [flashcopyMain, ...line.split(' ')];
    const { TEMPORAL_ADDRESS: _, ...environment } = process.env;
    const { stdout } = await execa(process.execPath, typed, {
      ...{ cwd: root, timeout: 90_000, env: environment, extendEnv: false },
    });
    expect(stdout).toContain('demo: DONE, grade filesystem, verified');
  });

  it('shows an inventory that is one, but for the fingerprints', async () => {
    const page = await readFile(path.join(root, 'docs/quickstart.md'), 'utf8');
    const block = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? '';
    const inventory = parse(block.replaceAll('SHA256:...', `SHA256:${'A'.repeat(43)}`)) as unknown;
    expect(Object.keys(parseInventory(inventory, { baseDir: root }).hosts)).toEqual(['db1', 'bk1']);
  });
});

describe('examples/own-workflow', () => {
  let worker: ChildProcess | undefined;
  beforeAll(async () => {
    const inventory = path.join(root, 'examples/models/inventory.yaml');
    worker = await startWorker('examples/own-workflow/worker.ts', [inventory], root);
  });
  afterAll(() => endWorker(worker));

  it('carries out a copy between its own steps', async () => {
    await copyFile(
      path.join(root, 'examples/models/request.yaml'),
      path.join(folder, 'request.yaml'),
    );
    const request: unknown = parse(await readFile(path.join(folder, 'request.yaml'), 'utf8'));
    await write('request.json', JSON.stringify(request));
    const [command, ...args] = node;
    const typed = [...args, 'examples/own-workflow/client.ts', path.join(folder, 'request.json')];
    const { stdout } = await execa(command, typed, {
      cwd: root,
      env: { TEMPORAL_ADDRESS: env.address },
      timeout: 90_000,
    });
    expect(stdout).toMatch(/^filesystem true \[/m);
  });
});
