// A prepare that the array refuses for sure has touched nothing: the targets hold what they held, and are shown again.
import { describe, expect, it } from 'vitest';
import { FlashCopyError } from '../../../src/domain/errors.js';
import { withMethods } from '../../../src/testing/index.js';
import { failure, GROUP, REF, san } from './san.js';

const refusing = async (outcome: 'not-done' | 'unknown', cmmvc: string) => {
  const made = await san(({ arrays }) => ({
    arrays: (name) =>
      withMethods(arrays(name), {
        prepareGroup: () =>
          Promise.reject(
            new FlashCopyError({
              ...{ family: 'array', code: 'ARRAY_REFUSED', message: cmmvc, outcome },
              details: { cmmvc },
            }),
          ),
      }),
  }));
  await made.run('flashCopyEnsureGroup', { ...REF, group: made.group });
  const order = { ...REF, ...GROUP, timeoutMs: 600_000 };
  return failure(made.run('flashCopyPrepareGroup', order));
};

describe('a refused prepare', () => {
  it.each(['CMMVC5924E', 'CMMVC9862E', 'CMMVC9664E', 'CMMVC9406E'])(
    'says that nothing was touched: %s',
    async (cmmvc) => {
      const { details } = await refusing('not-done', cmmvc);
      expect(details).toMatchObject({ details: { cmmvc, untouched: true } });
    },
  );

  it('does not say so when its answer was lost', async () => {
    const { details } = await refusing('unknown', '');
    expect((details as { details: object }).details).not.toHaveProperty('untouched');
  });
});
