// Odd input from the UI or the command line: one clear line, never a workflow task that fails for ever.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApplicationFailure } from '@temporalio/common';
import type { ErrorData } from '../../src/domain/errors.js';
import { FLASH_COPY, GUARD, JANITOR, LEDGER } from '../../src/workflows/messages.js';
import type { GuardInput, GuardWatch } from '../../src/workflows/messages.js';
import { carryOut, expectAllGivenBack, hire, until, type Crew } from './carry-out.js';
import { stuck, stuckWorld } from './stuck-copy.js';
import { devServer, withWorkers } from './temporal.js';
import { failure, World } from './world.js';

let crew: Crew;
beforeAll(async () => {
  crew = await hire(devServer);
});
afterAll(() => crew.env.teardown());

let count = 0;

/** Starts it by hand, with these arguments. */
async function startedByHand<T>(
  type: string,
  args: readonly unknown[],
  body: (handle: Awaited<ReturnType<typeof crew.env.client.workflow.start>>) => Promise<T>,
): Promise<T> {
  const stage = { ...crew, taskQueue: `by-hand-${(count += 1)}` };
  return withWorkers(stage, new World().activities(), async () => {
    const workflowId = `by-hand/${type}/${count}`;
    const { workflow } = crew.env.client;
    const args_ = [...args];
    const handle = await workflow.start(type, {
      ...{ workflowId, taskQueue: stage.taskQueue, args: args_ },
    });
    return body(handle);
  });
}

const failureOf = (error: { cause?: unknown }): ApplicationFailure | undefined =>
  error.cause instanceof ApplicationFailure ? error.cause : undefined;

describe('started by hand', () => {
  it.each([
    ['nothing', [], 'request is missing'],
    ['null', [null], 'request is missing'],
    ['a text', ['erp'], 'the input is string'],
    ['a list', [[1]], 'request is missing'],
    ['the request without its wrapper', [{ name: 'erp', volumes: [] }], 'put what was given into'],
  ])('a copy with %s is refused, and says what is missing', async (_, args, says) => {
    const failed = await startedByHand(FLASH_COPY, args, (handle) =>
      handle.result().then(() => undefined, failureOf),
    );
    expect(failed?.type).toBe('INVALID_REQUEST');
    expect(failed?.message).toContain(says);
    const [error] = failed?.details as [ErrorData];
    expect(error).toMatchObject({ family: 'request', code: 'INVALID_REQUEST' });
  });

  it.each([[[]], [[null]], [[{ workflowId: 'x' }]], [['x']]])(
    'a guard with %j is refused',
    async (args) => {
      const failed = await startedByHand(GUARD, args, (handle) =>
        handle.result().then(() => undefined, failureOf),
      );
      expect(failed?.type).toBe('INVALID_REQUEST');
    },
  );

  it.each([[[]], [[null]], [['x']], [[{ schedule: 7 }]]])(
    'a janitor with %j makes its round',
    (args) =>
      startedByHand(JANITOR, args, async (handle) =>
        expect(await handle.result()).toMatchObject({ told: [] }),
      ),
  );

  it.each([[[null]], [['x']], [[{ grants: 'x', resolved: [null], callsPerRun: 0 }]]])(
    'a ledger with %j is an empty one, and refuses what no copy asks',
    (args) =>
      startedByHand(LEDGER, args, async (handle) => {
        for (const update of ['acquire', 'release', 'resolved'])
          for (const order of [
            [],
            [null],
            ['x'],
            [{ holder: 'a' }].slice(update === 'release' ? 1 : 0),
          ])
            await expect(
              handle.executeUpdate(update, { args: order as never }),
            ).rejects.toMatchObject({
              cause: { type: 'INVALID_ORDER' },
            });
        expect(await handle.query('grants')).toEqual([]);
        await handle.terminate();
      }),
  );
});

