// A run that was reset on a real server: its history is replayed under another run id, and what it did before must come out the same.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carryOut, expectAllGivenBack, hire, until, type Crew } from './carry-out.js';
import { devServer, type CopyHandle } from './temporal.js';
import { failure, World } from './world.js';

let crew: Crew;
beforeAll(async () => {
  crew = await hire(devServer);
});
afterAll(() => crew.env.teardown());

/** As in the UI: back to the last decision of the run. */
async function resetToLastTask({ workflowId }: CopyHandle): Promise<string> {
  const { workflow, workflowService, options } = crew.env.client;
  const handle = workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const last = events?.findLast(
    ({ workflowTaskCompletedEventAttributes: task }) => task != null,
  )?.eventId;
  if (last == null) throw new Error('the run has not decided anything yet');
  const answer = await workflowService.resetWorkflowExecution({
    ...{ namespace: options.namespace, workflowExecution: { workflowId, runId } },
    ...{ workflowTaskFinishEventId: last, reason: 'test', requestId: randomUUID() },
  });
  return answer.runId;
}

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
      expect(await endOf(handle.workflowId, await resetToLastTask(handle))).toBe('FAILED');
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
      expect(await endOf(handle.workflowId, await resetToLastTask(handle))).toBe('FAILED');
    });
    expectAllGivenBack(world);
  });
});
