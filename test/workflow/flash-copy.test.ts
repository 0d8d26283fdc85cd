// One copy against a world with state: whatever fails, sources have their I/O, nothing stays prepared or locked, and the report tells why.
// On the dev server: the time-skipping one never recovers from a cancel that meets an activity just completed (ACTIVITY_UNKNOWN).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityName, PointInTimeOrder } from '../../src/activities/contract.js';
import type { ErrorData } from '../../src/domain/errors.js';
import type { PointInTimeResult } from '../../src/domain/point-in-time.js';
import type { Report } from '../../src/domain/report.js';
import { STEPS, type StepName } from '../../src/domain/steps.js';
import { carryOut, expectAllGivenBack, hire, until, type Crew, type End } from './carry-out.js';
import { devServer, type CopyHandle } from './temporal.js';
import { failure, World } from './world.js';

let crew: Crew;

beforeAll(async () => {
  crew = await hire(devServer);
});
afterAll(() => crew.env.teardown());

const run = (world: World, during?: (handle: CopyHandle) => Promise<void>): Promise<End> =>
  carryOut(crew, world, during);

describe('a copy that fails', () => {
  it('is refused by the plan with nothing touched, and says what to change', async () => {
    const world = new World();
    const message = 'volumes[0].target = "db_copy": TARGET_IN_USE; unmap it';
    world.on('flashCopyPlan', () =>
      Promise.reject(failure('TARGET_IN_USE', { family: 'plan', message })),
    );
    const { report, error, status } = await run(world);
    expect({ status, outcome: report.outcome, code: error?.code }).toEqual({
      ...{ status: 'FAILED', outcome: 'refused', code: 'TARGET_IN_USE' },
    });
    expect(report.error?.message).toBe(message);
    expect(world.calls.filter((call) => /Ensure|Release|Prepare/.test(call))).toEqual([]);
    expectAllGivenBack(world);
  });

  it('releases the locks it took when the next array is locked by another run', async () => {
    const world = new World({ arrays: ['svc2', 'svc1'] });
    world.locks.set('svc2', 'flashcopy/other');
    const { report, error } = await run(world);
    expect(report.outcome).toBe('refused');
    expect(error?.message).toContain('flashcopy/other');
    expect([...world.locks]).toEqual([['svc2', 'flashcopy/other']]);
  });

  it('thaws, un-prepares and fails when the array refuses the start', async () => {
    const world = new World();
    world.on('flashCopyTakePointInTime', (_effect, _attempt, order) => {
      world.freeze(order as PointInTimeOrder);
      return Promise.resolve(notStarted(order as PointInTimeOrder, 'not-done'));
    });
    const { report, error, status } = await run(world);
    expect({ status, outcome: report.outcome, code: error?.code, takenAt: report.takenAt }).toEqual(
      {
        ...{ status: 'FAILED', outcome: 'failed', code: 'START_FAILED', takenAt: undefined },
      },
    );
    expect(world.indexOf('flashCopyGiveBack source1')).toBeLessThan(
      world.indexOf('flashCopyUnprepareGroup'),
    );
    expect(world.indexOf('flashCopyFenceGroup'), 'a known answer needs no fence').toBe(-1);
    expectAllGivenBack(world);
  });

  it('tells in its report what the array said with its start', async () => {
    const world = new World();
    world.on('flashCopyTakePointInTime', async (effect) => {
      const result = (await effect()) as PointInTimeResult;
      const starts = result.starts.map((start) => ({ ...start, warnings: ['CMMVC6450W close'] }));
      return { ...result, starts };
    });
    const { report } = await run(world);
    expect(report.warnings?.[0]).toMatch(/^start of \S+ on svc1: CMMVC6450W close$/);
  });

  it('gives back first when the activity dies in the pause, then fences, and stops the copy that does not count', async () => {
    const world = new World();
    world.on('flashCopyTakePointInTime', async (_effect, _attempt, order) => {
      world.freeze(order as PointInTimeOrder);
      world.start(order as PointInTimeOrder);
      return neverAnswers(); // no heartbeat, no answer: like a worker that died
    });
    const { report, error } = await run(world);
    expect(report.outcome).toBe('failed');
    expect(error?.code).toBe('TIMED_OUT');
    expect(world.indexOf('flashCopyGiveBack')).toBeLessThan(world.indexOf('flashCopyFenceGroup'));
    expect([...world.groups.values()].map(({ state }) => state)).toEqual(['stopped']);
    expectAllGivenBack(world);
  });

  it('gives the first host back when the second one refuses to be taken down', async () => {
    const world = new World({ sources: { source1: 'unmount', source2: 'unmount' } });
    world.on('flashCopyTakeDown', (effect, _attempt, order) =>
      (order as { source: { host: string } }).source.host === 'source2'
        ? Promise.reject(failure('UNMOUNT_REFUSED'))
        : effect(),
    );
    const { report, error } = await run(world);
    expect(error?.code).toBe('UNMOUNT_REFUSED');
    expect(world.starts).toBe(0);
    expect(world.calls.filter((call) => call.startsWith('flashCopyGiveBack')).sort()).toEqual([
      ...['flashCopyGiveBack source1', 'flashCopyGiveBack source2'],
    ]);
    expect(report.outcome).toBe('failed');
    expectAllGivenBack(world);
  });

  it('stops a copy whose start was unknown and whose quiesce was broken', async () => {
    const world = new World();
    world.broken.add('source1');
    world.on('flashCopyTakePointInTime', async (effect) => unknown(await effect()));
    const { report, error } = await run(world);
    expect(error?.code).toBe('START_UNKNOWN');
    expect(report.grade).toBeUndefined();
    expect([...world.groups.values()].map(({ state }) => state)).toEqual(['stopped']);
    expectAllGivenBack(world);
  });

  it('fails when the grade is below the one asked for', async () => {
    const world = new World({ grade: 'filesystem' });
    world.broken.add('source1');
    const { report, error } = await run(world);
    expect({ code: error?.code, grade: report.grade }).toEqual({
      code: 'GRADE_TOO_LOW',
      grade: 'crash',
    });
    expectAllGivenBack(world);
  });

  it('withdraws the grade and the copy when verify contradicts', async () => {
    const world = new World();
    world.on('flashCopyVerify', () =>
      Promise.resolve({ contradictions: ['/data: after-nonce is there'], checked: 1 }),
    );
    const { report, error } = await run(world);
    expect({ code: error?.code, grade: report.grade, verified: report.verified }).toEqual({
      ...{ code: 'COPY_CONTRADICTED', grade: undefined, verified: false },
    });
    expect([...world.targetsMounted]).toEqual([]);
    expectAllGivenBack(world);
  });

  it('goes on undoing when one undo fails, and leaves locks to the guard while a group may be prepared', async () => {
    const world = new World();
    world.on('flashCopyTakePointInTime', () => Promise.reject(failure('CHANNEL_LOST')));
    world.on('flashCopyUnprepareGroup', (effect, attempt) =>
      attempt === 1 &&
      world.locks.size > 0 &&
      world.indexOf('flashCopyUnlock') < 0 &&
      !world.guardTurn
        ? Promise.reject(failure('ARRAY_AWAY'))
        : effect(),
    );
    world.on('flashCopyAwaitClose', async () => {
      await world.parentClosed;
      world.guardTurn = true;
      return { status: 'FAILED' };
    });
    const { report } = await run(world, async (handle) => {
      await handle.result().catch(() => undefined);
      expect(world.preparedGroups).toHaveLength(1);
      expect(world.locks.size).toBe(1);
      world.closeParent();
      await crew.env.client.workflow
        .getHandle(
          `${handle.workflowId}/guard/${(handle as { firstExecutionRunId?: string }).firstExecutionRunId ?? ''}`,
        )
        .result();
    });
    expect(
      report.compensation.filter(({ ok }) => !ok).map(({ what }) => what.split(' ')[0]),
    ).toEqual([...['unprepare', 'release']]);
    expectAllGivenBack(world);
  });
});

