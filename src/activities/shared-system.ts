// What an array says of itself as a whole - name, code level, volume protection - read once in a few minutes: plans of many runs need it, and it hardly
// ever changes. Nothing that is stopped, overwritten or started is decided by it.
import type { StorageArray } from '../array/array.js';
import type { Clock } from '../domain/clock.js';
import { WAITS } from '../domain/timing.js';
import type { ArraySystem } from '../domain/vdisk.js';

export class SharedSystems {
  private readonly latest = new Map<
    string,
    { readonly at: number; readonly system: Promise<ArraySystem> }
  >();

  constructor(private readonly clock: Clock) {}

  /** Not older than five minutes; one reading serves all who ask meanwhile. A reading that failed is not kept. */
  async read(array: StorageArray): Promise<ArraySystem> {
    const now = this.clock.now();
    const kept = this.latest.get(array.name);
    if (kept !== undefined && now - kept.at <= WAITS.systemAge) return kept.system;
    const taken = { at: now, system: array.readSystem() };
    this.latest.set(array.name, taken);
    try {
      return await taken.system;
    } catch (error) {
      if (this.latest.get(array.name) === taken) this.latest.delete(array.name);
      throw error;
    }
  }
}
