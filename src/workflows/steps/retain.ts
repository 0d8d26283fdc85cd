// Step `retain`: the copy stays, the locks go. The groups are started, so no target is preparing or prepared any more.
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';
import { inParallel } from '../parallel.js';

export async function retain(copy: CopyRun): Promise<void> {
  await copy.report.step('retain', '', async () => {
    await inParallel(copy.arrays, (array) =>
      perform(
        'flashCopyUnlock',
        { summary: `release locks on ${array}` },
        { holder: copy.holder, array },
      ),
    );
  });
}
