// After the grade: a snapshot that is good becomes volumes, where the request asks for clones. Reported as `present`, of the array: targets come next.
// Undo: the clones go, once no host has them.
import { perform } from '../activities.js';
import type { CopyRun, RunGroup } from '../copy-run.js';
import { inParallel } from '../parallel.js';
import { makesClones } from '../snapshots.js';
import { inOrder } from '../step-order.js';

export const makeClones = inOrder('makeClones', makeClonesInPlace);

async function makeClonesInPlace(copy: CopyRun): Promise<void> {
  const groups = copy.groups.filter(({ planned }) => makesClones(planned));
  await inParallel(groups, (group) => cloneGroup(copy, group));
}

async function cloneGroup(copy: CopyRun, { planned, name }: RunGroup): Promise<void> {
  const { array, mappings } = planned;
  const order = { ...copy.ref, group: { ...planned, name } };
  copy.undo.register({
    what: `remove the clones of ${name} on ${array}`,
    run: async () => {
      await perform('flashCopyRemoveCreated', { summary: `remove the clones of ${name}` }, order);
      return undefined;
    },
  });
  await copy.report.step('present', array, async (note) => {
    const summary = `clone ${mappings.length} volumes of ${array} from snapshot ${name}`;
    const { volumes } = await perform('flashCopyMakeClones', { summary }, order);
    note(`${volumes.length} volumes made from snapshot ${name}`);
  });
}
