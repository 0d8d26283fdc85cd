// What destroys asks the ledger first: held is only what the ledger says now, of the system that was locked.
import { describe, expect, it } from 'vitest';
import { FlashCopyError, type ErrorData } from '../../../src/domain/errors.js';
import type { LedgerGrant } from '../../../src/workflows/messages.js';
import { failure, REF, san } from './san.js';

const HOLDER = 'flashcopy/nightly/first-run';
const GRANT: LedgerGrant = {
  ...{ holder: HOLDER, set: REF.set, sources: ['db'], targets: ['db_copy'] },
  grantedAt: '2026-12-01T01:00:00Z',
};
const GROUP = { array: 'svc1', group: 'nightly_abcdef', timeoutMs: 1_000 };

async function prepared(
  grants: () => Promise<readonly LedgerGrant[]>,
  { attempt = 1, system = '' } = {},
): Promise<ErrorData> {
  const made = await san(({ ledger }) => ({ ledger: { ...ledger, grants } }));
  const svc1 = system === '' ? (await made.storage.readSystem()).id : system;
  const order = { ...REF, locks: { holder: HOLDER, systems: { svc1 } }, ...GROUP };
  const run = made.run('flashCopyPrepareGroup', order, made.environment({ attempt }));
  return (await failure(run)).details as ErrorData;
}

const held = (...grants: readonly LedgerGrant[]) => prepared(() => Promise.resolve(grants));

describe('a run that is to prepare', () => {
  it('goes on to its group while it holds its locks', async () => {
    expect((await held(GRANT)).code).toBe('GROUP_MISSING');
  });

  it('is told that it lost them, and who has them now', async () => {
    const lost = await held({ ...GRANT, holder: 'flashcopy/other/run' });
    expect(lost).toMatchObject({ code: 'LOCK_LOST', outcome: 'not-done', retry: 'never' });
    expect(lost.message).toContain('flashcopy/other/run');
    expect(lost.details['untouched']).toBe(true);
  });

  it('needs its sources too', async () => {
    expect((await held({ ...GRANT, sources: [], sourcesFreed: true })).code).toBe('LOCK_LOST');
  });

  it('does not take another array for the one that it locked', async () => {
    const lost = await prepared(() => Promise.resolve([GRANT]), { system: 'FFFF' });
    expect(lost).toMatchObject({ code: 'LOCK_LOST' });
    expect(lost.message).toContain('FFFF');
  });

  it('does nothing without an answer, and asks again', async () => {
    const silent = (): Promise<never> =>
      Promise.reject(
        new FlashCopyError({
          ...{ family: 'lock', code: 'LEDGER_UNREACHABLE', message: 'silent' },
          ...{ outcome: 'unknown', retry: 'after-check' },
        }),
      );
    const [first, second] = [await prepared(silent), await prepared(silent, { attempt: 2 })];
    expect(first).toMatchObject({ code: 'LEDGER_UNREACHABLE', outcome: 'not-done' });
    expect(first.retry).not.toBe('never');
    expect(second.outcome, 'an earlier attempt may have prepared').toBe('unknown');
  });
});
