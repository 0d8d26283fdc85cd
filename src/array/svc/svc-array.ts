// The array port over SVC commands, on whatever wire carries them: CLI (SSH or in process) or REST.
import type { RestTransport, Transport } from '../../transport/transport.js';
import type { StorageArray } from '../array.js';
import { createChanges } from './changes.js';
import { createCliWire } from './cli-wire.js';
import { createHostMaps } from './host-maps.js';
import { createReads } from './reads.js';
import { createRestWire } from './rest-wire.js';
import { createSnapshotChanges } from './snapshot-changes.js';
import { createSnapshotReads } from './snapshot-reads.js';
import type { Ports } from './wire.js';

export type SvcArrayOptions = Ports & {
  /** Name of the array in the inventory. */
  readonly name: string;
} & (
    | { readonly transport: Transport; readonly rest?: undefined }
    | { readonly rest: RestTransport; readonly transport?: undefined }
  );

/** The transport becomes the array's own: `close` closes it. */
export function createSvcArray(options: SvcArrayOptions): StorageArray {
  const { name, rest, transport } = options;
  const wire =
    rest === undefined ? createCliWire(transport, options) : createRestWire(rest, options);
  const reads = { ...createReads(wire), ...createSnapshotReads(wire) };
  return {
    name,
    ...reads,
    ...createChanges(wire, reads),
    ...createHostMaps(wire, reads),
    ...createSnapshotChanges(wire, reads),
    reserveStart: (timeoutMs) => wire.reserveStart(timeoutMs),
    close: () => wire.close(),
  };
}
