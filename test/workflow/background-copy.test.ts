// The background copy as the workflow sees it: other rates while it runs, a copy that is lost, mappings that go at the end; and the former one, at rest.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report.js';
import { carryOut, hire, until, type Crew } from './carry-out.js';
import { devServer, type CopyHandle } from './temporal.js';
import { failure, World } from './world.js';

let crew: Crew;
beforeAll(async () => {
  crew = await hire(devServer);
});
afterAll(() => crew.env.teardown());

const phaseIs = (handle: CopyHandle, phase: Report['phase']) => async (): Promise<boolean> =>
  (await handle.query<Report>('report')).phase === phase;
const change = (handle: CopyHandle, rates: object): Promise<unknown> =>
  handle.executeUpdate('changeRate', { args: [rates] });
const reason = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'taken',
    (error: { cause?: { type?: string } }) => error.cause?.type ?? 'another error',
  );

describe('the background copy', () => {
  it('takes another rate while it runs, and refuses what makes no sense', async () => {
    const world = new World({ waitFor: 'copied' });
    world.looksUntilCopied = 1_000;
    const answers: unknown[] = [];
    const { report } = await carryOut(crew, world, async (handle) => {
      await until(phaseIs(handle, 'COPYING'));
      for (const bad of [
        {},
        { copyRate: 151 },
        { copyRate: 1.5 },
        { copyRate: -1 },
        { copyRate: 'a' },
      ])
        answers.push(await reason(change(handle, bad)));
      answers.push(await reason(change(handle, { copyRate: 0 })));
      answers.push(await change(handle, { copyRate: 120, cleanRate: 10 }));
      world.looksUntilCopied = 0;
    });
    expect(answers.slice(0, 6)).toEqual([
      ...Array.from({ length: 5 }, () => 'INVALID_RATE'),
      'NEVER_COPIED',
    ]);
    expect(answers[6]).toHaveLength(1);
    expect(world.rates).toEqual([120]);
    expect(report.outcome).toBe('done');
  });

  it('has no rate to change before the start', async () => {
    const world = new World({ waitFor: 'copied' });
    let answer = '';
    let handle: CopyHandle | undefined;
    world.on('flashCopyEnsureGroup', async (effect) => {
      await until(() => handle !== undefined);
      answer = await reason(change(handle as CopyHandle, { copyRate: 10 }));
      return effect();
    });
    await carryOut(crew, world, (started) => {
      handle = started;
      return Promise.resolve();
    });
    expect(answer).toBe('NOTHING_COPIES');
    expect(world.rates).toEqual([]);
  });

  it('that is lost before 100 % takes the grade along, and fails the run with the reason', async () => {
    const world = new World({ waitFor: 'copied' });
    world.on('flashCopyAwaitCopied', async (_effect) => {
      await Promise.resolve();
      throw failure('COPY_STOPPED', { family: 'copy', message: 'fc_a is stopped at 40 %' });
    });
    const { report, error } = await carryOut(crew, world);
    expect(error).toMatchObject({ code: 'COPY_STOPPED', message: 'fc_a is stopped at 40 %' });
    expect(report.grade).toBeUndefined();
    expect(report.outcome).toBe('failed');
  });
});

describe('the former copy', () => {
  it('that is at rest has nothing to stop, and says so; prepare still judges the state itself', async () => {
    const world = new World();
    world.on('flashCopyEnsureGroup', async (effect) => ({
      ...((await effect()) as object),
      preparable: true,
    }));
    const orders: unknown[] = [];
    world.on('flashCopyPrepareGroup', (effect, _attempt, order) => {
      orders.push(order);
      return effect();
    });
    const { report } = await carryOut(crew, world);
    expect(report.outcome).toBe('done');
    expect(world.indexOf('flashCopyMakePreparable')).toBe(-1);
    const [skipped, ...more] = report.steps.filter(({ name }) => name === 'makePreparable');
    expect(skipped).toMatchObject({ state: 'skipped', note: 'nothing to stop: no copy runs' });
    expect(more).toEqual([]);
    const { mappings } = orders[0] as { mappings: { name: string; target: string }[] };
    expect(mappings.length).toBeGreaterThan(0);
    for (const { name, target } of mappings) expect([name, target]).not.toContain('');
  });
});
