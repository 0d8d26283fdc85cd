// Step `makePreparable`: prepare is legal only from idle_or_copied and stopped, so a group that still copies is brought there.
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';
import { inParallel } from '../parallel.js';

export async function makePreparable(copy: CopyRun): Promise<void> {
  const groups = copy.groups.filter(({ planned }) => planned.snapshot === undefined);
  if (groups.length < copy.groups.length) copy.report.skip('makePreparable', '', 'a snapshot needs no group');
  await inParallel(groups, ({ planned: group }) =>
    copy.report.step('makePreparable', group.array, () =>
      perform(
        'flashCopyMakePreparable',
        { summary: `make group ${group.name} of ${group.array} preparable` },
        { ...copy.ref, group },
      ),
    ),
  );
}
