// A start whose answer was lost: it counts when its effect is read while every source still stands still, and only then.
import { describe, expect, it } from 'vitest';
import type { StorageArray } from '../../../src/array/array.js';
import { withMethods } from '../../../src/testing/index.js';
import { preparedSan, quiesceOrder, type San } from './san.js';

const expectIo = (made: San) =>
  expect([made.app1.hasIo('/db'), made.web1.hasIo('/web')]).toEqual([true, true]);

/** The answer is lost, and the array starts so much later: with `code` it did answer, that somebody else had started it. */
const startsLate = (ms: number, clock: () => San, code = 'CHANNEL_LOST') => {
  const reads: string[] = [];
  const change: NonNullable<Parameters<typeof preparedSan>[0]> = ({ arrays }) => ({
    arrays: (name) => withMethods(arrays(name), replace(arrays(name))),
  });
  const replace = (array: StorageArray): Partial<StorageArray> => ({
    readGroup: (name) => {
      reads.push(name);
      return array.readGroup(name);
    },
    reserveStart: async (timeoutMs) =>
      withMethods(await array.reserveStart(timeoutMs), {
        startPrepared: (group) => {
          reads.length = 0;
          const made = clock();
          void made.clock.sleep(ms).then(() => made.ok(`startfcconsistgrp ${group}`));
          return Promise.resolve({
            ...{ stateRead: 'prepared', started: 'unknown', code, message: 'lost' },
            ...{ durationMs: 1, ...(code === 'CHANNEL_LOST' ? { unheard: true } : {}) },
          });
        },
      }),
  });
  return { change, reads };
};

describe('a start whose answer was lost', () => {
  it.each([0, 5, 300, 3_000])(
    'counts a start whose answer was lost when it is seen in effect %s ms later, while all stand still',
    async (ms) => {
      const made: San = await preparedSan(startsLate(ms, () => made).change);
      const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made));
      expect(result.error).toBeUndefined();
      expect(result.starts).toMatchObject([{ started: 'done', seenInEffect: true }]);
      const stillUntil = Math.min(...result.pauses.map(({ givenBackAt }) => givenBackAt));
      expect(stillUntil).toBeGreaterThanOrEqual(result.pauses[0]!.quiescedAt + ms);
      expectIo(made);
    },
  );

  it.each([5_500, 15_000])(
    'gives back and says unknown when it is not seen in effect soon, but %s ms later',
    async (ms) => {
      const made: San = await preparedSan(startsLate(ms, () => made).change);
      const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made));
      expect(result.error).toMatchObject({ code: 'START_UNKNOWN', outcome: 'unknown' });
      expect(result.starts[0]).not.toHaveProperty('seenInEffect');
      expect(result.pauses.every(({ pauseMs }) => pauseMs < 5_500)).toBe(true);
      expectIo(made);
    },
  );

  it('waits no longer than the pause may last for an effect to be seen', async () => {
    const made: San = await preparedSan(startsLate(1_900, () => made).change);
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made, 1_000));
    expect(result.error?.code).toBe('START_UNKNOWN');
    expect(result.pauses.every(({ pauseMs }) => pauseMs < 1_100)).toBe(true);
  });

  it('looks for no effect of a start that was answered, and for none that somebody else sent', async () => {
    const other = startsLate(0, () => foreign, 'CMMVC5907E');
    const foreign: San = await preparedSan(other.change);
    const result = await foreign.run('flashCopyTakePointInTime', quiesceOrder(foreign));
    expect(result.error?.code).toBe('START_UNKNOWN');
    expect(other.reads).toEqual([]);
  });
});
