// A process held still: no thread of it runs while the work is done, and it goes on whatever the work did.
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export async function whileStopped<T>(pid: number, work: () => Promise<T>): Promise<T> {
  process.kill(pid, 'SIGSTOP');
  try {
    // A thread inside a system call (a write, an fsync) stops only when that returns.
    const deadline = performance.now() + 10_000;
    while (!everyThreadStopped(pid)) {
      if (performance.now() > deadline) throw new Error(`process ${pid} did not stop`);
      await sleep(1);
    }
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

function everyThreadStopped(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) => {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      return stat.charAt(stat.lastIndexOf(')') + 2) === 'T';
    } catch {
      // The thread ended between the two looks.
      return true;
    }
  });
}
