// A source that cannot be given back: what people can say to the run and to its guard, what the run does with their word, who is called.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { createActivities } from '../../src/activities/index.js';
import { systemClock } from '../../src/clock/system-clock.js';
import { FlashCopyClient } from '../../src/client/index.js';
import type { PointInTimeOrder } from '../../src/activities/contract.js';
import {
  GUARD,
  guardWorkflowId,
  type GuardInput,
  type GuardWatch,
  type ResolvedSource,
} from '../../src/workflows/messages.js';
import { FlashCopyError } from '../../src/domain/errors.js';
import type { PlannedSource } from '../../src/domain/plan.js';
import { carryOut, expectAllGivenBack, hire, until, type Crew } from './carry-out.js';
import { devServer, startCopy, withWorkers, type CopyHandle } from './temporal.js';
import { reportOf, stuck, stuckWorld } from './stuck-copy.js';
import { failure, untilCancelled, type World } from './world.js';

let crew: Crew;
beforeAll(async () => {
  crew = await hire(devServer);
});
afterAll(() => crew.env.teardown());

const WORD = { by: 'ada', reason: 'mounted by hand from the console' };

const resolve = (handle: CopyHandle, word: object): Promise<readonly ResolvedSource[]> =>
  handle.executeUpdate('resolve', { args: [word] });

