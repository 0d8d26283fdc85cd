// What a guard costs while its copy only waits, and that it sees every end of its copy: on a real server, with the product's own look at it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApplicationFailure } from '@temporalio/common';
import { createActivities, temporalRuns } from '../../src/activities/index.js';
import type { PointInTimeOrder } from '../../src/activities/contract.js';
import { systemClock } from '../../src/clock/system-clock.js';
import { guardWorkflowId } from '../../src/workflows/messages.js';
import { carryOut, expectAllGivenBack, hire, until, type Crew } from './carry-out.js';
import { resetToLastTask } from './resets.js';
import { devServer, type CopyHandle } from './temporal.js';
import { untilCancelled, World } from './world.js';

let crew: Crew;
beforeAll(async () => {
  crew = await hire(devServer);
});
afterAll(() => crew.env.teardown());

const real = createActivities({
  ...{ clock: systemClock, runs: temporalRuns(systemClock), ledger: {} },
} as never);

/** With the product's own look at the copy; `soonMs` instead of its minute. */
function watched(world: World, soonMs?: number): World {
  world.on('flashCopyAwaitClose', async (_effect, _attempt, order) => {
    try {
      return await real.flashCopyAwaitClose(order as never);
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || soonMs === undefined) throw error;
      const { message, type, category } = error;
      throw ApplicationFailure.create({
        ...{ message, nextRetryDelay: soonMs },
        ...(type == null ? {} : { type }),
        ...(category == null ? {} : { category }),
      });
    }
  });
  return world;
}

/** PENDING_ACTIVITY_STATE_SCHEDULED: no worker has it. */
const SCHEDULED = 1;

const looks = (world: World): number =>
  world.calls.filter((call) => call.startsWith('flashCopyAwaitClose')).length;

/** A copy that waits for 100 %, until `copied` is called. */
function waiting(world: World): { readonly copied: () => void } {
  world.looksUntilCopied = Infinity;
  world.lookEveryMs = 200;
  return { copied: () => (world.looksUntilCopied = 0) };
}

const inCopy = (world: World): Promise<void> =>
  until(() => world.indexOf('flashCopyAwaitCopied') >= 0);

async function guardOf(handle: CopyHandle) {
  const { runId, raw } = await handle.describe();
  const first = raw.workflowExecutionInfo?.firstRunId ?? '';
  return crew.env.client.workflow.getHandle(
    guardWorkflowId(handle.workflowId, first === '' ? runId : first),
  );
}

/** Hangs in the pause; answers when it is in it. */
function hangInPause(world: World): () => Promise<void> {
  let inPause = false;
  world.on('flashCopyTakePointInTime', async (_effect, _attempt, order) => {
    world.freeze(order as PointInTimeOrder);
    inPause = true;
    return untilCancelled();
  });
  return () => until(() => inPause);
}

describe('the guard of a copy that only waits', () => {
  it('uses no slot and no heartbeat, and looks once a minute', async () => {
    const world = watched(new World({ waitFor: 'copied' }));
    const { copied } = waiting(world);
    await carryOut(crew, world, async (handle) => {
      await inCopy(world);
      const guard = await guardOf(handle);
      await until(() => looks(world) === 1);
      const pending = async () => (await guard.describe()).raw.pendingActivities ?? [];
      await until(async () => Number((await pending())[0]?.state) === SCHEDULED);
      const [look] = await pending();
      expect(look?.activityType?.name).toBe('flashCopyAwaitClose');
      const scheduled = Number(look?.scheduledTime?.seconds ?? 0);
      expect(scheduled - Date.now() / 1000, 'the next look').toBeGreaterThan(50);
      expect(look?.lastHeartbeatTime ?? null, 'a beat is a call too').toBeNull();
      const { historyLength } = await guard.describe();
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect(looks(world), 'in three seconds').toBe(1);
      expect((await guard.describe()).historyLength).toBe(historyLength);
      copied();
    });
    expectAllGivenBack(world);
  });
});

describe('the guard sees', () => {
  it('a terminate at once, not a minute later', async () => {
    const world = watched(new World());
    const inPause = hangInPause(world);
    await carryOut(crew, world, async (handle) => {
      await inPause();
      const guard = await guardOf(handle);
      await handle.terminate('somebody pulled the plug');
      const at = Date.now();
      await until(() => world.still.size === 0);
      expect(Date.now() - at).toBeLessThan(5_000);
      expect(await guard.result()).toBe('acted');
    });
    expectAllGivenBack(world);
  });

  it('that a copy which was reset goes on, and leaves it alone', async () => {
    const world = watched(new World({ waitFor: 'copied' }));
    const { copied } = waiting(world);
    await carryOut(crew, world, async (handle) => {
      await inCopy(world);
      const guard = await guardOf(handle);
      const next = await resetToLastTask(crew, handle);
      copied();
      const life = crew.env.client.workflow.getHandle(handle.workflowId, next);
      expect(await life.result()).toMatchObject({ outcome: 'done' });
      expect(await guard.result()).toBe('dismissed');
    });
    expect(world.indexOf('flashCopyUnprepareGroup')).toBe(-1);
    expectAllGivenBack(world);
  });

  /** The server tells the children of a reset run nothing any more: within its minute the guard looks. */
  it('the end of a copy that was reset', async () => {
    const world = watched(new World({ waitFor: 'copied' }), 500);
    waiting(world);
    await carryOut(crew, world, async (handle) => {
      await inCopy(world);
      const guard = await guardOf(handle);
      const next = await resetToLastTask(crew, handle);
      const life = crew.env.client.workflow.getHandle(handle.workflowId, next);
      await until(async () => (await life.describe()).historyLength > 3);
      await life.terminate('somebody pulled the plug');
      expect(await guard.result()).toBe('acted');
    });
    expectAllGivenBack(world);
  });

  it('nothing in a cancel of its copy, which undoes what it did by itself', async () => {
    const world = watched(new World());
    const inPause = hangInPause(world);
    await carryOut(crew, world, async (handle) => {
      await inPause();
      const guard = await guardOf(handle);
      await handle.cancel();
      await handle.result().catch(() => undefined);
      expect(await guard.result()).toBe('dismissed');
    });
    expectAllGivenBack(world);
  });
});
