// What outlives a copy: its guard gives back, un-prepares and frees locks when the copy is gone; the ledger keeps who holds what.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { Context } from '@temporalio/activity';
import type { Workflow } from '@temporalio/common';
import type { PointInTimeOrder } from '../../src/activities/contract.js';
import {
  GUARD,
  LEDGER,
  LEDGER_ACQUIRE_UPDATE,
  LEDGER_QUERY,
  LEDGER_RELEASE_UPDATE,
  type AcquireAnswer,
  type AcquireOrder,
  type GuardInput,
  type GuardWatch,
  type LedgerGrant,
} from '../../src/workflows/messages.js';
import type { LedgerState } from '../../src/workflows/ledger.workflow.js';
import { carryOut, expectAllGivenBack, hire, until, type Crew } from './carry-out.js';
import { devServer, startCopy, withWorkers } from './temporal.js';
import { untilCancelled, World } from './world.js';

let crew: Crew;

beforeAll(async () => {
  crew = await hire(devServer);
});
afterAll(() => crew.env.teardown());

/** The guard's long poll, on the real server: follows the run until it is closed. */
function watchClose(world: World): void {
  world.on('flashCopyAwaitClose', async (_effect, _attempt, order) => {
    const { workflowId } = order as { workflowId: string };
    for (;;) {
      const { status } = await crew.env.client.workflow.getHandle(workflowId).describe();
      if (status.name !== 'RUNNING') return { status: status.name };
      Context.current().heartbeat();
      await Context.current().sleep(100);
    }
  });
}

describe('the guard', () => {
  it.each(['quiesce', 'unmount'] as const)(
    'gives back when the copy is terminated in a pause by %s',
    async (method) => {
      const world = new World({ sources: { source1: method } });
      watchClose(world);
      let inPause = false;
      const hang = async (order: unknown): Promise<never> => {
        world.freeze(order as PointInTimeOrder);
        inPause = true;
        return untilCancelled();
      };
      world.on('flashCopyTakePointInTime', (_effect, _attempt, order) => hang(order));
      world.on('flashCopyStartGroups', (_effect, _attempt, order) => hang(order));
      const stage = { ...crew, taskQueue: `terminated-${method}` };
      await withWorkers(stage, world.activities(), async () => {
        const handle = await startCopy(stage);
        await until(() => inPause);
        expect([...world.still]).toEqual(['source1']);
        await handle.terminate('somebody pulled the plug');
        await until(() => world.locks.size === 0);
      });
      expect(world.indexOf('flashCopyGiveBack')).toBeLessThan(
        world.indexOf('flashCopyUnprepareGroup'),
      );
      expectAllGivenBack(world);
    },
  );

  it('runs, and knows every source, before anything is armed on a host', async () => {
    const world = new World();
    const seen: string[] = [];
    world.on('flashCopyTakePointInTime', async (effect) => {
      const guards = crew.env.client.workflow.list({
        query: `WorkflowType = "${GUARD}" AND ExecutionStatus = "Running"`,
      });
      for await (const { workflowId, runId } of guards) {
        // Guards of copies terminated above may not have had their last task.
        if (!workflowId.startsWith('flashcopy/copy-')) continue;
        const { events } = await crew.env.client.workflow
          .getHandle(workflowId, runId)
          .fetchHistory();
        const signals =
          events?.filter((event) => event.workflowExecutionSignaledEventAttributes != null) ?? [];
        const last =
          signals.at(-1)?.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0]?.data;
        seen.push(Buffer.from(last ?? []).toString());
      }
      return effect();
    });
    // Visibility may lag behind the start by a moment.
    const original = world.around.get('flashCopyTakePointInTime');
    world.on('flashCopyTakePointInTime', async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return original?.(...args);
    });
    await carryOut(crew, world);
    const watched = seen
      .map((text) => JSON.parse(text) as GuardWatch)
      .filter(({ sources }) => sources.length > 0);
    expect(
      watched.map(({ sources, leaseMs }) => ({ hosts: sources.map(({ host }) => host), leaseMs })),
    ).toEqual([{ hosts: ['source1'], leaseMs: 120_000 }]);
  });

  it('gives back when its lease ends although the copy is still open, and goes on guarding', async () => {
    const world = new World();
    const [source] = (await planOf(world)).sources;
    if (source === undefined) throw new Error('the world has a source');
    world.still.add(source.host);
    world.locks.set('svc1', 'holder');
    const stage = { ...crew, taskQueue: 'lease' };
    await withWorkers(stage, world.activities(), async () => {
      const input: GuardInput = {
        workflowId: 'none',
        firstRunId: 'none',
        holder: 'holder',
        arrays: ['svc1'],
      };
      const handle = await crew.env.client.workflow.start(GUARD, {
        ...{ workflowId: 'guard-lease', taskQueue: stage.taskQueue, args: [input] },
      });
      const watch: GuardWatch = {
        set: 's',
        run: 's-a',
        sources: [source],
        groups: [],
        leaseMs: 500,
      };
      await handle.signal('watch', watch);
      await until(() => world.still.size === 0);
      expect((await handle.describe()).status.name).toBe('RUNNING');
      expect([...world.locks]).toEqual([['svc1', 'holder']]);
      await handle.cancel();
      await handle.signal('done');
      expect(await handle.result(), 'a cancel does not reach it').toBe('dismissed');
    });
  });
});

