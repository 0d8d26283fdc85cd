// Activities that are composed when the first of them runs: a worker is configured at once, and a
// plugin that only serves a client connects nothing.
import type { ActivityName, FlashCopyActivities } from '../activities/contract.js';
import type { Inventory } from '../config/inventory.js';
import { ACTIVITIES } from '../workflows/activity-table.js';
import { compose, type Composition, type Wrap } from './composition.js';

type Anything = (...args: unknown[]) => Promise<unknown>;

export class LazyActivities {
  #composition: Promise<Composition> | undefined;

  constructor(
    private readonly inventory: Inventory,
    private readonly wrap: Wrap,
  ) {}

  /** What a worker registers. */
  readonly activities = Object.fromEntries(
    (Object.keys(ACTIVITIES) as ActivityName[]).map((name) => [
      name,
      async (...args: unknown[]) => {
        const { activities } = await this.#compose();
        return (activities[name] as unknown as Anything)(...args);
      },
    ]),
  ) as unknown as FlashCopyActivities;

  /** Ends all connections. What is asked for later is composed anew. */
  async close(): Promise<void> {
    const composition = this.#composition;
    this.#composition = undefined;
    await (await composition)?.close();
  }

  #compose(): Promise<Composition> {
    this.#composition ??= compose(this.inventory, this.wrap).catch((error: unknown) => {
      this.#composition = undefined;
      throw error;
    });
    return this.#composition;
  }
}