describe('a word of a person for a source', () => {
  it('is taken only while a source lacks its I/O, for that source, and with a name and a reason', async () => {
    const world = stuckWorld();
    world.on('flashCopyPreFlush', async (effect) => {
      await early;
      return effect();
    });
    let go = (): void => undefined;
    const early = new Promise<void>((done) => (go = done));
    await carryOut(crew, world, async (handle) => {
      await until(async () => (await reportOf(handle)).phase !== 'PLANNING');
      await expect(resolve(handle, WORD)).rejects.toMatchObject({
        cause: { type: 'NOTHING_TO_RESOLVE' },
      });
      go();
      await stuck(handle);
      await expect(resolve(handle, { ...WORD, host: 'backup1' })).rejects.toMatchObject({
        cause: { type: 'NOT_STUCK' },
      });
      for (const wrong of [{ by: 'ada' }, { reason: 'x' }, { by: ' ', reason: 'x' }])
        await expect(resolve(handle, wrong)).rejects.toMatchObject({
          cause: { type: 'INVALID_RESOLUTION' },
        });
      world.still.clear();
      await resolve(handle, WORD);
    });
  });

  it('is not taken against the word of the host, which still holds it; the run goes on trying', async () => {
    const world = stuckWorld();
    await carryOut(crew, world, async (handle) => {
      await stuck(handle);
      await expect(resolve(handle, WORD)).rejects.toMatchObject({
        cause: {
          type: 'SOURCE_WITHOUT_IO',
          message: expect.stringContaining('source1: its hold of /data') as string,
        },
      });
      expect((await reportOf(handle)).phase).toBe('NEEDS_OPERATOR');
      expect(world.resolved).toEqual([]);
      const answer = await resolve(handle, { ...WORD, force: true });
      expect(answer).toEqual([{ host: 'source1', read: 'its hold of /data has not ended' }]);
    });
    expect(world.resolved).toMatchObject([{ host: 'source1', ...WORD }]);
  });

  it('ends the run as failed: who, when, why and what could be read stand in the report; locks are freed, nothing is tried again', async () => {
    const world = stuckWorld();
    world.on('flashCopyReadSource', () =>
      Promise.reject(failure('UNREACHABLE', { family: 'transport' })),
    );
    const { report, error, status } = await carryOut(crew, world, async (handle) => {
      await stuck(handle);
      await resolve(handle, { ...WORD, host: 'source1' });
    });
    expect(status).toBe('FAILED');
    expect(error).toMatchObject({
      code: 'RESOLVED_BY_HAND',
      message: expect.stringContaining('ada') as string,
    });
    expect(report).toMatchObject({ outcome: 'failed', phase: 'FAILED' });
    expect(report.operator).toMatchObject([
      {
        host: 'source1',
        resolved: { ...WORD, read: expect.stringContaining('UNREACHABLE') as string },
      },
    ]);
    expect(Date.parse(report.operator?.[0]?.resolved?.at ?? '')).toBeGreaterThan(0);
    expect(report.advice[0]).toContain(
      'source1 was resolved by hand, by ada: mounted by hand from the console',
    );
    expect(report.advice.join()).not.toContain('every source has its I/O');
    expect(report.advice.join()).toContain('every other source');
    expect([...world.locks]).toEqual([]);
    expect(world.preparedGroups).toEqual([]);
    expect(world.marked, 'nobody writes to a source that a person looks after').toEqual([]);
  });

  it('leaves the failure that was there before in its place', async () => {
    const world = stuckWorld();
    world.on('flashCopyTakeDown', async (effect) => {
      await effect();
      throw failure('UNIT_NOT_STOPPED');
    });
    const { report, error } = await carryOut(crew, world, async (handle) => {
      await stuck(handle);
      world.still.clear();
      await resolve(handle, WORD);
    });
    expect(error?.code).toBe('UNIT_NOT_STOPPED');
    expect(report.compensation.find(({ what }) => what === 'give back source1')).toMatchObject({
      ok: true,
      note: expect.stringContaining('resolved by hand, by ada') as string,
    });
  });

  it('for one source leaves the others to the run', async () => {
    const world = stuckWorld({ sources: { source1: 'unmount', source2: 'unmount' } });
    let mended = false;
    world.on('flashCopyGiveBack', (effect, _attempt, order) => {
      const { host } = (order as { source: { host: string } }).source;
      if (host === 'source2' && mended) return effect();
      return Promise.reject(failure('UNREACHABLE', { family: 'transport' }));
    });
    const { report } = await carryOut(crew, world, async (handle) => {
      await until(async () => (await reportOf(handle)).operator?.length === 2);
      await resolve(handle, { ...WORD, host: 'source1', force: true });
      const wordFor = async () =>
        (await reportOf(handle)).operator?.find(({ host }) => host === 'source1')?.resolved;
      await until(async () => (await wordFor()) !== undefined);
      const now = await reportOf(handle);
      expect(now.phase, 'source2 still lacks its I/O').toBe('NEEDS_OPERATOR');
      mended = true;
      await handle.executeUpdate('retryGiveBack');
    });
    expect(report.outcome).toBe('failed');
    expect(report.operator?.find(({ host }) => host === 'source2')).toMatchObject({
      givenBackAt: expect.any(String) as string,
    });
    expect([...world.still], 'nobody but the person has looked after source1').toEqual(['source1']);
  });
});

/** The guard's long poll, on the real server. */
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

/** Terminates a copy in its pause, so that its guard alone is left, and gives `body` the client's handle. */
async function terminated(
  name: string,
  world: World,
  body: (guardId: string) => Promise<void>,
): Promise<void> {
  watchClose(world);
  let inPause = false;
  world.on('flashCopyStartGroups', async (_effect, _attempt, order) => {
    world.freeze(order as PointInTimeOrder);
    inPause = true;
    return untilCancelled();
  });
  const stage = { ...crew, taskQueue: name };
  await withWorkers(stage, world.activities(), async () => {
    const handle = await startCopy(stage);
    const { runId } = await handle.describe();
    await until(() => inPause);
    await handle.terminate('somebody pulled the plug');
    await body(guardWorkflowId(handle.workflowId, runId));
  });
}