describe('a copy whose give back does not succeed', () => {
  it('stays open in NEEDS_OPERATOR, and retryGiveBack tries at once', async () => {
    const world = new World({ sources: { source1: 'unmount' } });
    let repaired = false;
    world.on('flashCopyGiveBack', (effect) =>
      repaired ? effect() : Promise.reject(failure('MOUNT_FAILED')),
    );
    const { report } = await run(world, async (handle) => {
      await expect(handle.executeUpdate('retryGiveBack')).rejects.toMatchObject({
        cause: { type: 'NOTHING_TO_GIVE_BACK' },
      });
      await until(async () => (await handle.query<Report>('report')).phase === 'NEEDS_OPERATOR');
      const stuck = await handle.query<Report>('report');
      expect(stuck.outcome).toBe('needs-operator');
      expect(stuck.advice.join()).toContain('source1');
      expect([...world.still]).toEqual(['source1']);
      repaired = true;
      expect(await handle.executeUpdate('retryGiveBack')).toEqual(['source1']);
    });
    expect(report.outcome).toBe('done');
    expectAllGivenBack(world);
  });
});

describe('a copy that is stopped by somebody', () => {
  /** The activity during which each step is interrupted. */
  const INTERRUPTED: Record<StepName, ActivityName> = {
    validate: 'flashCopyValidate',
    lock: 'flashCopyLock',
    plan: 'flashCopyPlan',
    ensure: 'flashCopyEnsureGroup',
    makePreparable: 'flashCopyMakePreparable',
    releaseTargets: 'flashCopyReleaseTarget',
    preFlush: 'flashCopyPreFlush',
    prepare: 'flashCopyPrepareGroup',
    takePointInTime: 'flashCopyTakeDown',
    giveBack: 'flashCopyGiveBack',
    grade: 'flashCopyReadGroup',
    present: 'flashCopyPresent',
    synthesise: 'flashCopySynthesise',
    mount: 'flashCopyMount',
    verify: 'flashCopyVerify',
    backgroundCopy: 'flashCopyAwaitCopied',
    retain: 'flashCopyUnlock',
  };

  it.each(STEPS)('by a cancel in step %s ends with nothing left behind', async (step) => {
    const world = new World({
      sources: { source1: 'unmount', source2: 'quiesce' },
      waitFor: 'copied',
    });
    let ended = false;
    let asked = false;
    world.on(INTERRUPTED[step], async (effect, _attempt, order) => {
      const mine = step !== 'retain' || (order as { only?: string }).only === undefined;
      if (!asked && mine) {
        asked = true;
        await world.onCancel();
      }
      const result = await effect();
      ended = true;
      return result;
    });
    const { report, status } = await run(world);
    expect(asked).toBe(true);
    expectAllGivenBack(world);
    expect(report.phase).toBe(status === 'CANCELLED' ? 'CANCELLED' : 'DONE');
    if (step === 'retain') return; // nothing is left to be cancelled: the copy is good
    expect({ status, outcome: report.outcome }).toEqual({
      status: 'CANCELLED',
      outcome: 'cancelled',
    });
    expect([...world.targetsMounted], 'targets still mounted').toEqual([]);
    if (step !== 'backgroundCopy')
      expect(ended, 'the run ended while its activity still ran').toBe(true);
  });

  it('by update abort is undone, and abort is refused when nothing is left to abort', async () => {
    const world = new World({ waitFor: 'copied' });
    world.looksUntilCopied = 1_000;
    const { report, error, status } = await run(world, async (handle) => {
      await until(async () => (await handle.query<Report>('report')).phase === 'COPYING');
      await handle.executeUpdate('abort', { args: ['wrong night'] });
      await handle.result().catch(() => undefined);
      await expect(handle.executeUpdate('abort')).rejects.toThrow();
    });
    expect({ status, outcome: report.outcome, code: error?.code }).toEqual({
      ...{ status: 'FAILED', outcome: 'cancelled', code: 'ABORTED' },
    });
    expect(error?.message).toContain('wrong night');
    expect([...world.targetsMounted]).toEqual([]);
    expectAllGivenBack(world);
  });

  it('waits for an activity that does not stop at once', async () => {
    const world = new World();
    let running = 0;
    world.on('flashCopyReleaseTarget', async (effect) => {
      running += 1;
      await world.onCancel();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await effect();
      running -= 1;
    });
    const undoneBeside: number[] = [];
    world.on('flashCopyRemoveCreated', (effect) => {
      undoneBeside.push(running);
      return effect();
    });
    await run(world);
    expect(undoneBeside).toEqual([0]);
  });
});

