// Locks: volumes of one array, all or nothing, kept by the array's ledger: a refusal names who holds what. And target hosts, each in a ledger of its
// own, for one host may stand on several arrays: who comes second waits, for its copy has been taken already.
import { activityInfo } from '@temporalio/activity';
import { FlashCopyError } from '../domain/errors.js';
import { WAITS } from '../domain/timing.js';
import { hostLedger } from '../workflows/messages.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { cancellationSignal, whileBeating } from './heartbeat.js';

type LockActivities = Pick<
  FlashCopyActivities,
  'flashCopyLock' | 'flashCopyUnlock' | 'flashCopyLockHost' | 'flashCopyUnlockHost'
>;

/** An attempt that was given up must not take a lock for a run that may be gone by now: nobody but the janitor would free it. */
const refuseLate = (): void => cancellationSignal().throwIfAborted();

const nextLookMs = (): number =>
  Math.min(WAITS.hostLookLast, WAITS.hostLookFirst * 2 ** (activityInfo().attempt - 1));

export const lockActivities = ({ ledger, clock }: ActivityDependencies): LockActivities => ({
  flashCopyLock: ({ array, holder, set, sources, targets }) =>
    whileBeating(clock, async () => {
      refuseLate();
      const answer = await ledger.acquire(array, { holder, set, sources, targets });
      if (answer.granted) return;
      throw new FlashCopyError({
        family: 'lock',
        code: 'LOCKED',
        message: `${answer.what} on array ${array} is locked by ${answer.heldBy}`,
        details: { array, heldBy: answer.heldBy, what: answer.what },
      });
    }),
  flashCopyUnlock: ({ array, ...order }) => whileBeating(clock, () => ledger.release(array, order)),

  flashCopyLockHost: ({ host, holder, set }) =>
    whileBeating(clock, async () => {
      refuseLate();
      const answer = await ledger.acquire(hostLedger(host), {
        holder,
        set,
        sources: [],
        targets: [host],
      });
      if (answer.granted) return;
      throw new FlashCopyError({
        family: 'lock',
        code: 'HOST_BUSY',
        message: `waits for target host ${host}: ${answer.heldBy} presents its copy there`,
        retry: 'safe',
        details: { host, heldBy: answer.heldBy, nextLookMs: nextLookMs() },
      });
    }),
  flashCopyUnlockHost: ({ host, holder }) =>
    whileBeating(clock, () => ledger.release(hostLedger(host), { holder })),
});
