// Calls of one worker to a ledger take turns. The server holds ten updates of a workflow at a time; the eleventh is refused and takes the ten along,
// so a night's copies that all ask at once would refuse each other for minutes. Promise: who waits has sent nothing, and leaves when he is cancelled.
import type { Clock } from '../domain/clock.js';
import { WAITS } from '../domain/timing.js';
import { within } from '../domain/within.js';
import type { LedgerGrant } from '../workflows/messages.js';
import type { LedgerClient } from './dependencies.js';
import { cancellationSignal } from './heartbeat.js';

/** Of one worker. Five workers stay within the ten; twenty of them go on with the repeats of the SDK, at three each they hardly would. */
export const CALLS_AT_ONCE = 2;

class Turns {
  #free = CALLS_AT_ONCE;
  /** In the order in which they came. */
  #waiting = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  /** `first`: before all who wait, since what it frees is what they wait for. */
  async take<T>(call: () => Promise<T>, first = false): Promise<T> {
    await this.#turn(cancellationSignal(), first);
    const called = (async () => call())();
    // A call that hangs is its caller's trouble, not that of all who wait.
    void within({ clock: this.clock, ms: WAITS.ledgerTurn }, called, () => new Error('late'))
      .catch(() => undefined)
      .then(() => this.#next());
    return called;
  }

  async #turn(signal: AbortSignal, first: boolean): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(go);
        reject(signal.reason as Error);
      };
      const go = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiting = new Set(first ? [go, ...this.#waiting] : [...this.#waiting, go]);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #next(): void {
    const [go] = this.#waiting;
    if (go === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(go);
    go();
  }
}

/** One look at a ledger at a time: the server keeps one query waiting beside a task, and refuses the next. */
class Looks<T> {
  #now: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  /** Begun after it was asked for: what was freed before is seen. Who asks meanwhile shares the next one. */
  look(read: () => Promise<T>): Promise<T> {
    if (this.#now === undefined) return this.#begin(read);
    this.#next ??= this.#now
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#begin(read);
      });
    return this.#next;
  }

  #begin(read: () => Promise<T>): Promise<T> {
    const now = (async () => read())();
    this.#now = now;
    void now
      .catch(() => undefined)
      .then(() => (this.#now = this.#now === now ? undefined : this.#now));
    return now;
  }
}

/** The same ledger; of each array so many calls are under way at once. To be called inside activities only. */
export function inTurns(ledger: LedgerClient, clock: Clock): LedgerClient {
  const arrays = new Map<string, Turns>();
  const of = (array: string): Turns => {
    const turns = arrays.get(array) ?? new Turns(clock);
    arrays.set(array, turns);
    return turns;
  };
  const looks = new Map<string, Looks<readonly LedgerGrant[]>>();
  const looksAt = (name: string): Looks<readonly LedgerGrant[]> => {
    const known = looks.get(name) ?? new Looks();
    looks.set(name, known);
    return known;
  };
  return {
    grants: (name) => looksAt(name).look(() => ledger.grants(name)),
    acquire: (array, order) => of(array).take(() => ledger.acquire(array, order)),
    release: (array, order) => of(array).take(() => ledger.release(array, order), true),
    resolved: (array, word) => of(array).take(() => ledger.resolved(array, word)),
    read: (array) => ledger.read(array),
  };
}
