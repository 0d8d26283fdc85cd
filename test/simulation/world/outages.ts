// Places that are away for a while: an array in a failover, a host that reboots. Nothing is carried out there, and whoever calls is told so.
import { FlashCopyError } from '../../../src/domain/errors.js';
import type { EventQueue } from '../driver/event-queue.js';
import type { Fault } from './faults.js';

/** A connection that is not accepted is given up after so long. */
const REFUSED_AFTER_MS = 1_000;

export class Outages {
  readonly #until = new Map<string, number>();

  constructor(private readonly queue: EventQueue) {}

  begin({ where, ms }: Pick<Fault, 'where' | 'ms'>): void {
    this.#until.set(where, Math.max(this.#until.get(where) ?? 0, this.queue.now() + ms));
  }

  isAway(where: string): boolean {
    return this.queue.now() < (this.#until.get(where) ?? 0);
  }

  /** Throws UNREACHABLE, as a transport does, while the place is away. */
  async refuse(where: string): Promise<void> {
    if (!this.isAway(where)) return;
    await this.queue.sleep(REFUSED_AFTER_MS);
    throw new FlashCopyError({
      family: 'transport',
      code: 'UNREACHABLE',
      message: `${where}: no route to host`,
      retry: 'safe',
      details: { host: where },
    });
  }
}
