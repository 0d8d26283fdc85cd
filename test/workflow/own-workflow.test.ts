// Workflows of users' own: their steps come in our order and are undone, and blocks out of their place touch nothing.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { FlashCopyActivities } from '../../src/activities/contract.js';
import type { ErrorData } from '../../src/domain/errors.js';
import type { Report } from '../../src/domain/report.js';
import { expectAllGivenBack, type Crew } from './carry-out.js';
import { devServer, withWorkers } from './temporal.js';
import { failure, untilCancelled, World } from './world.js';

let crew: Crew;
beforeAll(async () => {
  const workflowsPath = fileURLToPath(new URL('own-workflows.ts', import.meta.url));
  const [env, workflowBundle] = await Promise.all([
    devServer(),
    bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
  ]);
  crew = { env, workflowBundle };
});
afterAll(() => crew.env.teardown());

interface End {
  readonly report: Report;
  readonly error: ErrorData | undefined;
  /** Steps of the user's own and the activities that bound their places, in their order. */
  readonly order: readonly string[];
}

const BOUNDS =
  /^flashCopy(PreFlush|TakeDown|StartGroups|TakePointInTime|GiveBack|ReadGroup|Verify|Withdraw)/;
let count = 0;

interface Asked {
  readonly input?: object;
  readonly ownStep?: (name: string) => Promise<unknown>;
}

async function run(
  type: string,
  world: World,
  { input = {}, ownStep = () => Promise.resolve() }: Asked = {},
): Promise<End> {
  const own = (name: string): Promise<unknown> => {
    world.calls.push(`own ${name}`);
    return ownStep(name);
  };
  const activities = { ...world.activities(), ownStep: own } as unknown as FlashCopyActivities;
  const stage = { ...crew, taskQueue: `own-${(count += 1)}` };
  return withWorkers(stage, activities, async () => {
    const workflowId = `flashcopy/${stage.taskQueue}`;
    const args = [{ request: {}, ...input }];
    const handle = await crew.env.client.workflow.start(type, {
      ...{ workflowId, taskQueue: stage.taskQueue, args },
    });
    const caught = await handle.result().then(
      () => undefined,
      (error: { cause?: unknown }) => error.cause,
    );
    const error =
      caught instanceof ApplicationFailure ? (caught.details?.[0] as ErrorData) : undefined;
    const order = world.calls
      .filter((call) => BOUNDS.test(call) || call.startsWith('own '))
      .map((call) => call.replace(/^flashCopy(\w+).*/, '$1').replace(/^own /, ''));
    return { report: await handle.query<Report>('report'), error, order };
  });
}

const unmounted = (): World => new World({ sources: { source1: 'unmount' } });

