// Step `lock`: the guard is started, then the ledger of each array takes the set and its volumes, array after array in sorted order, all or nothing.
// A refusal (LOCKED, names the holder) leaves no lock behind: what was taken before it is released by its undo.
import { FlashCopyError } from '../../domain/errors.js';
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';
import { inOrder } from '../step-order.js';

export const lock = inOrder('lock', lockInPlace);

async function lockInPlace(copy: CopyRun): Promise<void> {
  await copy.guard.start(); // from here on whatever is left behind is cleared away
  for (const array of copy.arrays) {
    await copy.report.step('lock', array, async () => {
      // Before the undo: an array that never says who it is has no ledger to be asked.
      const { system } = await perform(
        'flashCopyReadSystem',
        { summary: `ask ${array} for the id of its system`, ...copy.within },
        { array },
      );
      const locked = Object.fromEntries(copy.systems);
      copy.systems.set(array, system);
      copy.undo.register({
        what: `release locks on ${array}`,
        run: () => unlockUnlessPrepared(copy, array),
      });
      const volumes = copy.request.groups
        .filter((group) => group.array === array)
        .flatMap((group) => group.volumes);
      await perform(
        'flashCopyLock',
        { summary: `lock ${volumes.length} pairs of ${array}`, ...copy.within },
        {
          ...{ locked, system },
          holder: copy.holder,
          set: copy.request.name,
          array,
          sources: [...new Set(volumes.map(({ source }) => source))].filter((name) => name !== ''),
          targets: volumes.map(({ target }) => target).filter((name) => name !== ''),
        },
      );
    });
  }
}

/** Locks of targets go only when the group is neither preparing nor prepared. Otherwise the guard keeps them and goes on. */
async function unlockUnlessPrepared(copy: CopyRun, array: string): Promise<undefined> {
  if (copy.maybePrepared.size > 0) {
    throw new FlashCopyError({
      family: 'lock',
      code: 'LOCK_KEPT',
      message: `group ${[...copy.maybePrepared.keys()].join(', ')} may still be prepared; the guard releases the locks after it`,
    });
  }
  await perform(
    'flashCopyUnlock',
    { summary: `release locks on ${array}` },
    { holder: copy.holder, ...copy.ledgerOf(array) },
  );
  return undefined;
}