describe('a copy that succeeds', () => {
  it('by quiesce is graded, verified, marked after the give back, and leaves no lock', async () => {
    const world = new World();
    const { report, status } = await run(world);
    expect(report.error).toBeUndefined();
    expect({
      status,
      outcome: report.outcome,
      grade: report.grade,
      verified: report.verified,
    }).toEqual({
      ...{ status: 'COMPLETED', outcome: 'done', grade: 'filesystem', verified: true },
    });
    // Every step of the list, none twice for one subject; the background copy runs beside presenting.
    expect(new Set(report.steps.map(({ name }) => name))).toEqual(new Set(STEPS));
    expect(world.marked).toEqual(['source1']);
    expect(world.indexOf('flashCopyGiveBack'), 'a clean thaw needs no second give back').toBe(-1);
    expect(world.indexOf('flashCopyReleaseTarget')).toBeLessThan(
      world.indexOf('flashCopyPrepareGroup'),
    );
    expectAllGivenBack(world);
  });

  it('by unmount takes all hosts down, starts, and gives all back', async () => {
    const world = new World({
      sources: { source1: 'unmount', source2: 'quiesce' },
      grade: 'filesystem',
    });
    world.on('flashCopyStartGroups', (effect) => {
      expect([...world.still]).toEqual(['source1']);
      return effect();
    });
    const { report } = await run(world);
    expect(report.error).toBeUndefined();
    expect(report.outcome).toBe('done');
    expect(report.pauses.map(({ host }) => host).sort()).toEqual(['source1', 'source2']);
    expectAllGivenBack(world);
  });

  it('counts no start that nobody saw before the give back, though it is found copying after it', async () => {
    const world = new World();
    world.on('flashCopyTakePointInTime', async (effect) => unknown(await effect()));
    const { report } = await run(world);
    expect(report.error?.code).toBe('START_UNKNOWN');
    expect(report.grade).toBeUndefined();
    expect([...world.groups.values()].map(({ state }) => state)).toEqual(['stopped']);
    expect(world.starts).toBe(1);
    expect(world.indexOf('flashCopyFenceGroup')).toBeGreaterThan(0);
    expectAllGivenBack(world);
  });

  it('is not verified when the mark after the give back could not be written', async () => {
    const world = new World();
    world.on('flashCopyMarkAfter', () => Promise.reject(failure('READ_ONLY')));
    const { report } = await run(world);
    expect({ outcome: report.outcome, verified: report.verified }).toEqual({
      outcome: 'done',
      verified: false,
    });
  });
});

const notStarted = (order: PointInTimeOrder, started: 'not-done' | 'unknown') => ({
  starts: order.groups.map(({ array, name }) => ({
    ...{
      array,
      group: name,
      preparedRead: true,
      started,
      code: 'CMMVC5',
      message: 'refused',
      durationMs: 5,
    },
  })),
  pauses: [],
  error: errorOf('START_FAILED', started),
});

const errorOf = (code: string, outcome: ErrorData['outcome']): ErrorData => ({
  ...{ family: 'array', code, message: code, outcome, retry: 'after-check', details: {} },
});

function unknown(result: unknown): unknown {
  const { starts, ...rest } = result as { starts: { started: string }[] };
  const error = errorOf('START_UNKNOWN', 'unknown');
  return { ...rest, starts: starts.map((start) => ({ ...start, started: 'unknown' })), error };
}

/** Neither beats nor answers; the server gives it up by its heartbeat time-out. */
const neverAnswers = (): Promise<never> =>
  new Promise((_, reject) => setTimeout(() => reject(new Error('too late for anybody')), 6_000));