describe('what is said to a run', () => {
  it('is refused where it makes no sense, and the run goes on', async () => {
    const world = stuckWorld();
    await carryOut(crew, world, async (handle) => {
      await stuck(handle);
      const odd: unknown[] = [null, 'x', 7, [], { host: { toString: 1 } }];
      for (const word of odd)
        await expect(
          handle.executeUpdate('resolve', { args: [word] as never }),
        ).rejects.toMatchObject({
          cause: { type: expect.stringMatching(/^INVALID_RESOLUTION|^NOT_STUCK/) as string },
        });
      await expect(handle.executeUpdate('resolve', { args: [] })).rejects.toThrow();
      for (const reason of [{ toString: 1 }, 7, 'x'.repeat(501)])
        await expect(
          handle.executeUpdate('abort', { args: [reason] as never }),
        ).rejects.toMatchObject({
          cause: { type: 'INVALID_REASON' },
        });
      for (const rate of [null, 'x', {}, { copyRate: '5' }, { copyRate: 151 }])
        await expect(
          handle.executeUpdate('changeRate', { args: [rate] as never }),
        ).rejects.toMatchObject({ cause: { type: 'INVALID_RATE' } });
      await handle.signal('nobody knows this', null);
      world.on('flashCopyGiveBack', (effect) => effect());
      await handle.executeUpdate('retryGiveBack', { args: ['x'] as never });
    });
    expectAllGivenBack(world);
  });

  it('changes no group but its own', async () => {
    const world = new World({ waitFor: 'copied' });
    world.looksUntilCopied = Infinity;
    const changed: unknown[] = [];
    world.on('flashCopyChangeRate', (effect, _attempt, order) => {
      changed.push(order);
      return effect();
    });
    await carryOut(crew, world, async (handle) => {
      await until(() => world.indexOf('flashCopyAwaitCopied') >= 0);
      const args = [{ copyRate: 9, group: 'of_others', array: 'svc2' }];
      await handle.executeUpdate('changeRate', { args: args as never });
      world.looksUntilCopied = 0;
    });
    expect(changed).toMatchObject([
      { array: 'svc1', group: [...world.groups.keys()][0], copyRate: 9 },
    ]);
  });

  it('is answered although the run fails meanwhile', async () => {
    const world = new World({ waitFor: 'copied' });
    let [asked, lost] = [false, false];
    world.on('flashCopyChangeRate', async (effect) => {
      asked = true;
      await until(() => lost && world.locks.size === 0);
      // Nothing else is left to do by then.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return effect();
    });
    world.on('flashCopyAwaitCopied', async () => {
      await until(() => asked);
      lost = true;
      throw failure('COPY_STOPPED');
    });
    const { error } = await carryOut(crew, world, async (handle) => {
      await until(() => world.indexOf('flashCopyAwaitCopied') >= 0);
      const answer = await handle.executeUpdate('changeRate', { args: [{ copyRate: 9 }] as never });
      expect(answer).toEqual([`svc1/${[...world.groups.keys()][0]!}`]);
    });
    expect(error?.code).toBe('COPY_STOPPED');
    expectAllGivenBack(world);
  });
});

describe('what is said to a guard', () => {
  it('is ignored where no copy would say it, and the guard goes on', async () => {
    const input: GuardInput = {
      ...{ workflowId: 'none', firstRunId: 'none', holder: 'h', arrays: ['svc1'] },
    };
    await startedByHand(GUARD, [input], async (handle) => {
      const watch = { set: 's', run: 's-a', sources: [], groups: [], leaseMs: 1 };
      const odd = [
        undefined,
        null,
        'x',
        {},
        { ...watch, sources: [null] },
        { ...watch, groups: 7 },
      ];
      for (const word of odd) {
        await handle.signal('watch', word);
        await handle.signal('resolved', word);
      }
      await handle.signal('watch', { ...watch, leaseMs: 0 } satisfies GuardWatch);
      await handle.signal('done', 's-a');
      expect(await handle.result()).toBe('dismissed');
    });
  });
});
