// The array's process from outside: started, asked, killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Store } from './shape.js';

export interface Answered {
  readonly ms: number;
  /** Of the whole process: what the machine's load does not change. */
  readonly cpuMs: number;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** MiB, the most so far. */
  readonly rss: number;
}

export interface ArrayProcess {
  /** ms until it could be asked: its own work, without the start of node. */
  readonly readyMs: number;
  /** Throws when it is refused, or the process ends first. */
  ask(line: string): Promise<Answered>;
  mostRssMiB(): Promise<number>;
  /** SIGKILL, at once. */
  kill(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('array-process.ts', import.meta.url));

export async function startArray(store: Store, dataDir: string): Promise<ArrayProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, store, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Answered> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('the array has ended');
    return JSON.parse(line.value) as Answered;
  };
  const ask = async (line: string): Promise<Answered> => {
    child.stdin.write(`${line}\n`);
    const answer = await next();
    if (answer.exitCode !== 0) throw new Error(`${line}: ${answer.stderr}`);
    return answer;
  };
  const { ms: readyMs } = await next();
  return {
    readyMs,
    ask,
    mostRssMiB: async () => (await ask('lssystem')).rss,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
