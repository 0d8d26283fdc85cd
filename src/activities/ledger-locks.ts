// Locks: volumes of one array, all or nothing, kept by the array's ledger. A refusal names who holds what.
import { FlashCopyError } from '../domain/errors.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { whileBeating } from './heartbeat.js';

type LockActivities = Pick<FlashCopyActivities, 'flashCopyLock' | 'flashCopyUnlock'>;

export const lockActivities = ({ ledger, clock }: ActivityDependencies): LockActivities => ({
  flashCopyLock: ({ array, holder, set, sources, targets }) =>
    whileBeating(clock, async () => {
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
});
