// A SAN for tests of activities: simulated array, its real client, model hosts with data, and activities that run in virtual time.
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import {
  createActivities,
  type ActivityDependencies,
  type RunReader,
} from '../../../src/activities/index.js';
import { createSvcArray } from '../../../src/array/svc/svc-array.js';
import type {
  PlannedGroup,
  PlannedMount,
  PlannedSource,
  PlannedTarget,
} from '../../../src/domain/plan.js';
import { createSystem } from '../../../src/simulator/index.js';
import {
  createModelWorld,
  seededRandomness,
  VirtualClock,
  Writer,
} from '../../../src/testing/index.js';
import { createInProcessTransport } from '../../../src/transport/in-process/in-process-transport.js';

export const REF = { set: 'nightly', run: 'nightly-k3f9q2' };
export const GROUP = { array: 'svc1', group: 'nightly_k3f9q2' };
/** A server on which nothing runs. */
export const NO_RUNS: RunReader = {
  status: () => Promise.resolve({ status: 'NOT_FOUND' }),
  open: () => Promise.resolve([]),
  report: () => Promise.resolve(undefined),
  lastResult: () => Promise.resolve(undefined),
  schedules: () => Promise.resolve([]),
};
/** The default of the SDK's environment is one second. */
const LONG_MS = 86_400_000;
const SIZE = 4 * 2 ** 20;

async function simulatedArray(clock: VirtualClock) {
  const volumes = ['data', 'log', 'web', 'data_copy', 'log_copy', 'web_copy'];
  const system = await createSystem({
    clock,
    config: {
      system: { name: 'svc1' },
      users: [{ name: 'superuser', password: 'secret' }],
      pools: [{ name: 'Pool0', capacity: '1GiB' }],
      volumes: volumes.map((name) => ({ name, pool: 'Pool0', size: SIZE })),
      hosts: ['app1', 'web1', 'dev1'].map((name) => ({ name, iqn: `iqn.2026-01.test:${name}` })),
    },
  });
  const ok = async (line: string): Promise<string> => {
    const answer = await system.execute(line);
    if (answer.exitCode !== 0) throw new Error(`${line}: ${answer.stderr}`);
    return answer.stdout;
  };
  for (const [volume, host] of [
    ['data', 'app1'],
    ['log', 'app1'],
    ['web', 'web1'],
  ])
    await ok(`mkvdiskhostmap -host ${host} ${volume}`);
  const transport = createInProcessTransport({
    address: 'svc1',
    clock,
    run: (line) => system.execute(line),
  });
  const storage = createSvcArray({
    name: 'svc1',
    transport,
    clock,
    randomness: seededRandomness(7),
  });
  return { system, storage, ok };
}

const planned = (name: string, uid: string) => ({ name, uid, capacityBytes: SIZE });

/**
 * app1: volume group vg0 (data, log) with /db and /logs, written to by a writer; web1: /web on a disk. dev1 takes the copies.
 */
