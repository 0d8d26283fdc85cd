// Two copies at once, over everything two copies can share: the second is refused with the first one's name, or goes on beside it; and once the
// first is dead, its guard lets the second in. Real ledger, locks and guard on a real server; hosts and array are the small world.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activityInfo, Context } from '@temporalio/activity';
import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import {
  createActivities,
  temporalLedger,
  temporalRuns,
  type ActivityDependencies,
} from '../../src/activities/index.js';
import type { FlashCopyActivities } from '../../src/activities/contract.js';
import type { FlashCopyRequest } from '../../src/domain/request.js';
import type { Report } from '../../src/domain/report.js';
import { systemClock } from '../../src/clock/system-clock.js';
import {
  FLASH_COPY,
  hostLedger,
  LEDGER_QUERY,
  ledgerWorkflowId,
  type LedgerGrant,
} from '../../src/workflows/messages.js';
import { hire, until, type Crew } from './carry-out.js';
import { buildPlan, buildRequest } from './request-and-plan.js';
import { devServer, withWorkers } from './temporal.js';
import { World } from './world.js';

interface Wish {
  readonly set: string;
  readonly source: string;
  readonly target: string;
  readonly host: string;
  readonly targetHost: string;
}
const FIRST: Wish = { set: 'first', source: 'a', target: 'b', host: 'app1', targetHost: 'dev1' };
const OTHER: Wish = { set: 'second', source: 'x', target: 'y', host: 'app2', targetHost: 'dev2' };

interface Row {
  /** What the two have in common. */
  readonly shared: string;
  readonly second: Wish;
  /** What the refusal names; undefined: the second goes on beside the first. */
  readonly refused?: string;
}
const TABLE: readonly Row[] = [
  { shared: 'nothing', second: OTHER },
  {
    shared: 'the set, and with it the group name',
    second: { ...OTHER, set: 'first' },
    refused: 'set first',
  },
  { shared: 'a volume, source of both', second: { ...OTHER, source: 'a' }, refused: 'volume a' },
  {
    shared: 'a volume, source of the first, target of the second',
    second: { ...OTHER, target: 'a' },
    refused: 'volume a',
  },
  {
    shared: 'a volume, target of the first, source of the second',
    second: { ...OTHER, source: 'b' },
    refused: 'volume b',
  },
  { shared: 'a volume, target of both', second: { ...OTHER, target: 'b' }, refused: 'volume b' },
  {
    shared: 'a file system: all its volumes and its host',
    second: { ...FIRST, set: 'second' },
    refused: 'volume b',
  },
  // Holders refuse a file system that another run holds, not a host: the contract of hosts tests it.
  { shared: 'a source host, not a file system of it', second: { ...OTHER, host: 'app1' } },
  { shared: 'a target host, not a volume', second: { ...OTHER, targetHost: 'dev1' } },
];

function requestOf(
  { set, source, target, host, targetHost }: Wish,
  array: string,
): FlashCopyRequest {
  const base = buildRequest({
    name: set,
    arrays: [array],
    sources: { [host]: 'quiesce' },
    targets: [targetHost],
  });
  return {
    ...base,
    groups: [{ array, volumes: [{ source, target }] }],
    copy: { ...base.copy, waitFor: 'copied' },
  };
}

const PLACES = ['flashCopyPreFlush', 'flashCopyPresent', 'flashCopyAwaitCopied'] as const;
type Place = (typeof PLACES)[number];
const TASK_QUEUE = 'pairs';

/** Where the first copy of a pair waits. Each pair has an array of its own, whose name its set carries. */
class Gate {
  waiting = false;
  go = (): void => undefined;
  readonly opened = new Promise<void>((resolve) => (this.go = resolve));
  constructor(readonly at: Place) {}
}

const gates = new Map<string, Gate>();
const world = new World();
let crew: Crew;
let end = (): void => undefined;
let working: Promise<unknown>;

