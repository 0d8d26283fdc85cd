// Watches every source from outside: since when it has no I/O, and how long it was without at most. Looks at every port call, and each second while one is without.
import type { EventQueue } from '../driver/event-queue.js';
import type { SanHost } from './san.js';

export interface Outage {
  readonly host: string;
  readonly since: number;
  readonly ms: number;
}

const LOOK_EVERY_MS = 1_000;
/** No need to look on: any deadline is shorter. */
const WATCHED_MS = 300_000;

export class IoWatch {
  readonly #since = new Map<string, number>();
  longest: Outage | undefined;
  #looking = false;

  constructor(
    private readonly queue: EventQueue,
    private readonly sources: () => readonly SanHost[],
  ) {}

  /** Whether applications of this host can write now. */
  static hasIo({ host, mountPoints, writer }: SanHost): boolean {
    return writer.running && mountPoints.every((at) => host.hasIo(at));
  }

  look(): void {
    this.#measure();
    const young = [...this.#since.values()].some((since) => this.queue.now() - since < WATCHED_MS);
    if (!young || this.#looking) return;
    this.#looking = true;
    this.queue.after(LOOK_EVERY_MS, () => {
      this.#looking = false;
      this.look();
    });
  }

  #measure(): void {
    for (const source of this.sources()) {
      const since = this.#since.get(source.name);
      if (IoWatch.hasIo(source)) this.#since.delete(source.name);
      else if (since === undefined) this.#since.set(source.name, this.queue.now());
      if (since === undefined) continue;
      const ms = this.queue.now() - since;
      if (ms > (this.longest?.ms ?? 0)) this.longest = { host: source.name, since, ms };
    }
  }
}
