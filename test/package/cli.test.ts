// The command line as a shell sees it: exit code, standard output, standard error. On models, with a Temporal dev server of its own.
import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/client/index.js';
import { devServer } from '../workflow/temporal.js';
import { flashcopyMain } from './built.js';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;

const request = {
  name: 'erp',
  array: 'svc1',
  volumes: [{ source: 'db1', target: 'db1c' }],
  sources: [{ host: 'source1', method: 'quiesce' }],
  targets: [{ host: 'backup1', mounts: [{ from: '/data', at: '/backup/data' }] }],
};

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `interrupt`: SIGINT as soon as this text was said. */
function flashcopy(
  args: readonly string[],
  interrupt?: { readonly when: RegExp; readonly signal: NodeJS.Signals },
) {
  return new Promise<Ended>((resolve) => {
    const { TEMPORAL_ADDRESS: _, ...env } = process.env;
    const child = spawn(process.execPath, [flashcopyMain, ...args], { cwd: root, env });
    const said = { out: '', err: '' };
    let sent = false;
    const heard = (stream: 'out' | 'err') => (chunk: Buffer) => {
      said[stream] += chunk.toString();
      if (interrupt !== undefined && !sent && interrupt.when.test(said.out + said.err)) {
        sent = true;
        child.kill(interrupt.signal);
      }
    };
    child.stdout.on('data', heard('out'));
    child.stderr.on('data', heard('err'));
    child.on('close', (code) => {
      resolve({ code, ...said });
    });
  });
}

async function file(name: string, content: unknown): Promise<string> {
  const written = path.join(folder, name);
  await writeFile(written, typeof content === 'string' ? content : JSON.stringify(content));
  return written;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flashcopy-cli-'));
});