beforeAll(async () => {
  crew = await hire(devServer);
  const deps = {
    ledger: temporalLedger(systemClock),
    clock: systemClock,
    // Each array is the system of its own name.
    arrays: (id: string) => ({ readSystem: () => Promise.resolve({ id }) }),
  };
  const real = createActivities({
    ...deps,
    runs: temporalRuns(systemClock),
  } as unknown as ActivityDependencies);
  world.on('flashCopyValidate', (_effect, _attempt, order) => {
    const { wish, array } = order as { wish: Wish; array: string };
    return Promise.resolve(requestOf(wish, array));
  });
  world.on('flashCopyPlan', (_effect, _attempt, order) => {
    const { request, token } = order as { request: FlashCopyRequest; token: string };
    return Promise.resolve(buildPlan(request, token, {}));
  });
  for (const at of PLACES)
    world.on(at, async (effect) => {
      const id = activityInfo().workflowExecution?.workflowId ?? '';
      const gate = gates.get(id);
      if (gate?.at === at) {
        gate.waiting = true;
        // Who waits is alive.
        const { heartbeat } = Context.current();
        const beat = setInterval(heartbeat, 500);
        await gate.opened.finally(() => clearInterval(beat));
      }
      return effect();
    });
  const activities: FlashCopyActivities = {
    ...world.activities(),
    flashCopyReadSystem: (order) => real.flashCopyReadSystem(order),
    flashCopyLock: (order) => real.flashCopyLock(order),
    flashCopyUnlock: (order) => real.flashCopyUnlock(order),
    flashCopyLockHost: (order) => real.flashCopyLockHost(order),
    flashCopyUnlockHost: (order) => real.flashCopyUnlockHost(order),
    flashCopyAwaitClose: (run) => real.flashCopyAwaitClose(run),
  };
  const ended = new Promise<void>((resolve) => (end = resolve));
  working = withWorkers({ ...crew, taskQueue: TASK_QUEUE }, activities, () => ended);
});
afterAll(async () => {
  for (const { go } of gates.values()) go();
  end();
  await working;
  await crew.env.teardown();
});

let count = 0;

/** The first copy waits at its gate while `body` goes on. */
async function together(at: Place, body: (stage: Stage) => Promise<void>): Promise<void> {
  const array = `svc${(count += 1)}`;
  const start: Stage['start'] = (id, wish, on = array) =>
    crew.env.client.workflow.start(FLASH_COPY, {
      ...{
        workflowId: `${array}/${id}`,
        taskQueue: TASK_QUEUE,
        args: [{ request: { wish, array: on } }],
      },
    });
  const gate = new Gate(at);
  gates.set(`${array}/one`, gate);
  const one = await start('one', FIRST);
  await until(() => gate.waiting);
  await body({ array, one, start, go: gate.go }).finally(gate.go);
}

interface Stage {
  readonly array: string;
  readonly one: WorkflowHandle;
  /** On the array of the first copy, or on another one. */
  readonly start: (id: string, wish: Wish, on?: string) => Promise<WorkflowHandle>;
  readonly go: () => void;
}

const endOf = async (handle: WorkflowHandle): Promise<Report> => {
  await handle.result().catch(() => undefined);
  return handle.query<Report>('report');
};

const grantsOf = (ledger: string): Promise<readonly LedgerGrant[]> =>
  crew.env.client.workflow
    .getHandle(ledgerWorkflowId(ledger))
    .query<readonly LedgerGrant[]>(LEDGER_QUERY)
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return [];
      throw error;
    });

/** Neither un-prepared groups nor I/O are left; what the real ledgers hold is asked of them. */
async function expectNothingLeft(array: string): Promise<void> {
  expect([...world.still], 'sources without I/O').toEqual([]);
  expect(world.preparedGroups, 'groups still prepared').toEqual([]);
  expect(await grantsOf(array), 'locks left').toEqual([]);
  expect(await grantsOf(hostLedger('dev1')), 'target host still locked').toEqual([]);
}

describe('two copies that share', () => {
  it.each(TABLE)('$shared', ({ second, refused }) =>
    together('flashCopyPreFlush', async ({ array, one, start, go }) => {
      const two = await endOf(await start('two', second));
      if (refused === undefined) expect(two.outcome).toBe('done');
      else {
        expect(two).toMatchObject({ outcome: 'refused', error: { code: 'LOCKED' } });
        expect(two.error?.message).toContain(
          `${refused} on array ${array} is locked by ${array}/one/`,
        );
        expect(two.compensation.every(({ ok }) => ok)).toBe(true);
      }
      go();
      expect((await endOf(one)).outcome, 'the first has not suffered').toBe('done');
      await expectNothingLeft(array);
    }),
  );
});

const SHARING = TABLE.filter(({ refused }) => refused !== undefined);