describe('a copy on a namespace with the search attributes', () => {
  it('shows arrays, volumes, hosts, phase and pause', async () => {
    const world = new World();
    const stage = { ...crew, taskQueue: 'attributes' };
    await withWorkers(stage, world.activities(), async () => {
      const handle = await startCopy(stage, { searchAttributes: true });
      await handle.result();
      expect(attributesOf(await handle.describe())).toEqual({
        FlashCopyArray: ['svc1'],
        FlashCopyVolume: ['db', 'db_copy'],
        FlashCopyHost: ['source1', 'backup1'],
        FlashCopyPhase: 'DONE',
        FlashCopyPauseMs: 100,
      });
    });
  });
});

describe('the ledger', () => {
  const order = (holder: string, more: Partial<AcquireOrder> = {}): AcquireOrder => ({
    ...{ holder, set: `set of ${holder}`, sources: [`${holder}_src`], targets: [`${holder}_dst`] },
    ...more,
  });

  async function withLedger(
    name: string,
    body: (ledger: ReturnType<typeof ledgerOf>) => Promise<void>,
    state?: LedgerState,
  ): Promise<void> {
    const stage = { ...crew, taskQueue: name };
    await withWorkers(stage, new World().activities(), () => body(ledgerOf(name, state)));
  }

  function ledgerOf(name: string, state: LedgerState = { grants: [] }) {
    const { workflow } = crew.env.client;
    const send = <R>(update: string, argument: unknown): Promise<R> =>
      workflow.executeUpdateWithStart<Workflow, R, [unknown]>(update, {
        args: [argument],
        startWorkflowOperation: new WithStartWorkflowOperation<Workflow>(LEDGER, {
          ...{
            workflowId: name,
            taskQueue: name,
            args: [state],
            workflowIdConflictPolicy: 'USE_EXISTING',
          },
        }),
      });
    return {
      acquire: (argument: AcquireOrder) => send<AcquireAnswer>(LEDGER_ACQUIRE_UPDATE, argument),
      release: (holder: string, only?: 'sources') =>
        send<undefined>(LEDGER_RELEASE_UPDATE, { holder, ...(only === undefined ? {} : { only }) }),
      grants: () => workflow.getHandle(name).query<readonly LedgerGrant[]>(LEDGER_QUERY),
      runId: async () => (await workflow.getHandle(name).describe()).runId,
    };
  }

  it('refuses a volume that another run holds, and names the holder', () =>
    withLedger('exclusive', async (ledger) => {
      expect(await ledger.acquire(order('a'))).toEqual({ granted: true });
      const refused = (what: string) => ({ granted: false, heldBy: 'a', what });
      expect(await ledger.acquire(order('b', { targets: ['a_dst'] }))).toEqual(
        refused('volume a_dst'),
      );
      expect(await ledger.acquire(order('b', { targets: ['a_src'] }))).toEqual(
        refused('volume a_src'),
      );
      expect(await ledger.acquire(order('b', { sources: ['a_dst'] }))).toEqual(
        refused('volume a_dst'),
      );
      expect(await ledger.acquire(order('b', { sources: ['a_src'] }))).toEqual(
        refused('volume a_src'),
      );
      expect(await ledger.acquire(order('b', { set: 'set of a' }))).toEqual(
        refused('set set of a'),
      );
      expect((await ledger.grants()).map(({ holder }) => holder)).toEqual(['a']);
    }));

  it('grants the same holder again, frees sources alone, then everything', () =>
    withLedger('idempotent', async (ledger) => {
      await ledger.acquire(order('a'));
      expect(await ledger.acquire(order('a'))).toEqual({ granted: true });
      expect(await ledger.grants()).toHaveLength(1);
      await ledger.release('a', 'sources');
      expect(await ledger.acquire(order('b', { sources: ['a_src'] }))).toEqual({ granted: true });
      expect(await ledger.acquire(order('c', { targets: ['a_dst'] }))).toMatchObject({
        granted: false,
      });
      await ledger.release('a');
      await ledger.release('a');
      expect(await ledger.acquire(order('c', { targets: ['a_dst'] }))).toEqual({ granted: true });
    }));

  it('continues as new with its grants, and loses no caller', () =>
    withLedger(
      'continued',
      async (ledger) => {
        await ledger.acquire(order('first'));
        const before = await ledger.runId();
        const answers = await Promise.all(
          Array.from({ length: 12 }, (_, at) => ledger.acquire(order(`h${at}`))),
        );
        expect(answers.filter(({ granted }) => granted)).toHaveLength(12);
        await until(async () => (await ledger.runId()) !== before);
        expect(await ledger.grants()).toHaveLength(13);
        expect(await ledger.acquire(order('late', { targets: ['first_dst'] }))).toMatchObject({
          heldBy: 'first',
        });
      },
      { grants: [], callsPerRun: 5 },
    ));
});

const planOf = (world: World) =>
  world.activities().flashCopyPlan({ request: world.request, token: 'abcdef' });

function attributesOf(description: {
  typedSearchAttributes: { getAll(): unknown };
}): Record<string, unknown> {
  const pairs = description.typedSearchAttributes.getAll() as {
    key: { name: string };
    value: unknown;
  }[];
  const ours = pairs.filter(({ key }) => key.name.startsWith('FlashCopy'));
  return Object.fromEntries(ours.map(({ key, value }) => [key.name, value]));
}
