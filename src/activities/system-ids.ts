// The id of the system behind an array's name, as the array itself says it: ledgers are named by it.
// Promise kept here: two names of one array are one ledger, and a name that was moved is another one.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';

export class SystemIds {
  /** For the life of a worker: another inventory is another worker. A failed reading is not kept. */
  private readonly known = new Map<string, Promise<string>>();

  constructor(private readonly arrays: (name: string) => StorageArray) {}

  of(array: string): Promise<string> {
    const known = this.known.get(array) ?? this.#read(array);
    this.known.set(array, known);
    known.catch(() => this.known.delete(array));
    return known;
  }

  async #read(array: string): Promise<string> {
    const { id } = await this.arrays(array).readSystem();
    if (id !== '') return id;
    throw new FlashCopyError({
      family: 'parse',
      code: 'UNREADABLE_OUTPUT',
      message: `array ${array} does not say which system it is`,
      details: { array },
    });
  }
}