describe('after the first copy died, its guard lets a second one in that shares', () => {
  it.each(SHARING)('$shared', ({ second }) =>
    together('flashCopyPreFlush', async ({ array, one, start }) => {
      await one.terminate('its worker, its server, its operator');
      // Refused until the guard has cleared away, then let in: nobody has to free a lock by hand.
      let tries = 0;
      await until(async () => {
        const { outcome, error } = await endOf(await start(`two-${(tries += 1)}`, second));
        if (outcome !== 'done') expect(error?.code).toBe('LOCKED');
        return outcome === 'done';
      });
      await expectNothingLeft(array);
    }),
  );
});

describe('once the first copy has given its sources back, and still copies', () => {
  it.each(SHARING)('$shared', ({ second, refused = '' }) =>
    together('flashCopyAwaitCopied', async ({ array, one, start, go }) => {
      const two = await endOf(await start('two', second));
      // Its source is free again; its target and its set are held until the end.
      if (refused === 'volume a') expect(two.outcome).toBe('done');
      else
        expect(two.error).toMatchObject({
          code: 'LOCKED',
          message: expect.stringContaining(refused) as string,
        });
      go();
      expect((await endOf(one)).outcome).toBe('done');
      await expectNothingLeft(array);
    }),
  );
});

/** What is told to whoever looks at a copy that waits. */
async function waitsFor(handle: WorkflowHandle): Promise<string> {
  const { raw } = await handle.describe();
  const waiting = raw.pendingActivities?.find(
    ({ activityType }) => activityType?.name === 'flashCopyLockHost',
  );
  return waiting?.lastFailure?.message ?? '';
}

const AT_DEV1: Wish = { ...OTHER, targetHost: 'dev1' };

/** A second copy at the target host, on this array, once it is told that it waits for the first. */
async function startWaiting(
  { array, start }: Pick<Stage, 'array' | 'start'>,
  on = array,
): Promise<WorkflowHandle> {
  const two = await start('two', AT_DEV1, on);
  await until(async () =>
    (await waitsFor(two)).startsWith(`waits for target host dev1: ${array}/one/`),
  );
  return two;
}

describe('a target host, while the first copy presents there', () => {
  it.each([
    ['of the same array', false],
    ['of another array', true],
  ])(
    'keeps a second copy %s waiting, taken but not presented, and then lets it in',
    (_, elsewhere) =>
      together('flashCopyPresent', async ({ array, one, start, go }) => {
        const two = await startWaiting({ array, start }, elsewhere ? `${array}-other` : array);
        const report = await two.query<Report>('report');
        expect(report).toMatchObject({ outcome: 'running', grade: 'filesystem' });
        expect(report.steps.filter(({ name }) => name === 'present')).toEqual([]);
        expect((await grantsOf(hostLedger('dev1'))).map(({ set }) => set)).toEqual(['first']);
        go();
        expect([(await endOf(one)).outcome, (await endOf(two)).outcome]).toEqual(['done', 'done']);
        await expectNothingLeft(array);
      }),
  );

  it('keeps nobody from another target host', () =>
    together('flashCopyPresent', async ({ array, one, start, go }) => {
      expect((await endOf(await start('two', OTHER))).outcome).toBe('done');
      go();
      expect((await endOf(one)).outcome).toBe('done');
      await expectNothingLeft(array);
    }));

  it('lets the second in once the first is dead and its guard has cleared away', () =>
    together('flashCopyPresent', async ({ array, one, start }) => {
      const two = await startWaiting({ array, start });
      await one.terminate('its worker, its server, its operator');
      expect((await endOf(two)).outcome).toBe('done');
      await expectNothingLeft(array);
    }));

  it('lets the second in when the first fails there, after the first was withdrawn', () =>
    together('flashCopyPresent', async ({ array, one, start, go }) => {
      const two = await startWaiting({ array, start });
      await one.cancel();
      go();
      const { outcome, compensation } = await endOf(one);
      expect(outcome).toBe('cancelled');
      const undone = compensation.map(({ what }) => what);
      expect(undone.indexOf('withdraw the copy from dev1')).toBeLessThan(
        undone.indexOf('let other runs at dev1'),
      );
      expect((await endOf(two)).outcome).toBe('done');
      await expectNothingLeft(array);
    }));

  it('lets a copy that waits be called off, and stays with the first', () =>
    together('flashCopyPresent', async ({ array, one, start, go }) => {
      const two = await startWaiting({ array, start });
      await two.cancel();
      expect((await endOf(two)).outcome).toBe('cancelled');
      expect((await grantsOf(hostLedger('dev1'))).map(({ set }) => set)).toEqual(['first']);
      go();
      expect((await endOf(one)).outcome).toBe('done');
      await expectNothingLeft(array);
    }));
});
