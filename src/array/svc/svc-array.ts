// The array port over the SVC command line, on whatever transport carries it.
import type { StorageArray } from '../array.js';
import { createChanges } from './changes.js';
import { createHostMaps } from './host-maps.js';
import { createReads } from './reads.js';
import { createStartSession } from './start.js';
import { createWire, type WireOptions } from './wire.js';

export interface SvcArrayOptions extends WireOptions {
  /** Name of the array in the inventory. */
  readonly name: string;
}

/** The transport becomes the array's own: `close` closes it. */
export function createSvcArray(options: SvcArrayOptions): StorageArray {
  const { name, transport, clock } = options;
  const wire = createWire(options);
  const reads = createReads(wire);
  return {
    name,
    ...reads,
    ...createChanges(wire, reads),
    ...createHostMaps(wire, reads),
    // Urgent: nobody who only reads may stand before a start.
    reserveStart: async (timeoutMs) => createStartSession(await transport.reserve({ timeoutMs, urgent: true }), clock),
    close: () => transport.close(),
  };
}
