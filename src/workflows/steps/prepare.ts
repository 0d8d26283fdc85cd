// Step `prepare`: the array flushes its own cache; slow, so it is waited for outside the pause. Undo: out of preparing and prepared, for sure.
import { prepareGroupMs } from '../../domain/timing.js';
import { perform } from '../activities.js';
import { expectedMapping, type PlannedGroup } from '../../domain/plan.js';
import type { CopyRun, RunGroup } from '../copy-run.js';
import { errorOf } from '../failure.js';
import { inParallel } from '../parallel.js';
import { planOf, restoresSnapshot, takesSnapshot, withSnapshot } from '../snapshots.js';
import { inOrder } from '../step-order.js';

/** All groups at once. Throws FLUSH_FAILED when the array gives up. */
export const prepare = inOrder('prepare', prepareInPlace);

async function prepareInPlace(copy: CopyRun): Promise<void> {
  copy.preparedSince = undefined;
  await inParallel(copy.groups, (group) => prepareGroup(copy, group));
}

/** One group; its undo stays registered until the point in time is taken. */
export async function prepareGroup(copy: CopyRun, group: RunGroup): Promise<void> {
  const { planned } = group;
  const { array } = planned;
  if (takesSnapshot(planned)) {
    // Registered here, before the pause: what the array adds is gone with a run that fails.
    registerUnprepare(copy, planned, group.name);
    copy.report.skip('prepare', array, 'the array flushes its cache as it takes the snapshot');
    return;
  }
  if (!restoresSnapshot(planned)) {
    registerUnprepare(copy, planned, group.name);
    group.prepareTried = true;
  }
  try {
    const begunAt = new Date().getTime();
    const prepared = await copy.report.step('prepare', array, () => sendPrepare(copy, group));
    group.prepareUnheard ||= prepared.unheard === true;
    if (planned.snapshot === undefined) wasPrepared(copy, begunAt, prepared.preparedForMs);
  } catch (error) {
    // Nothing was stopped before, and no prepare was sent, by a former life or attempt neither.
    const untouched = errorOf(error).details['untouched'] === true;
    if (untouched && group.preparable && copy.attempt === 1) group.prepareTried = false;
    throw error;
  }
}

/** An array that was away before it took the first prepare has cost the sources nothing. */
function wasPrepared(copy: CopyRun, begunAt: number, forMs = Infinity): void {
  const since = Math.max(begunAt, new Date().getTime() - forMs);
  copy.preparedSince = Math.min(copy.preparedSince ?? Infinity, since);
}

function sendPrepare(
  copy: CopyRun,
  { planned, remade, name: group }: RunGroup,
): Promise<{ readonly preparedForMs?: number; readonly unheard?: true }> {
  const { array, restore = false } = planned;
  const { maxPreparedMs: timeoutMs } = copy.plan;
  const summary = restoresSnapshot(planned)
    ? `look once more at the volumes of ${array}`
    : `prepare group ${group} of ${array}`;
  return perform(
    'flashCopyPrepareGroup',
    { summary, withinMs: prepareGroupMs(timeoutMs), ...copy.within },
    {
      ...{ ...copy.ref, array, group, timeoutMs, restore, firstRunId: copy.firstRunId },
      mappings: planned.mappings.map((mapping) =>
        expectedMapping(mapping, planned, remade.includes(mapping.name)),
      ),
      keptMapped: keptMapped(copy, array),
      ...withSnapshot(planned),
    },
  );
}

/** Targets that may stay mapped: their hosts hold them exclusively open. */
function keptMapped(copy: CopyRun, array: string): readonly string[] {
  const kept = copy.plan.targets
    .filter((target) => target.keepMapped)
    .flatMap((target) => target.presentations);
  return kept.filter((presentation) => presentation.array === array).map(({ vdisk }) => vdisk);
}

/** Also for the name a group is about to get: what is unknown counts as done. A snapshot of that name is removed. */
export function registerUnprepare(copy: CopyRun, planned: PlannedGroup, group: string): void {
  const { array, snapshot } = planned;
  const summary = `${snapshot === undefined ? 'unprepare group' : 'remove snapshot'} ${group} of ${array}`;
  const undo = {
    what: summary,
    run: async () => {
      if (snapshot !== undefined) await copy.guard.keepSnapshots(false).catch(() => undefined);
      const order = { ...copy.ref, array, group, ...planOf(planned) };
      const kept = await perform('flashCopyUnprepareGroup', { summary }, order);
      copy.maybePrepared.delete(group);
      if (kept === undefined) copy.report.snapshotGone(group);
      return kept?.why;
    },
  };
  const forget = copy.undo.register(undo);
  copy.maybePrepared.set(group, { now: undo.run, forget });
}

/** Every group is started: none is prepared any more. A snapshot goes with its run as long as that may fail. */
export function forgetUnprepare(copy: CopyRun): void {
  if (copy.groups.some(({ planned }) => takesSnapshot(planned))) return;
  for (const { forget } of copy.maybePrepared.values()) forget();
  copy.maybePrepared.clear();
}