describe('steps of your own', () => {
  it('come in our order, and none of their undos after a good copy', async () => {
    const { report, order } = await run('withSteps', unmounted());
    expect(report.outcome).toBe('done');
    // The background copy is read beside the target host.
    expect(order.filter((each) => each !== 'ReadGroup')).toEqual([
      ...['beforePause', 'PreFlush', 'TakeDown', 'inPause', 'StartGroups', 'GiveBack'],
      ...['afterGiveBack', 'Verify', `onMounted ${report.grade ?? 'without a grade'}`],
    ]);
    expect(order.filter((each) => each.startsWith('undo'))).toEqual([]);
  });

  it('are undone after the give back, the last one first, and onFailed hears of it', async () => {
    const { report, error, order } = await run('withSteps', unmounted(), {
      input: { fails: 'no reports' },
    });
    expect(error?.message).toBe('onMounted: no reports');
    expect(report.outcome).toBe('failed');
    const own = order.slice(order.indexOf('Withdraw') + 1);
    expect(own).toEqual([
      ...['undo afterGiveBack', 'undo inPause', 'undo beforePause', 'onFailed failed'],
    ]);
  });

  it('an undo that fails is said, and nothing else is held up by it', async () => {
    const world = unmounted();
    world.on('flashCopyStartGroups', () => Promise.reject(failure('NOT_PREPARED')));
    const { report } = await run('withSteps', world, {
      ownStep: (name) =>
        name === 'undo inPause' ? Promise.reject(new Error('no')) : Promise.resolve(),
    });
    expect(report.outcome).toBe('failed');
    expect(report.advice.join()).toContain('your step inPause');
    expect(report.advice.join()).toContain('by hand');
    expectAllGivenBack(world);
  });

  it('in the pause are given up in time: the give back does not wait for them', async () => {
    const world = new World({ sources: { source1: 'unmount' }, deadlineMs: 3_000 });
    let givenBackMs = Infinity;
    const began = Date.now();
    world.on('flashCopyGiveBack', (effect) => {
      givenBackMs = Math.min(givenBackMs, Date.now() - began);
      return effect();
    });
    const { error } = await run('withSteps', world, {
      ownStep: async (name) => {
        if (name !== 'inPause') return;
        await untilCancelled().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 4_000));
      },
    });
    expect(error?.code).toBe('IN_PAUSE_TOO_LONG');
    expect(givenBackMs).toBeLessThan(4_000);
    expectAllGivenBack(world);
  });

  it('in the pause are refused where a source is quiesced, before anything is touched', async () => {
    const world = new World();
    const { report, error } = await run('withSteps', world);
    expect(error?.code).toBe('IN_PAUSE_NEEDS_UNMOUNT');
    expect(error?.message).toContain('source1 has method quiesce');
    expect(report.outcome).toBe('refused');
    expect(world.calls.filter((call) => /^flashCopy/.test(call))).toEqual(['flashCopyValidate']);
  });

  it('around a pause by quiesce are as good', async () => {
    const { report, order } = await run('withoutPauseStep', new World());
    expect(report.outcome).toBe('done');
    expect(order.slice(0, 4)).toEqual([
      ...['beforePause', 'PreFlush', 'TakePointInTime', 'afterGiveBack'],
    ]);
  });
});

const RIGHT = [
  ...['validate', 'lock', 'plan', 'ensure', 'releaseTargets', 'makePreparable', 'preFlush'],
  ...['prepare', 'takePointInTime', 'grade', 'makeClones', 'mountTargets', 'backgroundCopy'],
  'retain',
];
const without = (block: string): string[] => RIGHT.filter((each) => each !== block);

describe('blocks of the library', () => {
  it('in their order are a copy', async () => {
    const world = new World();
    const { report } = await run('inThisOrder', world, { input: { blocks: RIGHT } });
    expect(report.outcome).toBe('done');
    expectAllGivenBack(world);
  });

  it('start the guard before they lock', async () => {
    const world = new World();
    await run('inThisOrder', world, { input: { blocks: ['validate', 'lock'] } });
    const guard = world.indexOf('flashCopyAwaitClose');
    expect(guard).toBeGreaterThanOrEqual(0);
    expectAllGivenBack(world);
  });

  /** What the block that is left out is missed by, and what must not have been called. */
  it.each([
    ['lock', 'flashCopyPlan'],
    ['releaseTargets', 'flashCopyMakePreparable'],
    ['makePreparable', 'flashCopyPrepareGroup'],
    ['preFlush', 'flashCopyTakePointInTime'],
    ['prepare', 'flashCopyTakePointInTime'],
    ['grade', 'flashCopyPresent'],
    ['backgroundCopy', 'flashCopyNone'],
    ['retain', 'flashCopyNone'],
  ])('without %s end in STEP_ORDER', async (block, never) => {
    const world = new World();
    const { error, report } = await run('inThisOrder', world, {
      input: { blocks: without(block) },
    });
    expect(error).toMatchObject({ code: 'STEP_ORDER' });
    expect(error?.message).toContain(block);
    expect(report.outcome).toBe('failed');
    expect(world.indexOf(never)).toBe(-1);
    expectAllGivenBack(world);
  });
});
