// A run that was reset on a real server: its history is replayed under another run id, and what it did before must come out the same.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carryOut, expectAllGivenBack, hire, until, type Crew } from './carry-out.js';
import { resetToLastTask } from './resets.js';
import { devServer } from './temporal.js';
import { failure, World } from './world.js';

let crew: Crew;
beforeAll(async () => {
  crew = await hire(devServer);
});
afterAll(() => crew.env.teardown());

async function endOf(workflowId: string, runId: string): Promise<string> {
  const handle = crew.env.client.workflow.getHandle(workflowId, runId);
  await until(async () => (await handle.describe()).status.name !== 'RUNNING');
  return (await handle.describe()).status.name;
}

describe('a run that has ended, reset to its last task', () => {
  it('ends again when it was aborted after its plan', async () => {
    const world = new World();
    let preparing = false;
    world.on('flashCopyPrepareGroup', async (effect) => {
      preparing = true;
      await until(() => world.calls.includes('aborted'));
      return effect();
    });
    await carryOut(crew, world, async (handle) => {
      await until(() => preparing);
      await handle.executeUpdate('abort', { args: ['test'] });
      world.calls.push('aborted');
      await handle.result().catch(() => undefined);
      expect(await endOf(handle.workflowId, await resetToLastTask(crew, handle))).toBe('FAILED');
    });
    expectAllGivenBack(world);
  });

  it('ends again when prepare was refused before anything was sent', async () => {
    const world = new World();
    world.on('flashCopyEnsureGroup', async (effect) => ({
      ...((await effect()) as object),
      preparable: true,
    }));
    world.on('flashCopyPrepareGroup', () =>
      Promise.reject(failure('NOT_RELEASED', { details: { untouched: true } })),
    );
    await carryOut(crew, world, async (handle) => {
      await handle.result().catch(() => undefined);
      expect(await endOf(handle.workflowId, await resetToLastTask(crew, handle))).toBe('FAILED');
    });
    expectAllGivenBack(world);
  });
});