describe('a guard that cannot give back', () => {
  it('calls once, takes the same words under the name of its copy, then un-prepares and frees the locks', async () => {
    const world = stuckWorld();
    await terminated('guard-stuck', world, async (guardId) => {
      const copy = new FlashCopyClient({ client: crew.env.client }).copy('flashcopy/guard-stuck');
      await until(() => world.notices.length > 0);
      expect(await copy.retryGiveBack()).toEqual(['source1']);
      await expect(copy.resolve(WORD)).rejects.toMatchObject({ code: 'SOURCE_WITHOUT_IO' });
      expect(world.locks.size).toBe(1);
      world.still.clear();
      expect(await copy.resolve(WORD)).toMatchObject([{ host: 'source1' }]);
      expect(await crew.env.client.workflow.getHandle(guardId).result()).toBe('acted');
      await expect(copy.retryGiveBack()).rejects.toMatchObject({ code: 'RUN_ENDED' });
    });
    expect(world.notices).toMatchObject([
      { what: 'source-without-io', host: 'source1', set: 'erp-nightly' },
      { what: 'source-has-io', host: 'source1', set: 'erp-nightly' },
    ]);
    expect(world.resolved).toMatchObject([{ host: 'source1', ...WORD }]);
    expectAllGivenBack(world);
  });
});

describe('a guard whose lease ended while the copy is stuck', () => {
  it('stops trying when the copy passes on the word, tries that source never again, and calls nobody beside the copy', async () => {
    const world = stuckWorld();
    world.on('flashCopyAwaitClose', () => untilCancelled());
    const stage = { ...crew, taskQueue: 'guard-word' };
    const tries = (): number =>
      world.calls.filter((call) => call.startsWith('flashCopyGiveBack')).length;
    const source = {
      host: 'source1',
      method: 'unmount',
      units: [],
      mounts: [],
      deadlineMs: 1,
    } as const;
    const watch: GuardWatch = { set: 's', run: 's-a', sources: [source], groups: [], leaseMs: 200 };
    const word = {
      host: 'source1',
      run: 's-a',
      at: '2026-11-25T01:00:00Z',
      read: 'unknown',
      ...WORD,
    };
    await withWorkers(stage, world.activities(), async () => {
      const input: GuardInput = {
        workflowId: 'none',
        firstRunId: 'none',
        holder: 'holder',
        arrays: ['svc1'],
      };
      const guard = await crew.env.client.workflow.start(GUARD, {
        ...{ workflowId: 'guard-word', taskQueue: stage.taskQueue, args: [input] },
      });
      await guard.signal('watch', watch);
      await until(() => tries() > 0);
      await guard.signal('resolved', word);
      // A new word of the copy starts the lease again; its end finds nothing to give back.
      const { historyLength } = await guard.describe();
      const before = tries();
      await guard.signal('watch', { ...watch, leaseMs: 100 });
      await until(async () => (await guard.describe()).historyLength > historyLength + 6);
      expect(tries()).toBe(before);
      await guard.signal('done', 's-a');
      expect(await guard.result()).toBe('dismissed');
    });
    expect([...world.still]).toEqual([]);
    expect(world.notices).toEqual([]);
  });
});

describe('a give back that is refused for good', () => {
  it('is tried on without a word in history', async () => {
    const world = stuckWorld();
    let tries = 0;
    const refuses = {
      giveBack: () => {
        tries += 1;
        throw new FlashCopyError({ family: 'host', code: 'MOUNT_FAILED', message: 'bad disk' });
      },
    };
    const real = createActivities({
      ...{ clock: systemClock, hosts: () => ({ source: refuses }), ledger: {} },
    } as never);
    const stage = { ...crew, taskQueue: 'refused' };
    await withWorkers(
      stage,
      {
        ...world.activities(),
        flashCopyGiveBack: real.flashCopyGiveBack.bind(real),
      },
      async () => {
        const handle = await startCopy(stage);
        // Heard once, so that a person is called; the second order insists.
        await stuck(handle);
        await handle.executeUpdate('retryGiveBack');
        await until(() => tries >= 2);
        const pending = async () =>
          (await handle.describe()).raw.pendingActivities?.find(
            ({ activityType }) => activityType?.name === 'flashCopyGiveBack',
          );
        await until(async () => (await pending())?.lastFailure != null);
        const { lastFailure, scheduledTime } = (await pending())!;
        expect(lastFailure?.message).toContain('bad disk');
        const waits = Number(scheduledTime?.seconds ?? 0) - Date.now() / 1000;
        expect(waits, 'the next try, in seconds').toBeGreaterThan(5);
        const events = async () => (await handle.fetchHistory()).events?.slice(-3) ?? [];
        const [last] = (await events()).filter(
          (one) => one.activityTaskFailedEventAttributes != null,
        );
        expect(last, 'failed, and history does not know').toBeUndefined();
        expect((await reportOf(handle)).phase).toBe('NEEDS_OPERATOR');
        refuses.giveBack = () => Promise.resolve(undefined) as never;
        expect(await handle.executeUpdate('retryGiveBack')).toEqual(['source1']);
        // This host reports no pause, so the copy has no good grade; its source has its I/O.
        await handle.result().catch(() => undefined);
        expect((await reportOf(handle)).operator?.[0]?.givenBackAt).toBeDefined();
      },
    );
    expect(tries).toBe(2);
  });
});

