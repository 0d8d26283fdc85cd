// Locks of the small world, of arrays and of target hosts: one holder each, a repeat is the same lock.
import { ApplicationFailure } from '@temporalio/common';
import type { FlashCopyActivities } from '../../src/activities/contract.js';
import type { ErrorData } from '../../src/domain/errors.js';

/** As the failure boundary makes them. */
export function failure(code: string, more: Partial<ErrorData> = {}): ApplicationFailure {
  const data: ErrorData = {
    ...{
      family: 'host',
      code,
      message: `${code} planted`,
      outcome: 'not-done',
      retry: 'never',
      details: {},
    },
    ...more,
  };
  const nonRetryable = data.retry === 'never';
  return ApplicationFailure.create({
    type: code,
    message: data.message,
    details: [data],
    nonRetryable,
  });
}

/** What is locked -> who holds it. */
type Locks = Map<string, string>;

interface Wanted {
  readonly what: string;
  readonly holder: string;
  readonly refusal: Pick<ErrorData, 'code' | 'retry'>;
}

function take(locks: Locks, { what, holder, refusal }: Wanted): void {
  const other = locks.get(what);
  if (other !== undefined && other !== holder)
    throw failure(refusal.code, {
      family: 'lock',
      message: `held by ${other}`,
      retry: refusal.retry,
    });
  locks.set(what, holder);
}

function free(locks: Locks, what: string, holder: string): void {
  if (locks.get(what) === holder) locks.delete(what);
}

type LockActivities = Pick<
  FlashCopyActivities,
  | 'flashCopyReadSystem'
  | 'flashCopyLock'
  | 'flashCopyUnlock'
  | 'flashCopyLockHost'
  | 'flashCopyUnlockHost'
>;

export const lockActivities = (arrays: Locks, hosts: Locks): LockActivities => ({
  flashCopyReadSystem: ({ array }) => Promise.resolve({ system: `id of ${array}` }),
  flashCopyLock: async ({ array, holder }) =>
    Promise.resolve().then(() =>
      take(arrays, { what: array, holder, refusal: { code: 'LOCKED', retry: 'never' } }),
    ),
  flashCopyUnlock: async ({ array, holder, only }) =>
    Promise.resolve(only === undefined ? free(arrays, array, holder) : undefined),
  flashCopyLockHost: async ({ host, holder }) =>
    Promise.resolve(
      take(hosts, { what: host, holder, refusal: { code: 'HOST_BUSY', retry: 'safe' } }),
    ),
  flashCopyUnlockHost: async ({ host, holder }) => Promise.resolve(free(hosts, host, holder)),
});
