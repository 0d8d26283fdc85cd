// A set's name finds the newest run of the set from every way of starting, on a real server: client, Schedule, Temporal UI with any id.
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlashCopyClient, type CopyHandle } from '../../src/client/index.js';
import { systemClock } from '../../src/clock/system-clock.js';
import { FLASH_COPY, GUARD, guardWorkflowId } from '../../src/workflows/messages.js';
import { clientRequest } from './client-request.js';

let env: TestWorkflowEnvironment;
let client: FlashCopyClient;

// No worker: runs stay open until they are terminated.
beforeAll(async () => {
  env = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: '.tools/bin/temporal' } },
  });
  client = new FlashCopyClient({ client: env.client });
});
afterAll(() => env.teardown());

/** As the Temporal CLI or UI: any id, no search attributes, no memo. */
async function byHand(workflowId: string, set: string): Promise<string> {
  const args = [{ request: clientRequest(set) }];
  const options = { workflowId, taskQueue: 'flashcopy', args };
  return (await env.client.workflow.start(FLASH_COPY, options)).firstExecutionRunId;
}

async function scheduled(set: string): Promise<string> {
  const handle = await client.scheduleFlashCopy({
    ...{ id: set, request: clientRequest(set), every: '1 h' },
  });
  await handle.trigger();
  const started = async () => (await handle.describe()).info.recentActions[0]?.action.workflow;
  while ((await started()) === undefined) await systemClock.sleep(50);
  return (await started())?.workflowId ?? '';
}

const terminate = (workflowId: string) =>
  env.client.workflow.getHandle(workflowId).terminate('test');
const idOf = async (found: Promise<CopyHandle>): Promise<string> => (await found).workflowId;

/** Lists lag behind; what is only in a list is waited for. */
async function eventually(look: () => Promise<string>, wanted: string): Promise<void> {
  const said = () => look().catch((error: unknown) => (error as { code: string }).code);
  for (let tries = 0; tries < 50 && (await said()) !== wanted; tries += 1)
    await systemClock.sleep(100);
  expect(await said()).toBe(wanted);
}

describe('the name of a set', () => {
  it('finds a run of the client at once', async () => {
    const copy = await client.start(clientRequest('client'));
    const found = await client.find('client');
    expect(found).toMatchObject({ workflowId: 'flashcopy/client', runId: copy.runId });
  });

  it('finds a run of a Schedule at once, also where an older run of the client has ended', async () => {
    await client.start(clientRequest('nightly'));
    await terminate('flashcopy/nightly');
    const workflowId = await scheduled('nightly');
    expect(workflowId).toMatch(/^flashcopy\/nightly-\d{4}/);
    expect(await idOf(client.find('nightly'))).toBe(workflowId);
  });

  it('finds the newest run of a Schedule when none is open', async () => {
    const workflowId = await scheduled('over');
    await terminate(workflowId);
    expect(await idOf(client.find('over'))).toBe(workflowId);
  });

  it('finds a run that the Temporal UI started, open or ended, whatever its id', async () => {
    for (const id of ['my copy', 'a/b/c', '3f2504e0', 'flashcopy/other-name']) {
      const set = `ui-${id.replaceAll(/[^a-z0-9]/g, '')}`;
      await byHand(id, set);
      await eventually(() => idOf(client.find(set)), id);
      await terminate(id);
      await eventually(() => idOf(client.find(set)), id);
    }
  });

  it('finds the run that is open before a newer one that was refused', async () => {
    await byHand('stuck-one', 'both');
    await client.start(clientRequest('both'));
    await terminate('flashcopy/both');
    await eventually(() => idOf(client.find('both')), 'stuck-one');
  });

  it('finds a run that is gone while its guard still works, before a newer one that is over', async () => {
    const first = await byHand('flashcopy/guarded', 'guarded');
    await terminate('flashcopy/guarded');
    await env.client.workflow.start(GUARD, {
      ...{ workflowId: guardWorkflowId('flashcopy/guarded', first), taskQueue: 'flashcopy' },
      args: [{}],
    });
    await client.start(clientRequest('guarded'));
    await terminate('flashcopy/guarded');
    const run = async () => (await client.find('guarded')).runId ?? '';
    await eventually(run, first);
  });

  it('does not take a longer name for its own', async () => {
    await client.start(clientRequest('short-2'));
    await expect(client.find('short')).rejects.toMatchObject({ code: 'NO_SUCH_RUN' });
  });
});

describe('a workflow id', () => {
  it('without a slash is found; where it is the name of a set too, it is refused until it is said which', async () => {
    await byHand('plain', 'whatever');
    expect(await idOf(client.find('plain'))).toBe('plain');
    await client.start(clientRequest('plain'));
    await expect(client.find('plain')).rejects.toMatchObject({ code: 'AMBIGUOUS_NAME' });
    expect(await idOf(client.find('plain', { id: true }))).toBe('plain');
    expect(await idOf(client.find('flashcopy/plain'))).toBe('flashcopy/plain');
  });

  it('of a guard finds its copy', async () => {
    const found = await client.find(guardWorkflowId('flashcopy/client', 'run-1'));
    expect(found).toMatchObject({ workflowId: 'flashcopy/client', runId: 'run-1' });
  });

  it('that nobody has is NO_SUCH_RUN', async () => {
    for (const name of ['nobody', 'no/body'])
      await expect(client.find(name)).rejects.toMatchObject({ code: 'NO_SUCH_RUN' });
  });
});
