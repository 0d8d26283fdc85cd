// The stage of all restart tests: a real server, a SAN in this process, workers that can be killed, gates at which copies wait.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { withMethods } from '../../src/testing/index.js';
import { flashCopyBundle, systemClock } from '../../src/worker/index.js';
import { createSan, type San } from '../simulation/world/san.js';
import { serve } from './remote-ports.js';
import { TemporalServer } from './temporal-server.js';
import type { WorkerOrder } from './worker.js';

export const QUEUE = 'flashcopy';
export const SECRET = 'hunter2-very-secret';
/** Each copy its own: those that wait in a step on a target host would keep the others from theirs. */
export const targetHostOf = (source: string): string => `dev-${source}`;
const POKE_MS = 200;
/** A database on a slow disk makes a server of five activities a second; what is killed is the process, not the machine. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export interface Gate {
  readonly workflowId: string;
  /** Activity, or `startPrepared`: sources stand still then. */
  readonly at: string;
  readonly when: 'before' | 'after';
}

export class Stage {
  readonly gates = new Map<string, Gate>();
  /** Workflow ids that wait at their gate. */
  readonly parked = new Set<string>();
  readonly calls: { readonly what: string; readonly workflowId: string; readonly at: number }[] =
    [];
  readonly #hired: ChildProcess[] = [];
  #release: () => void = () => undefined;
  #released = new Promise<void>((resolve) => (this.#release = resolve));
  readonly #poking = setInterval(() => this.san.poke(), POKE_MS);

  private constructor(
    readonly server: TemporalServer,
    readonly san: San,
    private readonly folder: string,
  ) {}

  static async set(hosts: readonly string[]): Promise<Stage> {
    const folder = await mkdtemp(path.join(MEMORY, 'flashcopy-restart-'));
    const san = createSan(systemClock, {
      sources: Object.fromEntries(hosts.map((host) => [host, 'svc1'])),
      targets: hosts.map(targetHostOf),
    });
    const stage = new Stage(await TemporalServer.start(folder), await san, folder);
    await stage.writeBundle('now', codeOf(await flashCopyBundle()));
    return stage;
  }

  get client(): Client {
    return new Client({ connection: this.server.connection });
  }

  writeBundle = (name: string, code: string): Promise<void> => writeFile(this.bundle(name), code);
  bundle = (name: string): string => path.join(this.folder, `${name}.js`);

  /** Ready to take tasks when this resolves. */
  async hire(more: Partial<WorkerOrder> = {}): Promise<ChildProcess> {
    const entry = {
      address: '127.0.0.1:1',
      user: 'nobody',
      hostKey: KEY,
      passwordEnv: 'RESTART_PASSWORD',
    };
    const names = this.san.sources.flatMap(({ name }) => [name, targetHostOf(name)]);
    const hosts = names.map((name) => [
      name,
      { kind: 'linux', ...entry, arrayHosts: { svc1: name } },
    ]);
    const inventory: unknown = {
      arrays: { svc1: { kind: 'svc', ...entry } },
      hosts: Object.fromEntries(hosts) as unknown,
    };
    const order: WorkerOrder = {
      ...{ address: this.server.address, taskQueue: QUEUE, bundle: this.bundle('now'), inventory },
      ...more,
    };
    const child = fork(new URL('worker.ts', import.meta.url), [JSON.stringify(order)], {
      ...{ execArgv: ['--import', 'tsx'], serialization: 'advanced' },
      env: { ...process.env, RESTART_PASSWORD: SECRET },
    });
    this.#hired.push(child);
    serve(child, {
      array: (name) => {
        const array = this.san.storage(name);
        return withMethods(array, {
          reserveStart: async (timeoutMs) => {
            const session = await array.reserveStart(timeoutMs);
            return withMethods(session, {
              startPrepared: async (group, limit, options) => {
                await this.pass('startPrepared', 'before', this.#ofGroup(group));
                return session.startPrepared(group, limit, options);
              },
            });
          },
        });
      },
      host: (name) => this.san.hosts(name),
      gate: (activity, when, workflowId) => this.pass(activity, when, workflowId),
    });
    const ready = once(child, 'message').then(() => true);
    const ended = once(child, 'exit').then(() => false);
    if (!(await Promise.race([ready, ended])))
      throw new Error('the worker ended before it was ready');
    return child;
  }

  #ofGroup(group: string): string {
    const set = group.slice(0, group.lastIndexOf('_'));
    return `flashcopy/${set}`;
  }

  async pass(what: string, when: string, workflowId: string): Promise<void> {
    if (when === 'before') this.calls.push({ what, workflowId, at: systemClock.now() });
    const gate = this.gates.get(workflowId);
    if (gate?.at !== what || gate.when !== when) return;
    // Every attempt waits: one that was given up on a busy machine would let the next one through.
    this.parked.add(workflowId);
    await this.#released;
  }

  /** All that wait go on. */
  release(): void {
    this.#release();
    this.gates.clear();
    this.parked.clear();
    this.#released = new Promise<void>((resolve) => (this.#release = resolve));
  }

  /** Whatever became of the tests, no worker is left. */
  async strike(): Promise<void> {
    const running = this.#hired.filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    );
    await Promise.all(running.map((worker) => kill(worker)));
    clearInterval(this.#poking);
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const codeOf = (bundle: object): string => ('code' in bundle ? String(bundle.code) : '');
const KEY = `SHA256:${'A'.repeat(43)}`;

export async function kill(
  child: ChildProcess,
  signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL',
): Promise<void> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** Looks often; throws with `what` when it never comes. */
export async function seen(
  what: () => string,
  come: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const until = systemClock.now() + withinMs;
  while (!(await come())) {
    if (systemClock.now() > until) throw new Error(`never seen: ${what()}`);
    await systemClock.sleep(50);
  }
}
