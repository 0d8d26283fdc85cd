// Step `ensure`: targets, mappings and the group exist with the attributes asked for, under this run's name. Data is left alone.
import type { PlannedGroup } from '../../domain/plan.js';
import { perform } from '../activities.js';
import type { CopyRun, RunGroup } from '../copy-run.js';
import { inParallel } from '../parallel.js';
import { inOrder } from '../step-order.js';

export const ensure = inOrder('ensure', ensureInPlace);

async function ensureInPlace(copy: CopyRun): Promise<void> {
  await inParallel(copy.groups, (group) => ensureGroup(copy, group));
}

async function ensureGroup(copy: CopyRun, group: RunGroup): Promise<void> {
  const { planned } = group;
  if (creates(planned))
    copy.undo.register({
      what: `remove what was created for ${planned.name}`,
      run: () => removeCreated(copy, group),
    });
  await copy.report.step('ensure', planned.array, async (note) => {
    const summary = `ensure group ${planned.name} of ${planned.array}, ${planned.mappings.length} mappings`;
    const order = { ...copy.ref, group: planned };
    const {
      created,
      startTimes,
      preparable = false,
      remade = [],
    } = await perform('flashCopyEnsureGroup', { summary, ...copy.within }, order);
    group.preparable = preparable;
    group.remade = remade;
    group.startTimesBefore = startTimes;
    note(created.length === 0 ? 'all found' : `created ${counted(created)}`);
  });
}

/** `3 vdisks, 3 mappings, 1 group`; what exactly is in the plan and in the activity's result. */
function counted(created: readonly string[]): string {
  const kinds = created.map((each) => each.slice(0, each.indexOf(':')));
  return [...new Set(kinds)]
    .map((kind) => [kinds.filter((each) => each === kind).length, kind] as const)
    .map(([count, kind]) => `${count} ${kind}${count === 1 ? '' : 's'}`)
    .join(', ');
}

/** What is in the plan; an answer of the step may never have come. */
const creates = ({ snapshot, existing, mappings }: PlannedGroup): boolean =>
  snapshot === undefined &&
  (existing === undefined ||
    existing.state === 'empty' ||
    mappings.some((mapping) => mapping.existing === undefined));

/** A prepared mapping's target is void: the mapping stays, as the record of what the volume is. */
async function removeCreated(copy: CopyRun, group: RunGroup): Promise<string | undefined> {
  const { planned } = group;
  if (group.prepareTried) return 'kept: prepare ran, the next copy uses them again';
  const summary = `remove what was created for ${planned.name} of ${planned.array}`;
  const order = { ...copy.ref, group: planned };
  const { removed } = await perform('flashCopyRemoveCreated', { summary }, order);
  return removed.length === 0 ? 'nothing of it is there' : `removed ${counted(removed)}`;
}
