// Step `retain`: the copy stays, the locks go. The groups are started, so no target is preparing or
// prepared any more. Promise kept here: one piece that no cancel splits; nothing is undone once the
// first lock may be free, for another run may own those targets then.
import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { LedgerRef } from '../../activities/contract.js';
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';
import { insist } from '../insist.js';
import { inOrder } from '../step-order.js';

export const retain = inOrder('retain', retainInPlace);

async function retainInPlace(copy: CopyRun): Promise<void> {
  if (CancellationScope.current().consideredCancelled)
    throw new CancelledFailure('cancelled before the copy was kept');
  await copy.report.step('retain', '', () =>
    CancellationScope.nonCancellable(async () => {
      copy.retained = true;
      copy.undo.forgetAll();
      await Promise.all(copy.arrays.map((array) => unlock(copy, copy.ledgerOf(array))));
    }),
  );
}

const unlock = (copy: CopyRun, ledger: LedgerRef): Promise<void> =>
  insist(copy.insisted(`locks of ${ledger.array}`), () =>
    perform(
      'flashCopyUnlock',
      { summary: `release locks on ${ledger.array}` },
      { holder: copy.holder, ...ledger },
    ),
  );
