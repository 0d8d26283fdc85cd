// Step `prepare`: the array flushes its own cache; slow, so it is waited for outside the pause. Undo: out of preparing and prepared, for sure.
import { perform } from '../activities.js';
import type { CopyRun, RunGroup } from '../copy-run.js';
import { inParallel } from '../parallel.js';

/** More than the array is given: the activity reports its own time-out first. */
const MARGIN_MS = 60_000;

/** All groups at once. Throws FLUSH_FAILED when the array gives up. */
export async function prepare(copy: CopyRun): Promise<void> {
  copy.preparedSince = new Date().getTime();
  await inParallel(copy.groups, (group) => prepareGroup(copy, group));
}

/** One group; its undo stays registered until the point in time is taken. */
export async function prepareGroup(copy: CopyRun, group: RunGroup): Promise<void> {
  const { array } = group.planned;
  registerUnprepare(copy, array, group.name);
  group.prepareTried = true;
  await copy.report.step('prepare', array, () =>
    perform(
      'flashCopyPrepareGroup',
      { summary: `prepare group ${group.name} of ${array}`, withinMs: copy.plan.maxPreparedMs + MARGIN_MS },
      {
        ...copy.ref,
        array,
        group: group.name,
        timeoutMs: copy.plan.maxPreparedMs,
        keptMapped: keptMapped(copy, array),
        restore: group.planned.restore ?? false,
      },
    ),
  );
}

/** Targets that may stay mapped: their hosts hold them exclusively open. */
function keptMapped(copy: CopyRun, array: string): readonly string[] {
  const kept = copy.plan.targets.filter((target) => target.keepMapped).flatMap((target) => target.presentations);
  return kept.filter((presentation) => presentation.array === array).map(({ vdisk }) => vdisk);
}

/** Also for the name a group is about to get: what is unknown counts as done. */
export function registerUnprepare(copy: CopyRun, array: string, group: string): void {
  const forget = copy.undo.register({
    what: `unprepare group ${group} of ${array}`,
    run: async () => {
      const summary = `unprepare group ${group} of ${array}`;
      await perform('flashCopyUnprepareGroup', { summary }, { ...copy.ref, array, group });
      copy.maybePrepared.delete(group);
      return undefined;
    },
  });
  copy.maybePrepared.set(group, forget);
}

/** Every group is started: none is prepared any more. */
export function forgetUnprepare(copy: CopyRun): void {
  for (const forget of copy.maybePrepared.values()) forget();
  copy.maybePrepared.clear();
}
