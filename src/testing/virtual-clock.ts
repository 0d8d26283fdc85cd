// A clock that stands still until told to go on: tests of deadlines take no time and give the same result each time.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../domain/clock.js';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Enough turns of the event loop for chains of in-process calls to come to rest. */
const TURNS = 20;
async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
}

export class VirtualClock implements Clock {
  private sleepers: Sleeper[] = [];

  constructor(private time = Date.UTC(2030, 0, 1)) {}

  now(): number {
    return this.time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    let abort: (() => void) | undefined;
    await new Promise<void>((wake, reject) => {
      const sleeper = { at: this.time + Math.max(0, ms), wake };
      this.sleepers.push(sleeper);
      abort = () => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
    }).finally(() => abort && signal?.removeEventListener('abort', abort));
  }

  /** Lets `ms` pass; whoever wakes meanwhile runs at its own time. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    while (await this.wakeNext(end)) await settle();
    this.time = end;
  }

  /** Lets as much time pass as `work` needs. Throws when it waits for something that is not this clock. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finished = () => {
      done = true;
    };
    work.then(finished, finished);
    await settle();
    while (!done) {
      const woke = await this.wakeNext(Infinity);
      await settle();
      if (!woke && !done) await this.waitForOthers(() => done);
    }
    return work;
  }

  /** Real I/O (files, sockets) may still be under way when nobody sleeps. */
  private async waitForOthers(isDone: () => boolean): Promise<void> {
    for (let turn = 0; turn < 50_000 && this.sleepers.length === 0; turn += 1) {
      await nextTurn();
      if (isDone()) return;
    }
    if (this.sleepers.length === 0)
      throw new Error('nothing sleeps on this clock, and the work is not done');
  }

  private wakeNext(until: number): Promise<boolean> {
    const [next] = this.sleepers.toSorted((a, b) => a.at - b.at);
    if (next === undefined || next.at > until) return Promise.resolve(false);
    this.time = Math.max(this.time, next.at);
    this.sleepers = this.sleepers.filter((sleeper) => sleeper !== next);
    next.wake();
    return Promise.resolve(true);
  }
}
