// Model hosts around simulated arrays: what they do with data is real, so a copy taken wrongly is found damaged. The arrays are composed by the
// caller, for models know only ports.
import type { StorageArray } from '../array/array.js';
import type { Clock, Randomness } from '../domain/clock.js';
import { notInInventory } from '../domain/errors.js';
import type { VolumeIo } from '../simulator/volume-io.js';
import { ModelHost } from './model/host.js';

export interface ModelWorldOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Array name -> the client to use, and the I/O of hosts on its volumes. */
  readonly arrays: Readonly<
    Record<string, { readonly storage: StorageArray; readonly io: VolumeIo }>
  >;
  /** Host name -> array name -> name of its host object there. */
  readonly hosts: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface ModelWorld {
  arrays: (name: string) => StorageArray;
  hosts: (name: string) => ModelHost;
  arrayHosts: (host: string) => Readonly<Record<string, string>>;
  readonly declaredHosts: readonly string[];
  readonly declaredArrays: readonly string[];
}

/** Its fields are those that activities ask for under the same names. Host errors: see the port. */
export function createModelWorld({
  clock,
  randomness,
  arrays,
  hosts,
}: ModelWorldOptions): ModelWorld {
  const made = new Map(
    Object.entries(hosts).map(([name, objects]) => {
      const reach = () =>
        Object.entries(objects).flatMap(([array, host]) => {
          const io = arrays[array]?.io;
          return io === undefined
            ? []
            : io
                .visibleTo(host)
                .map(({ uid, capacityBytes }) => ({ io, uid, host, sizeBytes: capacityBytes }));
        });
      return [name, new ModelHost({ name, clock, uuid: () => randomness.token(16), reach })];
    }),
  );
  return {
    declaredHosts: [...made.keys()],
    declaredArrays: Object.keys(arrays),
    hosts: (name) => {
      const host = made.get(name);
      if (host === undefined) throw notInInventory('host', name);
      return host;
    },
    arrays: (name) => {
      const array = arrays[name];
      if (array === undefined) throw notInInventory('array', name);
      return array.storage;
    },
    arrayHosts: (host) => hosts[host] ?? {},
  };
}
