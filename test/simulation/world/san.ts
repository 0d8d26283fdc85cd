// The SAN of one simulated world: arrays of the simulator's memory store, model hosts with applications that write, and things that are not ours.
// Sources app1 (volume group over two volumes), app2, app3 (one volume each); dev1 takes the copies; `stranger` owns a prepared group of its own.
import type { StorageArray } from '../../../src/array/array.js';
import { createSvcArray } from '../../../src/array/svc/svc-array.js';
import { createSystem, type SimulatedSystem } from '../../../src/simulator/index.js';
import { createModelWorld, seededRandomness, type ModelHost } from '../../../src/testing/index.js';
import { createInProcessTransport } from '../../../src/transport/in-process/in-process-transport.js';
import type { Clock } from '../../../src/domain/clock.js';
import { PokedWriter } from './writer.js';

export const SOURCES = ['app1', 'app2', 'app3'] as const;
const SIZE = 2 ** 18;
const PREPARED_AFTER_MS = 3_000;
const THEIRS = ['theirs', 'theirs_copy'];
export const THEIR_GROUP = 'their_group';

export interface SanHost {
  readonly name: string;
  readonly array: string;
  readonly host: ModelHost;
  readonly writer: PokedWriter;
  readonly volumes: readonly string[];
  readonly mountPoints: readonly string[];
  /** What it is known by, in words: groups, devices and UUIDs. As it is now, and as it was at the beginning. */
  readonly identities: () => string;
  readonly knownBy: string;
}

export interface StartSeen {
  readonly group: string;
  readonly ours: boolean;
  readonly at: number;
}

export interface SanArray {
  readonly name: string;
  readonly system: SimulatedSystem;
  readonly storage: StorageArray;
  /** Starts that the array carried out. */
  readonly starts: StartSeen[];
  /** Times at which it restored from a snapshot for us. */
  readonly restores: number[];
  /** While set: the next change that we send is carried out so many ms later, and its answer is lost at once. */
  landLate(ms: number | undefined): void;
  /** A command of somebody else: errors are his. */
  foreign(line: string): Promise<string>;
}

export interface San {
  readonly arrays: ReadonlyMap<string, SanArray>;
  readonly sources: readonly SanHost[];
  /** Those whose application runs all the time. */
  readonly watched: readonly SanHost[];
  /** Records of each host's application in the old snapshot. */
  readonly oldRecords: ReadonlyMap<string, number>;
  readonly dev1: ModelHost;
  readonly hosts: (name: string) => ModelHost;
  readonly storage: (name: string) => StorageArray;
  readonly arrayHosts: (host: string) => Readonly<Record<string, string>>;
  readonly declaredHosts: readonly string[];
  /** UID of a volume. */
  uid(array: string, volume: string): string;
  /** All applications write now. */
  poke(): void;
}

export interface SanShape {
  /** Host -> array it lives on. */
  readonly sources: Readonly<Record<string, string>>;
  /** Hosts whose volumes are in the volume group of their array. */
  readonly grouped?: readonly string[];
  /** Target hosts beside dev1. */
  readonly targets?: readonly string[];
  /** So many volumes for app1, in one volume group; default 2. */
  readonly many?: number;
  /** The grouped hosts are to be restored: there is an old snapshot, and their applications were stopped by hand since. */
  readonly restored?: true;
}

/** Taken long ago, by the set `nightly`. */
export const OLD_SNAPSHOT = 'nightly_before';

/** On every array that has one. */
export const VOLUME_GROUP = 'vg_array';

/** The set `second` copies to targets of its own; all others share theirs. */
export const targetOf = (set: string, source: string): string =>
  `${source}_copy${set === 'second' ? '2' : ''}`;

/** Made by a clone. */
export const cloneOf = (source: string): string => `${source}_clone`;

const volumesOf = (host: string, many = 2): string[] => {
  if (host !== 'app1') return [`${host}_data`];
  return many === 2
    ? ['app1_data', 'app1_log']
    : Array.from({ length: many }, (_, at) => `app1_data${at}`);
};

interface Lateness {
  readonly queue: Clock;
  readonly execute: (line: string) => Promise<Executed>;
  /** What happens right before a late effect. */
  readonly before: () => void;
}

type Executed = Awaited<ReturnType<SimulatedSystem['execute']>>;

