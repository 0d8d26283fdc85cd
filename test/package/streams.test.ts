// What the command line does when its surroundings go away: its reader, its terminal, its parent, its server. On models, in processes of their own.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/client/index.js';
import { systemClock } from '../../src/clock/system-clock.js';
import { startPersistent } from './persistent-server.js';
import { flashcopyMain } from './built.js';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
let quick: string;
let slow: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flashcopy-streams-'));
  const pair = { source: 'db1', target: 'db1c', create: { pool: 'Pool0' } };
  const request = {
    ...{ name: 'erp', array: 'svc1', volumes: [pair] },
    sources: [{ host: 'source1', method: 'quiesce' }],
    targets: [{ host: 'backup1', mounts: [{ from: '/data', at: '/backup/data' }] }],
  };
  const file = async (name: string, content: unknown): Promise<string> => {
    await writeFile(path.join(folder, name), JSON.stringify(content));
    return path.join(folder, name);
  };
  quick = await file('quick.json', request);
  slow = await file('slow.json', { ...request, copy: { waitFor: 'copied', rate: 1 } });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Running {
  readonly child: ChildProcess;
  readonly said: { out: string; err: string };
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

function flashcopy(...args: string[]): Running {
  const { TEMPORAL_ADDRESS: _, ...env } = process.env;
  const child = spawn(process.execPath, [flashcopyMain, ...args], {
    ...{ cwd: root, env: { ...env, FORCE_COLOR: '1' } },
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  return { child, said, ended };
}

async function until(isTrue: () => boolean, ms = 60_000): Promise<void> {
  for (const end = systemClock.now() + ms; !isTrue(); await systemClock.sleep(20))
    if (systemClock.now() > end) throw new Error('waited in vain');
}

/** Processes below this one, by /proc. */
function descendants(of: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return [
          [Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])],
        ] as const;
      } catch {
        return [];
      }
    });
  const below = (parent: number): number[] =>
    parents.filter(([, of]) => of === parent).flatMap(([pid]) => [pid, ...below(pid)]);
  return below(of);
}

const programOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};
const isServer = (pid: number): boolean => programOf(pid).includes('start-dev\0');
/** A process that has ended and whom nobody has asked for yet holds nothing any more. */
const isGone = (pid: number): boolean => programOf(pid) === '';

describe('a closed pipe', () => {
  it('ends the printing, not the copy: the run keeps its worker and its exit code', async () => {
    const run = flashcopy('run', quick, '--models');
    await until(() => run.said.out.includes('begin'));
    run.child.stdout?.destroy();
    expect(await run.ended).toBe(0);
    expect(run.said.err).not.toContain('EPIPE');
  });

  it('of both streams too', async () => {
    const run = flashcopy('run', quick, '--models');
    await until(() => run.said.out.includes('begin'));
    run.child.stdout?.destroy();
    run.child.stderr?.destroy();
    expect(await run.ended).toBe(0);
  });

  it('is no crash of a command that prints at its end', async () => {
    const plan = flashcopy('plan', quick, '--models');
    plan.child.stdout?.destroy();
    expect(await plan.ended).toBe(0);
    expect(plan.said.err).toBe('');
  });

  it('that is full is not success', async () => {
    if (!existsSync('/dev/full')) return;
    const child = spawn('/bin/sh', [
      '-c',
      `"$1" "$2" plan "$3" --models > /dev/full`,
      ...['sh', process.execPath, flashcopyMain, quick],
    ]);
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(6);
  });
});

describe('every child ends with its parent', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'by %s while the dev server starts',
    async (signal) => {
      const run = flashcopy('run', quick, '--models', '--json');
      await until(() => descendants(run.child.pid ?? 0).some(isServer));
      const children = descendants(run.child.pid ?? 0);
      run.child.kill(signal);
      expect(await run.ended).toBe(signal === 'SIGKILL' ? 'SIGKILL' : 130);
      if (signal !== 'SIGKILL')
        expect(JSON.parse(run.said.out)).toMatchObject({ error: { code: 'INTERRUPTED' } });
      await until(() => children.every(isGone), 10_000);
    },
  );

  it('by a kill -9 while it copies', async () => {
    const run = flashcopy('run', slow, '--models');
    await until(() => run.said.out.includes('backgroundCopy'));
    const children = descendants(run.child.pid ?? 0);
    expect(children.some(isServer)).toBe(true);
    run.child.kill('SIGKILL');
    await until(() => children.every(isGone), 10_000);
  });
});

describe('a server that goes away while a run is followed', () => {
  it('is waited for, said so, and the document stays one document', async () => {
    const server = await startPersistent(folder);
    const run = flashcopy(
      ...['run', slow, '--json', '--address', server.address],
      ...['--inventory', path.join(root, 'test/package/erp-models.json')],
    );
    await until(() => run.said.err.includes('begin   backgroundCopy'));
    await server.stop();
    await until(() => run.said.err.includes('waiting for the server'));
    await systemClock.sleep(5_000);
    await server.start();
    expect(await run.ended).toBe(0);
    await server.stop();
    const report = JSON.parse(run.said.out) as Report;
    expect(report).toMatchObject({ outcome: 'done', grade: 'filesystem' });
    // eslint-disable-next-line no-control-regex
    expect(run.said.out + run.said.err).not.toMatch(/\u001b\[/);
  });
});

describe('what cannot be told', () => {
  const models = (): string[] => ['--inventory', path.join(root, 'test/package/erp-models.json')];
  const nowhere = ['--address', '127.0.0.1:1'];

  it('without a server is exit 6, one line and one document, of every command', async () => {
    const commands = [
      ...[
        ['status', 'erp'],
        ['watch', 'erp'],
        ['cancel', 'erp'],
        ['give-back', 'erp'],
      ],
      ...[['resolve', 'erp', '--reason', 'x'], ['rate', 'erp', '50'], ['worker']],
      ...[
        ['janitor', 'run'],
        ['janitor', 'install'],
        ['run', quick],
      ],
    ].map((args) => flashcopy(...args, '--json', ...nowhere, ...models()));
    for (const { ended, said } of commands) {
      expect(await ended).toBe(6);
      expect(JSON.parse(said.out)).toMatchObject({ error: { code: 'TEMPORAL_UNREACHABLE' } });
      const lines = said.err.trim().split('\n');
      expect(lines.filter((line) => !line.includes('are models'))).toHaveLength(1);
      expect(lines.at(-1)).toContain('127.0.0.1:1');
    }
  });
});
