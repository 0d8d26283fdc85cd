// Calls for a person: once for each stuck source, and never in the way of what they are about.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carryOut, expectAllGivenBack, hire, until, type Crew } from './carry-out.js';
import { reportOf, stuck, stuckWorld } from './stuck-copy.js';
import { devServer } from './temporal.js';
import { failure, World } from './world.js';

let crew: Crew;
beforeAll(async () => {
  crew = await hire(devServer);
});
afterAll(() => crew.env.teardown());

describe('a call for a person', () => {
  it('is made once for each stuck source, whatever is said of it later, and says what to do', async () => {
    const world = stuckWorld();
    let attempts = 0;
    world.on('flashCopyNotify', async (effect, attempt, order) => {
      if ((order as { way: string }).way !== world.way) return effect();
      attempts += 1;
      if (attempt === 1) throw failure('NOTIFY_FAILED', { retry: 'safe' });
      return effect();
    });
    const { report } = await carryOut(crew, world, async (handle) => {
      await until(() => world.notices.length > 0);
      await handle.executeUpdate('retryGiveBack');
      await until(
        () => world.calls.filter((call) => call.startsWith('flashCopyGiveBack')).length >= 2,
      );
      await until(async () => (await reportOf(handle)).operator?.[0]?.told.length === 1);
      world.on('flashCopyGiveBack', (effect) => effect());
      await handle.executeUpdate('retryGiveBack');
    });
    expect(attempts, 'a failed call is repeated, a made one is not; so is its withdrawal').toBe(4);
    const [notice, over, ...more] = world.notices;
    expect(more).toEqual([]);
    expect(over).toMatchObject({
      ...{ what: 'source-has-io', set: 'erp-nightly', host: 'source1', todo: [] },
      ...{ workflowId: report.workflowId, why: expect.stringContaining('has its I/O') as string },
    });
    expect(notice).toMatchObject({
      ...{
        what: 'source-without-io',
        set: 'erp-nightly',
        host: 'source1',
        workflowId: report.workflowId,
      },
      ...{ runId: report.runId, why: expect.stringContaining('UNREACHABLE') as string },
    });
    expect(notice?.run).toMatch(/^erp-nightly-[a-p]/);
    expect(notice?.todo.join()).toContain('flashcopy give-back');
    expect(report.outcome).toBe('done');
    expect(report.operator).toMatchObject([
      { host: 'source1', told: ['webhook'], givenBackAt: expect.any(String) as string },
    ]);
  });

  it('that cannot be made neither delays nor fails the give back', async () => {
    const world = stuckWorld();
    world.on('flashCopyNotify', () => Promise.reject(failure('NOTIFY_FAILED', { retry: 'safe' })));
    const { report } = await carryOut(crew, world, async (handle) => {
      await stuck(handle);
      await until(() => world.calls.some((call) => call.startsWith('flashCopyNotify')));
      world.on('flashCopyGiveBack', (effect) => effect());
      await handle.executeUpdate('retryGiveBack');
    });
    expect(report.outcome).toBe('done');
    expectAllGivenBack(world);
  });

  it('is not made by a copy that gives back', async () => {
    const world = new World();
    await carryOut(crew, world);
    expect(world.calls.filter((call) => call.startsWith('flashCopyNotify'))).toEqual([]);
  });
});