/** The wire to an array that loses answers: what was read before in the same line is told, the change itself is carried out later. */
function lossy({ queue, execute, before }: Lateness) {
  let lateMs: number | undefined;
  const run = async (line: string, _input: string, emit: (text: string) => void) => {
    const at = line.lastIndexOf('; ') + 1;
    const [reads, change] = [line.slice(0, Math.max(0, at - 1)), line.slice(at).trim()];
    if (lateMs === undefined || /^(svcinfo )?ls/.test(change)) return execute(line);
    const ms = lateMs;
    lateMs = undefined;
    if (reads !== '') emit((await execute(reads)).stdout);
    const land = async (): Promise<void> => {
      await queue.sleep(ms);
      before();
      await queue.sleep(1);
      await execute(change);
    };
    void land();
    throw new Error('connection reset');
  };
  return { run, landLate: (ms: number | undefined): void => void (lateMs = ms) };
}

interface Members {
  readonly many?: number;
  readonly grouped: readonly string[];
  /** Hosts whose volumes it holds. */
  readonly sources: readonly string[];
  readonly hosts: readonly string[];
  /** What happens right before a late effect. */
  readonly before: () => void;
}

async function createArray(
  queue: Clock,
  name: string,
  { sources, hosts, grouped, many, before }: Members,
): Promise<SanArray> {
  const own = sources.flatMap((host) => volumesOf(host, many));
  const volumes = [
    ...own,
    ...own.flatMap((volume) => [`${volume}_copy`, `${volume}_copy2`]),
    ...THEIRS,
  ];
  const system = await createSystem({
    clock: queue,
    config: {
      system: { name },
      users: [{ name: 'superuser', password: 'secret' }],
      pools: [{ name: 'Pool0', capacity: '1TiB' }],
      volumes: volumes.map((volume) => ({ name: volume, pool: 'Pool0', size: SIZE })),
      hosts: [...hosts, 'stranger'].map((host) => ({
        name: host,
        iqn: `iqn.2026-01.test:${host}`,
      })),
    },
  });
  const starts: StartSeen[] = [];
  const restores: number[] = [];
  const execute = async (line: string, ours: boolean) => {
    const answer = await system.execute(line);
    const group = /startfcconsistgrp (?:-\S+ )*(\S+)$/.exec(line)?.[1];
    const snapshot = /addsnapshot .*-name (\S+)/.exec(line)?.[1];
    if (ours && answer.exitCode === 0 && line.includes('restorefromsnapshot'))
      restores.push(queue.now());
    if (snapshot !== undefined && answer.exitCode === 0)
      starts.push({ group: snapshot, ours, at: queue.now() });
    if (group !== undefined && answer.exitCode === 0 && !line.includes('prestart'))
      starts.push({ group, ours, at: queue.now() });
    return answer;
  };
  const foreign = async (line: string): Promise<string> => (await execute(line, false)).stdout;
  for (const host of sources)
    for (const volume of volumesOf(host, many))
      await foreign(`mkvdiskhostmap -host ${host} ${volume}`);
  if (grouped.length > 0) await foreign(`mkvolumegroup -name ${VOLUME_GROUP}`);
  for (const volume of grouped.flatMap((host) => volumesOf(host, many)))
    await foreign(`chvdisk -volumegroup ${VOLUME_GROUP} ${volume}`);
  await foreign('mkvdiskhostmap -host stranger theirs');
  await foreign(`mkfcconsistgrp -name ${THEIR_GROUP}`);
  await foreign(
    `mkfcmap -source theirs -target theirs_copy -name their_map -consistgrp ${THEIR_GROUP} -copyrate 50`,
  );
  await foreign(`prestartfcconsistgrp ${THEIR_GROUP}`);
  await queue.sleep(PREPARED_AFTER_MS);
  await foreign(`lsfcconsistgrp ${THEIR_GROUP}`);
  const wire = lossy({ queue, execute: (line) => execute(line, true), before });
  const transport = createInProcessTransport({ address: name, clock: queue, run: wire.run });
  const storage = createSvcArray({
    name,
    transport,
    clock: queue,
    randomness: seededRandomness(7),
  });
  return { name, system, storage, starts, restores, landLate: wire.landLate, foreign };
}

const manyOf = ({ many }: SanShape): { readonly many?: number } =>
  many === undefined ? {} : { many };

