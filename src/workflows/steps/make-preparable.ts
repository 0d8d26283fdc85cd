// Step `makePreparable`: prepare is legal only from idle_or_copied and stopped, so a group that still copies is brought there.
// What `ensure` listed at rest is not looked at again here: prepare itself judges the state right before it.
import { perform } from '../activities.js';
import type { CopyRun, RunGroup } from '../copy-run.js';
import { inParallel } from '../parallel.js';
import { inOrder } from '../step-order.js';

export const makePreparable = inOrder('makePreparable', makePreparableInPlace);

async function makePreparableInPlace(copy: CopyRun): Promise<void> {
  const groups = copy.groups.filter(({ planned }) => planned.snapshot === undefined);
  if (groups.length < copy.groups.length)
    copy.report.skip('makePreparable', '', 'a snapshot needs no group');
  await inParallel(groups, (group) => stopGroup(copy, group));
}

async function stopGroup(copy: CopyRun, { planned: group, preparable }: RunGroup): Promise<void> {
  if (preparable) {
    copy.report.skip('makePreparable', group.array, 'nothing to stop: no copy runs');
    return;
  }
  await copy.report.step('makePreparable', group.array, () =>
    perform(
      'flashCopyMakePreparable',
      { summary: `make group ${group.name} of ${group.array} preparable`, ...copy.within },
      { ...copy.ref, group },
    ),
  );
}
