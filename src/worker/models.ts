// The models an inventory may ask for: a simulated array in this process, and hosts on it with real file systems in memory.
// Promise: nothing real is reached, for models know no network.
import { createSvcArray } from '../array/svc/svc-array.js';
import type { StorageArray } from '../array/array.js';
import type { Inventory } from '../config/inventory.js';
import type { Clock, Randomness } from '../domain/clock.js';
import { FlashCopyError } from '../domain/errors.js';
import {
  createSystem,
  type SimulatedSystem,
  type SimulatorConfigInput,
} from '../simulator/index.js';
import { createModelWorld, seededRandomness, Writer, type ModelWorld } from '../testing/index.js';
import { createInProcessTransport } from '../transport/in-process/in-process-transport.js';

/** `kind: model` of an array: volumes it holds at the beginning. */
export interface ModelArrayEntry {
  readonly kind: 'model';
  readonly volumes: readonly {
    readonly name: string;
    readonly size: string | number;
    readonly volumeGroup?: string;
  }[];
  /** Prepare and background copy are so many times faster than on a real array. Default 20. */
  readonly speed?: number;
}

/** `kind: model` of a host: what stands on which volumes at the beginning. */
export interface ModelHostEntry {
  readonly kind: 'model';
  /** Array -> name of its host object; made with the array. */
  readonly arrayHosts?: Readonly<Record<string, string>>;
  readonly disks?: readonly {
    readonly array: string;
    readonly volumes: readonly string[];
    readonly volumeGroup: string;
    /** Logical volume -> mount point. */
    readonly mounts: Readonly<Record<string, string>>;
  }[];
  /** Units that write to mount points, so that there is something to stop: `app.service` -> mount points. */
  readonly writers?: Readonly<Record<string, readonly string[]>>;
}

const WRITE_EVERY_MS = 50;

interface Model {
  readonly system: SimulatedSystem;
  readonly storage: StorageArray;
}

export interface Models extends ModelWorld {
  close(): Promise<void>;
}

interface Ports {
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export async function createModels(inventory: Inventory, ports: Ports): Promise<Models> {
  const hosts = Object.entries(inventory.hosts as Readonly<Record<string, ModelHostEntry>>);
  const arrays: Record<string, Model> = {};
  for (const [name, entry] of Object.entries(
    inventory.arrays as unknown as Record<string, ModelArrayEntry>,
  )) {
    const objects = hosts.flatMap(([, host]) => host.arrayHosts?.[name] ?? []);
    arrays[name] = await createModelArray({ name, entry, objects }, ports);
  }
  const world = createModelWorld({
    clock: ports.clock,
    // UUIDs are part of a plan: the same inventory gives the same hash each time, so that an approval can be tried.
    randomness: seededRandomness(1),
    arrays: Object.fromEntries(
      Object.entries(arrays).map(([name, { system, storage }]) => [
        name,
        { storage, io: system.volumeIo },
      ]),
    ),
    hosts: Object.fromEntries(hosts.map(([name, entry]) => [name, entry.arrayHosts ?? {}])),
  });
  const writers: Writer[] = [];
  for (const [name, entry] of hosts)
    writers.push(...(await furnish(world, { name, entry }, ports.clock)));
  return {
    ...world,
    close: async () => {
      await Promise.all(writers.map((writer) => writer.stop()));
      await Promise.all(Object.values(arrays).map(({ system }) => system.close()));
    },
  };
}

async function createModelArray(
  { name, entry, objects }: { name: string; entry: ModelArrayEntry; objects: readonly string[] },
  { clock, randomness }: Ports,
): Promise<Model> {
  const config: SimulatorConfigInput = {
    system: { name },
    users: [{ name: 'model', password: 'model' }],
    pools: [{ name: 'Pool0', capacity: '64TiB' }],
    volumes: entry.volumes.map((volume) => ({ ...volume, pool: 'Pool0' })),
    hosts: objects.map((object) => ({ name: object, iqn: `iqn.2026-01.model:${object}` })),
    clock: { speed: entry.speed ?? 20 },
  };
  const system = await createSystem({ config, clock }).catch((cause: unknown) => {
    const message = `arrays.${name}: INVALID_INVENTORY; ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new FlashCopyError({ family: 'request', code: 'INVALID_INVENTORY', message, cause });
  });
  const run = (line: string) => system.execute(line);
  const transport = createInProcessTransport({ address: `model of ${name}`, clock, run });
  return { system, storage: createSvcArray({ name, transport, clock, randomness }) };
}

/** Maps the volumes, makes volume groups and file systems, mounts them, starts what writes and answers it. */
async function furnish(
  world: ModelWorld,
  { name, entry }: { name: string; entry: ModelHostEntry },
  clock: Clock,
): Promise<Writer[]> {
  const host = world.hosts(name);
  for (const { array, volumes, volumeGroup, mounts } of entry.disks ?? []) {
    const storage = world.arrays(array);
    const object = world.arrayHosts(name)[array] ?? '';
    for (const vdisk of volumes) await storage.mapVDisk({ vdisk, host: object });
    const uids = new Map(
      (await storage.readVDisks(volumes)).map((vdisk) => [vdisk.name, vdisk.uid]),
    );
    const disks = volumes.map((volume) => uids.get(volume) ?? '');
    await host.createVolumeGroup(volumeGroup, disks, Object.keys(mounts));
    for (const [volume, at] of Object.entries(mounts))
      await host.createFileSystem(`/dev/${volumeGroup}/${volume}`, at);
  }
  return Object.entries(entry.writers ?? {}).map(([unit, mountPoints]) => {
    const writer = new Writer(host, mountPoints, { clock, everyMs: WRITE_EVERY_MS });
    host.units.add(unit, writer);
    writer.start();
    return writer;
  });
}