export async function createSan(queue: Clock, shape: SanShape): Promise<San> {
  const names = [...new Set(Object.values(shape.sources))].sort();
  const hosts = [...Object.keys(shape.sources), ...(shape.targets ?? []), 'dev1'];
  const arrays = new Map<string, SanArray>();
  const sources: SanHost[] = [];
  const poke = (): void => sources.forEach(({ writer }) => writer.poke());
  for (const name of names) {
    const mine = Object.keys(shape.sources).filter((host) => shape.sources[host] === name);
    const grouped = mine.filter((host) => shape.grouped?.includes(host) === true);
    arrays.set(
      name,
      await createArray(queue, name, {
        sources: mine,
        hosts,
        grouped,
        before: poke,
        ...manyOf(shape),
      }),
    );
  }
  const onArrays = (host: string): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, host]));
  const world = createModelWorld({
    clock: queue,
    randomness: seededRandomness(3),
    arrays: Object.fromEntries(
      [...arrays].map(([name, { storage, system }]) => [name, { storage, io: system.volumeIo }]),
    ),
    hosts: Object.fromEntries(hosts.map((host) => [host, onArrays(host)])),
  });
  const uid = (array: string, volume: string): string =>
    arrays.get(array)?.system.state.volumes.find(({ name }) => name === volume)?.uid ?? '';
  for (const [name, array] of Object.entries(shape.sources)) {
    const host = world.hosts(name);
    const mountPoints = await furnish(
      host,
      volumesOf(name, shape.many).map((volume) => uid(array, volume)),
    );
    const writer = new PokedWriter(host, mountPoints, queue);
    host.units.add(`${name}.service`, writer);
    writer.start();
    writer.poke();
    const identities = (): string => identitiesOf(host, mountPoints);
    sources.push({
      ...{ name, array, host, writer, volumes: volumesOf(name, shape.many), mountPoints },
      ...{ identities, knownBy: identities() },
    });
  }
  const stopped =
    shape.restored === true
      ? sources.filter(({ name }) => shape.grouped?.includes(name) === true)
      : [];
  const oldRecords = await snapshotLongAgo(queue, arrays, stopped);
  return {
    ...{ watched: sources.filter((source) => !stopped.includes(source)), oldRecords },
    ...{
      arrays,
      sources,
      uid,
      dev1: world.hosts('dev1'),
      hosts: world.hosts,
      storage: world.arrays,
    },
    ...{ arrayHosts: world.arrayHosts, declaredHosts: world.declaredHosts },
    poke,
  };
}

/** One record, the snapshot, one more record, and the applications are stopped: what a restore is about to find. */
async function snapshotLongAgo(
  queue: Clock,
  arrays: ReadonlyMap<string, SanArray>,
  stopped: readonly SanHost[],
): Promise<Map<string, number>> {
  const writeAll = async (): Promise<void> => {
    for (const { writer } of stopped) {
      writer.poke();
      await writer.settled();
    }
    await queue.sleep(1_000);
  };
  if (stopped.length > 0) await writeAll();
  const old = new Map(stopped.map(({ name, writer }) => [name, writer.writtenAt(queue.now())]));
  for (const array of new Set(stopped.map((source) => source.array)))
    await arrays
      .get(array)
      ?.foreign(`addsnapshot -volumegroup ${VOLUME_GROUP} -name ${OLD_SNAPSHOT}`);
  if (stopped.length > 0) await writeAll();
  for (const { writer } of stopped) await writer.stop();
  return old;
}

function identitiesOf({ kernel }: ModelHost, mountPoints: readonly string[]): string {
  const groups = [...kernel.groups.values()].map(({ name, uuid }) => `${name} ${uuid}`);
  const mounts = mountPoints.map((at) => {
    const fileSystem = kernel.mountAt(at)?.fileSystem;
    return `${at} ${fileSystem?.device.path ?? ''} ${fileSystem?.uuid ?? ''}`;
  });
  return [...groups, ...mounts].join(', ');
}

/** Deepest first, as the writer writes them. */
async function furnish(host: ModelHost, uids: readonly string[]): Promise<string[]> {
  const [first = ''] = uids;
  if (uids.length === 1) {
    await host.createFileSystem(`uid:${first}`, `/${host.name}`);
    return [`/${host.name}`];
  }
  await host.createVolumeGroup(`vg_${host.name}`, uids, ['logs', 'db']);
  await host.createFileSystem(`/dev/vg_${host.name}/logs`, `/${host.name}/logs`);
  await host.createFileSystem(`/dev/vg_${host.name}/db`, `/${host.name}/db`);
  return [`/${host.name}/logs`, `/${host.name}/db`];
}
