// A target host in its ledger: who comes second is told whom it waits for and when it looks again; what run and guard left, the janitor frees.
import { describe, expect, it } from 'vitest';
import { FlashCopyError, type ErrorData } from '../../../src/domain/errors.js';
import {
  guardWorkflowId,
  hostHolder,
  hostLedger,
  type LedgerGrant,
} from '../../../src/workflows/messages.js';
import { failure, NO_RUNS, REF, san, type San } from './san.js';

const COPY = 'flashcopy/nightly/first-run';
const HOLDER = hostHolder(COPY, REF.run);
const OTHER = hostHolder('flashcopy/other/its-run', 'other-abcdef');
const GUARD = guardWorkflowId('flashcopy/nightly', 'first-run');
const ORDER = { host: 'dev1', set: REF.set, holder: HOLDER };

const lockFails = async (made: San, attempt: number): Promise<ErrorData> =>
  (await failure(made.run('flashCopyLockHost', ORDER, made.environment({ attempt }))))
    .details as ErrorData;

describe('a target host that another run has', () => {
  const busy = () =>
    san(({ ledger }) => ({
      ledger: {
        ...ledger,
        acquire: () => Promise.resolve({ granted: false, heldBy: OTHER, what: 'volume dev1' }),
      },
    }));

  it('is waited for by name, with looks that become rarer', async () => {
    const made = await busy();
    const failures = [];
    for (const attempt of [1, 2, 5, 100]) failures.push(await lockFails(made, attempt));
    expect(failures.map(({ details }) => details['nextLookMs'])).toEqual([
      1_000, 2_000, 15_000, 15_000,
    ]);
    expect(failures[0]).toMatchObject({ code: 'HOST_BUSY', outcome: 'not-done', retry: 'safe' });
    expect(failures[0]?.message).toContain(`dev1: ${OTHER}`);
  });
});

describe('an attempt that was given up while it stood still', () => {
  it.each(['flashCopyLock', 'flashCopyLockHost'] as const)('of %s takes nothing', async (name) => {
    let taken = 0;
    const made = await san(({ ledger }) => ({
      ledger: {
        ...ledger,
        acquire: () => {
          taken += 1;
          return Promise.resolve({ granted: true });
        },
      },
    }));
    const environment = made.environment();
    environment.cancel('NOT_FOUND');
    const order = { ...ORDER, array: 'svc1', sources: [], targets: [] };
    expect((await failure(made.run(name, order, environment))).type).toBe('CancelledFailure');
    expect(taken).toBe(0);
  });
});

const grant = (holder: string): LedgerGrant => ({
  ...{ holder, set: REF.set, sources: [], targets: ['dev1'], grantedAt: '2026-11-25T01:00:00Z' },
});

async function janitorAfter(running: readonly string[], unread = false) {
  const freed: string[] = [];
  const made = await san(({ ledger }) => ({
    runs: {
      ...NO_RUNS,
      status: (id) => Promise.resolve({ status: running.includes(id) ? 'RUNNING' : 'TERMINATED' }),
    },
    ledger: {
      ...ledger,
      read: (name) =>
        unread
          ? Promise.reject(
              new FlashCopyError({
                family: 'lock',
                code: 'LEDGER_UNREACHABLE',
                message: 'no worker',
              }),
            )
          : Promise.resolve({
              grants: name === hostLedger('dev1') ? [grant(HOLDER)] : [],
              resolved: [],
            }),
      release: (name, { holder }) => Promise.resolve(void freed.push(`${name} ${holder}`)),
    },
  }));
  return {
    freed,
    found: await made.run('flashCopyTidyHost', { host: 'dev1', resolved: [], called: false }),
  };
}

describe('the janitor, of a target host', () => {
  it('frees the lock when run and guard are gone', async () => {
    const { freed, found } = await janitorAfter([]);
    expect(freed).toEqual([`host/dev1 ${HOLDER}`]);
    expect(found.repaired).toMatchObject([
      { kind: 'orphan-lock', where: 'dev1', needsPerson: false },
    ]);
  });

  it.each([
    ['the run', 'flashcopy/nightly'],
    ['its guard', GUARD],
  ])('leaves it while %s is there', async (_, id) => {
    const { freed, found } = await janitorAfter([id]);
    expect({ freed, found }).toEqual({ freed: [], found: { repaired: [], reported: [] } });
  });

  it('says so when the ledger does not answer, and reports all the same', async () => {
    const { found } = await janitorAfter([], true);
    expect(found).toMatchObject({
      repaired: [],
      reported: [{ kind: 'not-looked-at', where: 'dev1' }],
    });
  });
});