describe('a guard that tried beside a copy', () => {
  /** As `stuck`, but the guard's lease has ended too: both try. */
  async function bothStuck(name: string, body: (guard: GuardHandle) => Promise<void>) {
    const world = stuckWorld();
    world.on('flashCopyAwaitClose', () => untilCancelled());
    const stage = { ...crew, taskQueue: name };
    const input: GuardInput = {
      ...{ workflowId: 'none', firstRunId: 'none', holder: 'h', arrays: ['svc1'] },
    };
    const source: PlannedSource = {
      ...{ host: 'source1', method: 'unmount', units: [], mounts: [] },
      deadlineMs: 1,
    };
    world.still.add('source1');
    await withWorkers(stage, world.activities(), async () => {
      const guard = await crew.env.client.workflow.start(GUARD, {
        ...{ workflowId: name, taskQueue: stage.taskQueue, args: [input] },
      });
      const watch: GuardWatch = {
        ...{ set: 's', run: 's-a', sources: [source], groups: [], leaseMs: 100 },
      };
      await guard.signal('watch', watch);
      await until(async () => (await detailsOf(guard)).includes('NEEDS_OPERATOR'));
      await body({ guard, watch, world });
    });
    return world;
  }

  it('stops when the copy has given back, says so, and calls nobody', async () => {
    const world = await bothStuck('guard-beside', async ({ guard, watch, world: seen }) => {
      seen.still.clear();
      await guard.signal('watch', { ...watch, sources: [], leaseMs: 0 });
      await until(async () => !(await detailsOf(guard)).includes('NEEDS_OPERATOR'));
      await guard.signal('done', 's-a');
      expect(await guard.result()).toBe('dismissed');
    });
    expect(world.notices).toEqual([]);
  });

  it('is dismissed at once by a copy that ended well', async () => {
    const world = await bothStuck('guard-done', async ({ guard, world: seen }) => {
      seen.still.clear();
      await guard.signal('done', 's-a');
      expect(await guard.result()).toBe('dismissed');
    });
    expect(world.notices).toEqual([]);
  });

  it('reads the source before it calls: one that has its I/O needs nobody', async () => {
    const world = stuckWorld();
    await terminated('guard-reads', world, async (guardId) => {
      const gaveBack = (): boolean => world.indexOf('flashCopyGiveBack') >= 0;
      world.still.clear(); // by its holder, at its deadline
      await until(() => gaveBack() && world.indexOf('flashCopyReadSource') >= 0);
      world.on('flashCopyGiveBack', (effect) => effect());
      await crew.env.client.workflow.getHandle(guardId).executeUpdate('retryGiveBack');
      expect(await crew.env.client.workflow.getHandle(guardId).result()).toBe('acted');
    });
    expect(world.notices).toEqual([]);
  });
});

interface GuardHandle {
  readonly guard: WorkflowHandle;
  readonly watch: GuardWatch;
  readonly world: World;
}

/** What a person reads of it in the UI. */
async function detailsOf(guard: WorkflowHandle): Promise<string> {
  const seen = await guard.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return seen.currentDetails ?? '';
}
