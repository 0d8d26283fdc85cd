// Where a ledger lives, and whose it is: named by the array's own system, on the queue and with the
// converter of whoever uses it now; what cannot be reached or read says so within seconds.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Context } from '@temporalio/activity';
import { Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { DataConverter, Payload, Workflow } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import {
  createActivities,
  temporalLedger,
  type ActivityDependencies,
} from '../../src/activities/index.js';
import type { FlashCopyActivities } from '../../src/activities/contract.js';
import { systemClock } from '../../src/clock/system-clock.js';
import type { ErrorData } from '../../src/domain/errors.js';
import type { Report } from '../../src/domain/report.js';
import {
  LEDGER,
  LEDGER_ACQUIRE_UPDATE,
  ledgerWorkflowId,
  type AcquireOrder,
} from '../../src/workflows/messages.js';
import { hire, until, type Crew } from './carry-out.js';
import { devServer, startCopy, withWorkers } from './temporal.js';
import { World } from './world.js';

let crew: Crew;
beforeAll(async () => {
  crew = await hire(devServer);
});
afterAll(() => crew.env.teardown());

/** The small world, with the real ledger; `systems`: which system stands behind each name. */
function activitiesOf(
  world: World,
  systems: Readonly<Record<string, string>>,
): FlashCopyActivities {
  const real = createActivities({
    ledger: temporalLedger(systemClock),
    clock: systemClock,
    arrays: (name: string) => ({ readSystem: () => Promise.resolve({ id: systems[name] }) }),
  } as unknown as ActivityDependencies);
  const asked = world.activities();
  return {
    ...asked,
    flashCopyReadSystem: (order) => real.flashCopyReadSystem(order),
    flashCopyLock: (order) => real.flashCopyLock(order),
    flashCopyUnlock: async (order) => {
      await asked.flashCopyUnlock(order);
      await real.flashCopyUnlock(order);
    },
    flashCopyLockHost: (order) => real.flashCopyLockHost(order),
    flashCopyUnlockHost: (order) => real.flashCopyUnlockHost(order),
  };
}

interface Ended {
  readonly report: Report;
  readonly error: ErrorData | undefined;
  readonly tookMs: number;
}

async function copied(
  taskQueue: string,
  systems: Readonly<Record<string, string>>,
  world = new World({ arrays: Object.keys(systems) }),
): Promise<Ended> {
  const stage = { ...crew, taskQueue };
  return withWorkers(stage, activitiesOf(world, systems), async () => {
    const began = systemClock.now();
    const handle = await startCopy(stage);
    await handle.result().catch(() => undefined);
    const report = await handle.query<Report>('report');
    return { report, error: report.error, tookMs: systemClock.now() - began };
  });
}

const HELD: AcquireOrder = {
  holder: 'flashcopy/elsewhere/run',
  set: 'elsewhere',
  sources: ['db'],
  targets: ['other_copy'],
};

/** Somebody holds volumes in the ledger of that system, from a queue and with a converter of his own; then his worker ends. */
async function heldElsewhere(
  system: string,
  taskQueue: string,
  dataConverter: DataConverter = {},
): Promise<void> {
  const { env, workflowBundle } = crew;
  const { nativeConnection: connection } = env;
  const worker = await Worker.create({
    ...{ connection, taskQueue, workflowBundle, dataConverter, debugMode: true },
  });
  const client = new Client({ connection: env.connection, dataConverter });
  await worker.runUntil(
    client.workflow.executeUpdateWithStart<Workflow, unknown, [AcquireOrder]>(
      LEDGER_ACQUIRE_UPDATE,
      {
        args: [HELD],
        startWorkflowOperation: new WithStartWorkflowOperation<Workflow>(LEDGER, {
          ...{ workflowId: ledgerWorkflowId(system), taskQueue, args: [] },
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      },
    ),
  );
}

const OTHER_CONVERTER: DataConverter = {
  payloadCodecs: [
    {
      encode: (payloads) =>
        Promise.resolve(
          payloads.map(({ metadata, data }): Payload => ({
            metadata: { encoding: Buffer.from('binary/other') },
            data: Buffer.from(
              JSON.stringify({
                encoding: Buffer.from(metadata?.['encoding'] ?? []).toString(),
                data: Buffer.from(data ?? []).toString('base64'),
              }),
            ),
          })),
        ),
      decode: (payloads) => Promise.resolve(payloads.map(decoded)),
    },
  ],
};

function decoded({ data }: Payload): Payload {
  const plain = JSON.parse(Buffer.from(data ?? []).toString()) as Record<string, string>;
  return {
    metadata: { encoding: Buffer.from(plain['encoding'] ?? '') },
    data: Buffer.from(plain['data'] ?? '', 'base64'),
  };
}

/** Far below the seven minutes of the activity's own retries. */
const SECONDS_MS = 40_000;

describe('an array that was used from another task queue', () => {
  it('is used from this one, once nobody there holds anything', async () => {
    expect((await copied('moved-from', { svc1: 'moved' })).report.outcome).toBe('done');
    const { report, tookMs } = await copied('moved-to', { svc1: 'moved' });
    expect(report.outcome, report.error?.message).toBe('done');
    expect(tookMs).toBeLessThan(SECONDS_MS);
  });

  it('says which queue needs a worker, while somebody there holds something', async () => {
    await heldElsewhere('unserved', 'nobody-polls-this');
    const { error, tookMs } = await copied('asks', { svc1: 'unserved' });
    expect(error?.code).toBe('LEDGER_UNSERVED');
    expect(error?.message).toContain('nobody-polls-this');
    expect(error?.message).toContain(ledgerWorkflowId('unserved'));
    expect(tookMs).toBeLessThan(SECONDS_MS);
  });
});

describe('a ledger written with another converter', () => {
  it('says so, with the cause', async () => {
    await heldElsewhere('unreadable', 'same-queue', OTHER_CONVERTER);
    const { error, tookMs } = await copied('same-queue', { svc1: 'unreadable' });
    expect(error?.code).toBe('LEDGER_UNREADABLE');
    expect(error?.message).toContain(ledgerWorkflowId('unreadable'));
    expect(tookMs).toBeLessThan(SECONDS_MS);
  });
});

describe('the name of an array in an inventory', () => {
  it('does not matter: two names of one array exclude each other', async () => {
    const taskQueue = 'two-names';
    const systems = { svc1: 'one-array', prod: 'one-array' };
    const [first, second] = [new World({ arrays: ['svc1'] }), new World({ arrays: ['prod'] })];
    let waits = false;
    let go = (): void => undefined;
    const opened = new Promise<void>((resolve) => (go = resolve));
    first.on('flashCopyPreFlush', async (effect) => {
      waits = true;
      const { heartbeat } = Context.current();
      const beating = setInterval(heartbeat, 500);
      await opened.finally(() => clearInterval(beating));
      return effect();
    });
    const stage = { ...crew, taskQueue };
    await withWorkers(stage, activitiesOf(first, systems), async () => {
      const one = await startCopy(stage);
      await until(() => waits);
      const { error } = await copied('two-names-other', systems, second);
      expect(error).toMatchObject({ code: 'LOCKED' });
      expect(error?.message).toContain('on array prod is locked by flashcopy/two-names/');
      go();
      expect((await one.result()).outcome).toBe('done');
    });
  });

  it("may lead to another array: what is held on the old one stands in nobody's way", async () => {
    await heldElsewhere('old-array', 'renamed');
    expect((await copied('renamed', { svc1: 'new-array' })).report.outcome).toBe('done');
  });

  it('is refused twice for one array in one request', async () => {
    const { error } = await copied('twice', { a: 'one-and-the-same', b: 'one-and-the-same' });
    expect(error).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(error?.message).toContain('"a" and "b"');
  });
});

describe('a copy that is kept', () => {
  it('is not undone by a cancel after its first unlock', async () => {
    const taskQueue = 'kept';
    const systems = { a: 'kept-a', b: 'kept-b' };
    const world = new World({ arrays: ['a', 'b'] });
    world.on('flashCopyUnlock', async (effect, _attempt, order) => {
      const { array, only } = order as { array: string; only?: string };
      if (array === 'b' && only === undefined) await world.onCancel();
      return effect();
    });
    const stage = { ...crew, taskQueue };
    await withWorkers(stage, activitiesOf(world, systems), async () => {
      const handle = await startCopy(stage);
      world.onCancel = () => handle.cancel();
      await handle.result().catch(() => undefined);
      expect(await handle.query<Report>('report')).toMatchObject({
        outcome: 'done',
        compensation: [],
      });
      expect((await handle.describe()).status.name).toBe('COMPLETED');
    });
    expect(world.calls.filter((call) => call.startsWith('flashCopyWithdraw'))).toEqual([]);
  });
});