describe('bad input', () => {
  it('is exit 2, one line for each problem with field and value, and no stack trace', async () => {
    const wrong = await file('wrong.json', {
      ...request,
      sources: [{ host: 'source1', method: 'freeze' }],
    });
    const { code, out, err } = await flashcopy(['run', wrong, '--models']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('sources[0].method = "freeze"');
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('with --json is { error } on standard output', async () => {
    const { code, out } = await flashcopy(['plan', '/nonexistent.yaml', '--models', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      error: { code: 'UNREADABLE_FILE', family: 'request' },
    });
  });

  it('on the command line itself is exit 2, and help is exit 0', async () => {
    const [unknown, help] = [await flashcopy(['copy']), await flashcopy(['--help'])];
    expect(unknown.code).toBe(2);
    const usage = await flashcopy(['plan', '--json']);
    expect(JSON.parse(usage.out)).toMatchObject({ error: { code: 'INVALID_USAGE' } });
    expect(usage.code).toBe(2);
    expect(help.code).toBe(0);
    expect((await flashcopy(['--version'])).out).toMatch(/^\d+\.\d+\.\d+/);
    expect(help.out).toContain('Exit codes: 0 done, 2 invalid input, 3 refused by the plan');
  });
});

describe('plan', () => {
  it('prints every action, what is lost and the hash, and says that models are models', async () => {
    const { code, out } = await flashcopy(['plan', await file('plan.json', request), '--models']);
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toContain('models');
    for (const part of ['start group', 'lost:', 'all data on db1c', 'plan hash '])
      expect(out).toContain(part);
  });

  it('that is refused is exit 3 with field, value, code and remedy', async () => {
    const small = {
      kind: 'model',
      volumes: [
        { name: 'db1', size: '64MiB' },
        { name: 'db1c', size: '32MiB' },
      ],
    };
    const disks = [{ array: 'svc1', volumes: ['db1'], volumeGroup: 'vg', mounts: { lv: '/data' } }];
    const inventory = {
      arrays: { svc1: small },
      hosts: {
        source1: { kind: 'model', arrayHosts: { svc1: 'source1' }, disks },
        backup1: { kind: 'model', arrayHosts: { svc1: 'backup1' } },
      },
    };
    const args = [
      await file('refused.json', request),
      '--inventory',
      await file('inventory.json', inventory),
    ];
    const { code, out, err } = await flashcopy(['plan', ...args, '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ error: { family: 'plan' } });
    expect(err).toMatch(/volumes\[0\]\.target = "db1c": [A-Z_]+; ./);
  });
});

describe('run', () => {
  it('--json prints exactly the report, and everything else on standard error', async () => {
    const { code, out, err } = await flashcopy([
      'run',
      await file('run.json', request),
      '--models',
      '--json',
    ]);
    expect(code).toBe(0);
    const report = JSON.parse(out) as Report;
    expect(report).toMatchObject({
      set: 'erp',
      outcome: 'done',
      grade: 'filesystem',
      verified: true,
    });
    expect(err).toContain('history ends with this command');
    expect(err).toMatch(/done {4}takePointInTime/);
  });

  it('works itself when the workers that Temporal remembers are gone', async () => {
    const env = await devServer();
    const { workflowService } = env.connection;
    const queue = {
      namespace: env.namespace ?? 'default',
      taskQueue: { name: 'flashcopy' },
      identity: 'gone',
    };
    // A worker that asked once and ended: the server lists it for minutes.
    await env.connection
      .withDeadline(Date.now() + 5_000, () => workflowService.pollWorkflowTaskQueue(queue))
      .catch(() => undefined);
    const examples = path.join(root, 'examples/models');
    const where = ['--address', env.address, '--inventory', path.join(examples, 'inventory.yaml')];
    const { code, out } = await flashcopy(['run', path.join(examples, 'request.yaml'), ...where]);
    await env.teardown();
    expect(out).toContain('this command only follows');
    expect(out).toContain('no worker took the run');
    expect(code).toBe(0);
  });

  it('Ctrl-C undoes what was done and exits 130 with the report', async () => {
    const started = await file('interrupted.json', {
      ...request,
      copy: { waitFor: 'copied', rate: 1 },
    });
    const interrupt = { when: /begin {3}backgroundCopy/, signal: 'SIGINT' as const };
    const { code, out, err } = await flashcopy(['run', started, '--models', '--json'], interrupt);
    expect(err).toContain('stopping: what was done is being undone');
    expect(code).toBe(130);
    const report = JSON.parse(out) as Report;
    expect(report.outcome).toBe('cancelled');
    expect(report.compensation.every(({ ok }) => ok)).toBe(true);
    expect(report.pauses).toHaveLength(1);
  });
});

describe('simulator', () => {
  it('says when it is ready, and SIGTERM saves its state and ends it with 0', async () => {
    const config = await file('simulator.yaml', SIMULATOR);
    const data = path.join(folder, 'data');
    const args = ['simulator', '--config', config, '--ssh', '127.0.0.1:0', '--data', data];
    const first = await flashcopy(args, { when: /simulator ready/, signal: 'SIGTERM' });
    expect(first.code).toBe(0);
    const again = await flashcopy(args, { when: /simulator ready/, signal: 'SIGTERM' });
    // The host key is kept with the state: clients know the array again.
    const key = /host key (\S+)/;
    expect(key.exec(again.out)?.[1]).toBe(key.exec(first.out)?.[1]);
  });

  it('with a wrong configuration is exit 2 with the field', async () => {
    const config = await file('wrong.yaml', SIMULATOR.replace('64MiB', 'large'));
    const args = [
      'simulator',
      '--config',
      config,
      '--ssh',
      '127.0.0.1:0',
      '--data',
      path.join(folder, 'wrong'),
    ];
    const { code, err } = await flashcopy(args);
    expect(code).toBe(2);
    expect(err).toContain('volumes.0.size');
  });
});

const SIMULATOR = `
system: { name: svc1 }
users: [{ name: superuser, password: test-only }]
pools: [{ name: Pool0, capacity: 1GiB }]
volumes: [{ name: db1, pool: Pool0, size: 64MiB }]
hosts: [{ name: source1, wwpn: "2100000000000001" }]
`;
