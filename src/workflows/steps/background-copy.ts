// Step `backgroundCopy`: until 100 % the copy depends on its source. A waiting run holds no slot and writes no history.
// Promise kept here: a copy that is lost before 100 % has no grade any more, and the run says so.
import { FlashCopyError } from '../../domain/errors.js';
import { perform } from '../activities.js';
import type { CopyRun, RunGroup } from '../copy-run.js';
import { errorOf } from '../failure.js';
import { inParallel } from '../parallel.js';
import { withSnapshot } from '../snapshots.js';
import { readGroup, tookProgress } from './grade.js';
import { inOrder } from '../step-order.js';

/** Waits for 100 % when asked to (`waitFor: copied`); otherwise takes the progress once into the report. */
export const backgroundCopy = inOrder('backgroundCopy', backgroundCopyInPlace);

async function backgroundCopyInPlace(copy: CopyRun): Promise<void> {
  const { waitFor } = copy.plan.copy;
  await inParallel(copy.groups, (group) =>
    copy.report.step('backgroundCopy', group.planned.array, async (note) => {
      if (waitFor === 'copied') await awaitCopied(copy, group);
      else await checkCopying(copy, group);
      // Only now: until the grade was given the mappings were its evidence.
      if (group.planned.autodelete === true) await letGo(copy, group);
      if (waitFor !== 'copied') note(afterwards(group));
    }),
  );
}

function afterwards({ planned: { snapshot } }: RunGroup): string {
  if (
    snapshot === undefined ||
    snapshot.clone?.kind === 'clone' ||
    snapshot.restoreFrom !== undefined
  )
    return 'goes on by itself; the copy depends on its source until 100 %';
  return 'the snapshot needs its source for ever';
}

async function awaitCopied(copy: CopyRun, group: RunGroup): Promise<void> {
  const { array } = group.planned;
  const summary = `background copy of group ${group.name} of ${array} to 100 %`;
  const mappings = group.planned.mappings.map(({ name, source }) => ({
    name,
    capacityBytes: source.capacityBytes,
  }));
  // Clones go on when their snapshot has expired meanwhile: only they count.
  const what = group.planned.snapshot === undefined ? { mappings } : withSnapshot(group.planned);
  try {
    tookProgress(
      copy,
      await perform('flashCopyAwaitCopied', { summary }, { array, group: group.name, ...what }),
    );
  } catch (caught) {
    if (errorOf(caught).code === 'COPY_STOPPED') copy.report.grade = undefined;
    throw caught;
  }
}

async function checkCopying(copy: CopyRun, group: RunGroup): Promise<void> {
  const { volumes } = await readGroup(copy, group);
  const lost = volumes.filter(({ independent, state }) => !independent && state === 'stopped');
  if (lost.length === 0) return;
  copy.report.grade = undefined;
  throw new FlashCopyError({
    family: 'copy',
    code: 'COPY_STOPPED',
    message: `${group.name} was stopped before it was copied: ${lost.map(({ mapping }) => mapping).join(', ')}`,
    details: { array: group.planned.array, group: group.name },
  });
}

async function letGo(copy: CopyRun, group: RunGroup): Promise<void> {
  const { array } = group.planned;
  const summary = `mappings and group ${group.name} of ${array} go when copied`;
  const order = { array, group: group.name, locks: copy.locks };
  await perform('flashCopySetAutodelete', { summary }, order);
}
