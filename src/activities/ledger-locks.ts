// Locks: volumes of one array, all or nothing, kept by the array's ledger. A refusal names who holds what.
import { FlashCopyError } from '../domain/errors.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';

type LockActivities = Pick<FlashCopyActivities, 'flashCopyLock' | 'flashCopyUnlock'>;

export const lockActivities = ({ ledger }: ActivityDependencies): LockActivities => ({
  async flashCopyLock({ array, holder, set, sources, targets }) {
    const answer = await ledger.acquire(array, { holder, set, sources, targets });
    if (answer.granted) return;
    throw new FlashCopyError({
      family: 'lock',
      code: 'LOCKED',
      message: `${answer.what} on array ${array} is locked by ${answer.heldBy}`,
      details: { array, heldBy: answer.heldBy, what: answer.what },
    });
  },
  flashCopyUnlock: ({ array, ...order }) => ledger.release(array, order),
});
