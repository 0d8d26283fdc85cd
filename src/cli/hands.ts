// The worker of this command while it follows a run: at once, or as a stand-in. Promise: its end is never silent.
import type { CopyHandle, FlashCopyClient } from '../client/index.js';
import type { OwnWorker } from './own-worker.js';
import { standInFor } from './stand-in.js';

export class Hands {
  /** Never resolves; WORKER_ENDED when the worker ends before it was asked to. */
  readonly failed: Promise<never>;
  readonly #start: () => Promise<OwnWorker>;
  #fail: (error: unknown) => void = () => undefined;
  #worker: OwnWorker | undefined;
  #standIn: Promise<unknown> | undefined;

  constructor(start: () => Promise<OwnWorker>) {
    this.#start = start;
    this.failed = new Promise<never>((_, reject) => (this.#fail = reject));
    this.failed.catch(() => undefined);
  }

  get atWork(): boolean {
    return this.#worker !== undefined;
  }

  async employ(): Promise<OwnWorker> {
    const worker = await this.#start();
    worker.ended.catch((error: unknown) => this.#fail(error));
    return (this.#worker = worker);
  }

  /** A worker where nobody takes the run; `say` is called before. */
  standIn(copy: CopyHandle, client: FlashCopyClient, say: () => void): void {
    this.#standIn = standInFor(copy, client, () => {
      say();
      return this.employ();
    }).catch((error: unknown) => this.#fail(error));
  }

  async stop(): Promise<void> {
    await this.#standIn;
    await this.#worker?.stop().catch(() => undefined);
  }
}
