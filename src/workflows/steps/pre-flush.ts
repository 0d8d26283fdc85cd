// Step `preFlush`: most dirty data goes to disk outside the pause. Refused (TOO_DIRTY) when too much stays: a freeze cannot be called off.
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';
import { inParallel } from '../parallel.js';
import { inOrder } from '../step-order.js';

export const preFlush = inOrder('preFlush', preFlushInPlace);

async function preFlushInPlace(copy: CopyRun): Promise<void> {
  if (copy.plan.sources.length === 0) copy.report.skip('preFlush', '', 'no source host');
  await inParallel(copy.plan.sources, (source) =>
    copy.report.step('preFlush', source.host, () =>
      perform(
        'flashCopyPreFlush',
        { summary: `flush ${source.host} before the pause`, ...copy.within },
        { ...copy.ref, source },
      ),
    ),
  );
}
