// Step `backgroundCopy`: until 100 % the copy depends on its source. A waiting run holds no slot and writes no history.
import { perform } from '../activities.js';
import type { CopyRun, RunGroup } from '../copy-run.js';
import { inParallel } from '../parallel.js';
import { readGroup, tookProgress } from './grade.js';

/** Waits for 100 % when asked to (`waitFor: copied`); otherwise takes the progress once into the report. */
export async function backgroundCopy(copy: CopyRun): Promise<void> {
  const { waitFor } = copy.plan.copy;
  await inParallel(copy.groups, (group) =>
    copy.report.step('backgroundCopy', group.planned.array, async (note) => {
      if (waitFor === 'copied') return awaitCopied(copy, group);
      await readGroup(copy, group);
      note('goes on by itself; the copy depends on its source until 100 %');
    }),
  );
}

async function awaitCopied(copy: CopyRun, group: RunGroup): Promise<void> {
  const { array } = group.planned;
  const summary = `background copy of group ${group.name} of ${array} to 100 %`;
  tookProgress(copy, await perform('flashCopyAwaitCopied', { summary }, { array, group: group.name }));
}
