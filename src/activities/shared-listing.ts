// One listing per array, interval and worker, however many runs wait for their copies: the array's command line is the scarce thing.
import type { StorageArray } from '../array/array.js';
import type { Clock } from '../domain/clock.js';
import { readListing, type ArrayListing } from './group-progress.js';

export class SharedListings {
  private readonly latest = new Map<
    string,
    { readonly at: number; readonly listing: Promise<ArrayListing> }
  >();

  constructor(private readonly clock: Clock) {}

  /** A listing that was begun not more than `maxAgeMs` ago; one reading serves all who ask meanwhile. */
  async read(array: StorageArray, maxAgeMs: number): Promise<ArrayListing> {
    const now = this.clock.now();
    const kept = this.latest.get(array.name);
    if (kept !== undefined && now - kept.at <= maxAgeMs) return kept.listing;
    const taken = { at: now, listing: readListing(array) };
    this.latest.set(array.name, taken);
    try {
      return await taken.listing;
    } catch (error) {
      if (this.latest.get(array.name) === taken) this.latest.delete(array.name);
      throw error;
    }
  }
}