export async function san(
  change: (deps: ActivityDependencies) => Partial<ActivityDependencies> = () => ({}),
) {
  const clock = new VirtualClock();
  const array = await simulatedArray(clock);
  const { system, storage } = array;
  const world = createModelWorld({
    clock,
    randomness: seededRandomness(3),
    arrays: { svc1: { storage, io: system.volumeIo } },
    hosts: { app1: { svc1: 'app1' }, web1: { svc1: 'web1' }, dev1: { svc1: 'dev1' } },
  });
  const [app1, web1, dev1] = [world.hosts('app1'), world.hosts('web1'), world.hosts('dev1')];
  const vdisks = await storage.readVDisks([
    'data',
    'log',
    'web',
    'data_copy',
    'log_copy',
    'web_copy',
  ]);
  const uid = (name: string): string => vdisks.find((vdisk) => vdisk.name === name)?.uid ?? '';
  await app1.createVolumeGroup('vg0', [uid('data'), uid('log')], ['db', 'logs']);
  const mounts = [
    await app1.createFileSystem('/dev/vg0/logs', '/logs'),
    await app1.createFileSystem('/dev/vg0/db', '/db'),
  ];
  const web = await web1.createFileSystem(`uid:${uid('web')}`, '/web');
  const writer = new Writer(app1, ['/logs', '/db'], { clock, everyMs: 50 });
  app1.units.add('db.service', writer);
  const plannedMount = ({ at, fileSystem }: typeof web): PlannedMount => ({
    ...{
      mountPoint: at,
      device: fileSystem.device.path,
      fsType: 'model',
      options: 'rw',
      uuid: fileSystem.uuid,
    },
    ...{ disks: fileSystem.device.uids, unit: '' },
  });
  const source = (host: string, method: PlannedSource['method']): PlannedSource => ({
    ...{
      host,
      method,
      deadlineMs: 60_000,
      units: method === 'unmount' && host === 'app1' ? ['db.service'] : [],
    },
    mounts: (host === 'app1' ? mounts : [web]).map(plannedMount),
  });
  const mapping = (name: string) => ({
    name: `fc_${name}_copy`,
    source: planned(name, uid(name)),
    target: planned(`${name}_copy`, uid(`${name}_copy`)),
  });
  const group: PlannedGroup = {
    ...{ array: 'svc1', name: GROUP.group, mappings: ['data', 'log', 'web'].map(mapping) },
    ...{ copyRate: 100, cleanRate: 50, incremental: false, grainSize: 256 },
  };
  const fileSystem = (from: string, device: string, sourceUuid: string) => ({
    ...{ from, at: `/copy${from}`, readOnly: false, fsType: 'model', sourceUuid, device },
  });
  const target: PlannedTarget = {
    ...{ host: 'dev1', keepMapped: false, synthesis: 'auto' },
    presentations: ['data', 'log', 'web'].map((name) => ({
      ...{
        array: 'svc1',
        vdisk: `${name}_copy`,
        uid: uid(`${name}_copy`),
        sourceUid: uid(name),
        arrayHost: 'dev1',
      },
    })),
    release: {
      mounts: ['/copy/db', '/copy/logs', '/copy/web'],
      volumeGroups: ['vg0_copy'],
      uids: ['data_copy', 'log_copy', 'web_copy'].map(uid),
    },
    volumeGroups: [
      {
        ...{
          sourceName: 'vg0',
          sourceUuid: app1.kernel.groups.get('vg0')?.uuid ?? '',
          name: 'vg0_copy',
        },
        disks: [uid('data_copy'), uid('log_copy')],
      },
    ],
    fileSystems: [
      fileSystem('/logs', '/dev/vg0_copy/logs', mounts[0]?.fileSystem.uuid ?? ''),
      fileSystem('/db', '/dev/vg0_copy/db', mounts[1]?.fileSystem.uuid ?? ''),
      fileSystem('/web', `uid:${uid('web_copy')}`, web.fileSystem.uuid),
    ],
  };
  const truth: ActivityDependencies = {
    ...world,
    parseRequest: () => {
      throw new Error('not used here');
    },
    ...{ clock, randomness: seededRandomness(5) },
    ledger: {
      acquire: () => Promise.resolve({ granted: true }),
      release: () => Promise.resolve(),
      resolved: () => Promise.resolve(),
      grants: () => Promise.resolve([]),
      read: () => Promise.resolve({ grants: [], resolved: [] }),
    },
    runs: NO_RUNS,
    notifier: { send: () => Promise.resolve(false) },
  };
  const deps = { ...truth, ...change(truth) };
  const activities = createActivities(deps);
  const environment = (info: ConstructorParameters<typeof MockActivityEnvironment>[0] = {}) =>
    new MockActivityEnvironment(
      { startToCloseTimeoutMs: LONG_MS, ...info },
      { logger: new DefaultLogger('ERROR', () => undefined) },
    );
  type Activities = typeof activities;
  /** Runs an activity in virtual time. */
  const run = <K extends keyof Activities>(
    name: K,
    order: Parameters<Activities[K]>[0],
    env = environment(),
  ): ReturnType<Activities[K]> =>
    clock.run(env.run(activities[name] as never, order)) as ReturnType<Activities[K]>;
  return {
    ...array,
    ...{ clock, world, app1, web1, dev1, writer, uid, source, group, target, run, environment },
  };
}

export type San = Awaited<ReturnType<typeof san>>;

/** Group made and prepared: the moment before the point in time. */
export async function preparedSan(change?: Parameters<typeof san>[0]): Promise<San> {
  const made = await san(change);
  await made.run('flashCopyEnsureGroup', { ...REF, group: made.group });
  await made.run('flashCopyPrepareGroup', { ...REF, ...GROUP, timeoutMs: 600_000 });
  return made;
}

/** Orders the point in time of both source hosts with the quiesce method. */
export const quiesceOrder = (made: San, maxPauseMs = 30_000) => ({
  ...REF,
  groups: [{ array: GROUP.array, name: GROUP.group }],
  sources: [made.source('app1', 'quiesce'), made.source('web1', 'quiesce')],
  maxPauseMs,
});

/** The code and ErrorData a failed activity carries. */
export async function failure(
  promise: Promise<unknown>,
): Promise<{ type: string; details: unknown }> {
  try {
    await promise;
  } catch (error) {
    const { type, details } = error as { type?: string; details?: unknown[] };
    return { type: type ?? (error as Error).name, details: details?.[0] };
  }
  return { type: 'no failure', details: undefined };
}
