// One set of volumes copied twice against a simulator of its own, activity by activity as the workflow calls them; commands counted per step.
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../src/activities/index.js';
import type { StorageArray } from '../../src/array/array.js';
import { createSvcArray } from '../../src/array/svc/svc-array.js';
import { parseRequest } from '../../src/config/request.js';
import { expectedMapping } from '../../src/domain/plan.js';
import { startSimulator, type Simulator } from '../../src/simulator/index.js';
import { createSshTransport } from '../../src/transport/ssh/ssh-transport.js';
import {
  systemClock as clock,
  systemRandomness as randomness,
} from '../../src/clock/system-clock.js';

export interface Cost {
  /** `next`: the former copy is complete. `next at rate 0`: it never will be, so it is stopped first. */
  readonly phase: 'first' | 'next' | 'next at rate 0';
  readonly commands: number;
  readonly byStep: Readonly<Record<string, number>>;
  readonly bytes: number;
  /** One listing of all mappings. */
  readonly listingBytes: number;
  readonly sessions: number;
}

const SIZE = 2 ** 20;
/** 64 MiB/s of the array's time. */
const COMPLETES = 100;
const LIMITS = { startToCloseTimeoutMs: 1_800_000, heartbeatTimeoutMs: 60_000 };
const names = (size: number, kind: string): string[] =>
  Array.from({ length: size }, (_, n) => `${kind}${n + 1}`);

/** Costs of the first copy, of the next one once that is complete, and of one over a copy that still runs. */
export async function countCopy(size: number, dataDir: string): Promise<Cost[]> {
  const simulator = await startSimulator({
    config: {
      system: { name: 'svc1' },
      users: [{ name: 'copy', password: 'secret' }],
      pools: [{ name: 'pool0', capacity: '1TiB' }],
      volumes: [...names(size, 'db'), ...names(size, 'copy')].map((name) => ({
        name,
        pool: 'pool0',
        size: SIZE,
      })),
      clock: { speed: 100 },
    },
    ...{ clock, dataDir, ssh: { host: '127.0.0.1', port: 0 } },
  });
  const transport = createSshTransport({
    ...{ address: `127.0.0.1:${simulator.sshPort}`, hostKey: simulator.hostKeyFingerprint },
    ...{ user: 'copy', password: 'secret', sessions: 4, clock, handshakeTimeoutMs: 10_000 },
  });
  const array = createSvcArray({ name: 'svc1', transport, clock, randomness });
  const activities = activitiesOn(array);
  try {
    const uids = new Map(
      (await array.readVDisks(names(size, 'copy'))).map(({ name, uid }) => [name, uid]),
    );
    const volumes = names(size, 'db').map((source, n) => {
      const target = `copy${n + 1}`;
      return { source, target, overwrite: uids.get(target) };
    });
    const requestAt = (name: string, rate: number) =>
      parseRequest({
        ...{ name, array: 'svc1', sources: [], grade: 'crash', copy: { rate }, volumes },
      });
    const costs: Cost[] = [];
    const copy = async (phase: Cost['phase'], rate: number, token: string): Promise<void> => {
      costs.push(await copyOnce({ simulator, activities, phase }, requestAt('bench', rate), token));
      if (rate > 0) await allCopied(array);
    };
    await copy('first', COMPLETES, 'aaaaaa');
    await copy('next', COMPLETES, 'bbbbbb');
    // Not counted: it changes the rate, and leaves a copy that runs.
    await copyOnce({ simulator, activities, phase: 'next' }, requestAt('bench', 0), 'cccccc');
    await copy('next at rate 0', 0, 'dddddd');
    return costs;
  } finally {
    await array.close();
    await simulator.close();
  }
}

/** The ordinary case: the next copy comes long after the last one was complete. */
async function allCopied(array: StorageArray): Promise<void> {
  const untilMs = clock.now() + 120_000;
  while ((await array.readMappings()).some(({ state }) => state !== 'idle_or_copied')) {
    if (clock.now() > untilMs)
      throw new Error('the background copy did not end within two minutes');
    await clock.sleep(200);
  }
}

type Activities = ReturnType<typeof createActivities>;
interface Bench {
  readonly simulator: Simulator;
  readonly activities: Activities;
  readonly phase: Cost['phase'];
}

function activitiesOn(array: ReturnType<typeof createSvcArray>): Activities {
  const never = (): never => {
    throw new Error('not used here');
  };
  return createActivities({
    ...{
      arrays: () => array,
      hosts: never,
      arrayHosts: () => ({}),
      declaredHosts: [],
      parseRequest: never,
    },
    ...{
      clock,
      randomness,
      ledger: { acquire: never, release: never, resolved: never, read: never, grants: never },
      notifier: { send: never },
      runs: {} as never,
      declaredArrays: [],
    },
  });
}

async function copyOnce(
  { simulator, activities, phase }: Bench,
  request: ReturnType<typeof parseRequest>,
  token: string,
): Promise<Cost> {
  const { statistics } = simulator;
  const byStep: Record<string, number> = {};
  const total = (): number =>
    [...statistics.commands.values()].reduce((sum, count) => sum + count, 0);
  const run = async <K extends keyof Activities>(
    step: string,
    name: K,
    order: Parameters<Activities[K]>[0],
  ) => {
    const before = total();
    const answer = await new MockActivityEnvironment(LIMITS).run(activities[name] as never, order);
    byStep[step] = (byStep[step] ?? 0) + total() - before;
    return answer as Awaited<ReturnType<Activities[K]>>;
  };
  const sessionsBefore = phase === 'first' ? 0 : statistics.sshConnections;
  statistics.commands.clear();
  statistics.bytesAnswered = 0;
  const plan = await run('plan', 'flashCopyPlan', { request, token });
  const [group] = plan.groups;
  if (group === undefined) throw new Error('a plan without a group');
  const ref = { set: plan.set, run: `${plan.set}-${token}` };
  const at = { array: 'svc1', group: group.name };
  const { preparable } = await run('ensure', 'flashCopyEnsureGroup', { ...ref, group });
  if (preparable !== true) await run('preparable', 'flashCopyMakePreparable', { ...ref, group });
  const mappings = group.mappings.map((mapping) => expectedMapping(mapping, group));
  await run('prepare', 'flashCopyPrepareGroup', { ...ref, ...at, mappings, timeoutMs: 600_000 });
  const groups = [{ array: 'svc1', name: group.name }];
  const cut = await run('start', 'flashCopyTakePointInTime', {
    ...ref,
    groups,
    sources: [],
    maxPauseMs: 60_000,
  });
  if (cut.starts[0]?.started !== 'done') throw new Error(`not started: ${JSON.stringify(cut)}`);
  await run('grade', 'flashCopyReadGroup', at);
  const [commands, bytes] = [total(), statistics.bytesAnswered];
  const sessions = statistics.sshConnections - sessionsBefore;
  const listing = await simulator.execute('lsfcmap -delim !');
  return { phase, commands, byStep, bytes, listingBytes: listing.stdout.length, sessions };
}
