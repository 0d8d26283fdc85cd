// Times at which the Temporal server, or every worker, is away. The server's own timers fire late then, and answers that no one takes are lost.
import type { Cancel, EventQueue } from './event-queue.js';

export type Later = Pick<EventQueue, 'now' | 'after'>;

/** A worker gives up telling an answer, and a client a call, after so long. */
const WORKER_GIVES_UP_MS = 10_000;
const CLIENT_GIVES_UP_MS = 30_000;

/** The queue of the server: what falls due while it is away comes when it is back, in the same order. */
export class ServerQueue implements Later {
  #serverBackAt = 0;
  #workersBackAt = 0;

  constructor(private readonly queue: EventQueue) {}

  now(): number {
    return this.queue.now();
  }

  after(ms: number, fire: () => unknown): Cancel {
    let cancel: Cancel = () => undefined;
    const due = (): unknown => {
      const left = this.#serverBackAt - this.queue.now();
      if (left <= 0) return fire();
      cancel = this.queue.after(left, due);
      return undefined;
    };
    cancel = this.queue.after(ms, due);
    return () => cancel();
  }

  serverAway(ms: number): void {
    this.#serverBackAt = Math.max(this.#serverBackAt, this.queue.now() + ms);
  }

  workersAway(ms: number): void {
    this.#workersBackAt = Math.max(this.#workersBackAt, this.queue.now() + ms);
  }

  /** ms until somebody asks for tasks again; 0 when workers are there. */
  get noWorkerFor(): number {
    return Math.max(0, this.#workersBackAt - this.queue.now());
  }

  /** What a worker tells now reaches nobody. */
  get deaf(): boolean {
    return this.#serverBackAt - this.queue.now() > WORKER_GIVES_UP_MS;
  }

  /** A call of a client: waits for a server that is away, and gives up. */
  async reach<T>(call: () => Promise<T>): Promise<T> {
    const left = this.#serverBackAt - this.queue.now();
    if (left <= 0) return call();
    await this.queue.sleep(Math.min(left, CLIENT_GIVES_UP_MS));
    if (left > CLIENT_GIVES_UP_MS)
      throw Object.assign(new Error('14 UNAVAILABLE: no connection'), {
        ...{ name: 'ServiceError', code: 14, details: 'no connection' },
      });
    return call();
  }
}
