// Virtual time: everything that happens later stands in one heap, ordered by time and then by insertion. The clock of the whole simulated world.
// Promise kept here: what happens next depends on the heap alone; between two events every promise chain comes to rest.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../src/domain/clock.js';

interface Entry {
  readonly at: number;
  readonly order: number;
  fire: (() => unknown) | undefined;
}

/** Takes an event back; afterwards it does nothing. */
export type Cancel = () => void;

const before = (a: Entry, b: Entry): boolean => (a.at === b.at ? a.order < b.order : a.at < b.at);

export class EventQueue implements Clock {
  #time = Date.UTC(2030, 0, 1);
  #order = 0;
  readonly #heap: Entry[] = [];
  /** Events that did something. */
  fired = 0;

  now(): number {
    return this.#time;
  }

  after(ms: number, fire: () => unknown): Cancel {
    const entry: Entry = { at: this.#time + Math.max(0, ms), order: (this.#order += 1), fire };
    this.#push(entry);
    return () => void (entry.fire = undefined);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Fires events until `done`, the end of the heap, or the limit. True when it stopped at the limit. */
  async run(
    limit: { readonly events: number; readonly ms: number },
    done = (): boolean => false,
  ): Promise<boolean> {
    const [lastEvent, lastTime] = [this.fired + limit.events, this.#time + limit.ms];
    await nextTurn();
    while (!done()) {
      const next = this.#next();
      if (next === undefined) return false;
      if (this.fired >= lastEvent || next.at > lastTime) {
        this.#push(next);
        return true;
      }
      this.#time = Math.max(this.#time, next.at);
      this.fired += 1;
      await next.fire?.();
      await nextTurn();
    }
    return false;
  }

  /** Runs until the work is done. Throws when nothing is left that could end it. */
  async until<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const end = (): void => void (ended = true);
    work.then(end, end);
    await this.run({ events: 100_000, ms: Infinity }, () => ended);
    if (!ended) throw new Error('nothing in the queue can end this work');
    return work;
  }

  #next(): Entry | undefined {
    for (let entry = this.#pop(); entry !== undefined; entry = this.#pop())
      if (entry.fire !== undefined) return entry;
    return undefined;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!before(entry, heap[up]!)) break;
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && before(heap[down + 1]!, heap[down]!)) down += 1;
      if (!before(heap[down]!, last)) break;
      heap[at] = heap[down]!;
      at = down;
    }
    heap[at] = last;
    return first;
  }
}
