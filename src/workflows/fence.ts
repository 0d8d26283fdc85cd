// After a start that nobody saw take effect while the sources stood still: the group gets a new name, so that a late start can never take effect,
// and is read only then. Promise kept here: what is found copying after the give back is stopped, for it may have begun after it.
import { CancellationScope } from '@temporalio/workflow';
import { type GroupStart, tookEffect } from '../domain/point-in-time.js';
import { FlashCopyError, type ErrorData } from '../domain/errors.js';
import { buildGroupName } from '../domain/names.js';
import { perform } from './activities.js';
import { drawToken, type CopyRun, type RunGroup } from './copy-run.js';
import { errorOf } from './failure.js';
import { registerUnprepare } from './steps/prepare.js';
import { planOf, restoresSnapshot, withSnapshot } from './snapshots.js';

/**
 * Throws the first error. Returns only where no source stood still, so that none was given back: there every start that took effect counts.
 * To be called after the give back.
 */
export async function fenceUnknownStarts(copy: CopyRun, error: ErrorData): Promise<void> {
  // What a restore has begun nobody can call off, and nothing tells it from one that never began: the targets stay released.
  if (copy.groups.some(({ planned }) => restoresSnapshot(planned)))
    throw new FlashCopyError({ ...error, outcome: 'unknown', retry: 'after-check' });
  await CancellationScope.nonCancellable(async () => {
    const unknown = copy.groups.filter((group) => startOf(copy, group)?.started !== 'not-done');
    const effects = await Promise.all(unknown.map((group) => fence(copy, group))).catch(unfenced);
    const all = effects.length === copy.groups.length && effects.every(Boolean);
    if (all && counts(copy)) {
      const starts = (copy.cut?.starts ?? []).map((start): GroupStart => ({
        ...start,
        started: 'done',
      }));
      copy.cut = { ...copy.cut, starts, pauses: copy.report.pauses };
      return;
    }
    await Promise.all(unknown.filter((_, at) => effects[at]).map((group) => stop(copy, group)));
    throw new FlashCopyError({ ...error, outcome: 'not-done', retry: 'safe' });
  });
}

/** To be called before the pause: a late prepare of the old name then finds no group, and no copy that it could throw away. */
export async function fenceUnheardPrepares(copy: CopyRun): Promise<void> {
  const unheard = copy.groups.filter(
    ({ planned, prepareUnheard }) => prepareUnheard && planned.snapshot === undefined,
  );
  await Promise.all(unheard.map((group) => fence(copy, group)));
  for (const group of unheard) group.prepareUnheard = false;
}

/** A group that was not fenced may be started, now or later, whatever its fence says of itself. */
function unfenced(caught: unknown): never {
  throw new FlashCopyError({ ...errorOf(caught), outcome: 'unknown', retry: 'after-check' });
}

async function fence(copy: CopyRun, group: RunGroup): Promise<boolean> {
  const { planned } = group;
  const { array } = planned;
  if (planned.snapshot !== undefined) return settle(copy, group);
  const newName = buildGroupName(copy.plan.set, drawToken());
  registerUnprepare(copy, planned, newName);
  await copy.guard.renamed([newName]);
  const progress = await perform(
    'flashCopyFenceGroup',
    { summary: `fence group ${group.name} of ${array} as ${newName}` },
    { ...copy.ref, array, group: group.name, newName },
  );
  group.name = newName;
  const { state, startTimes } = progress;
  const effect = tookEffect(state, startTimes, group.startTimesBefore);
  if (effect && copy.plan.sources.length > 0)
    group.startTimesBefore = [...group.startTimesBefore, ...startTimes];
  return effect;
}

/** The volume group is not ours to rename. A snapshot of our name is ours; one that comes later than all looks is found by the guard. */
async function settle(copy: CopyRun, { planned, name }: RunGroup): Promise<boolean> {
  const summary = `look for snapshot ${name} of ${planned.array}`;
  const order = {
    ...copy.ref,
    array: planned.array,
    group: name,
    newName: name,
    ...withSnapshot(planned),
  };
  const found = (await perform('flashCopyFenceGroup', { summary }, order)).state !== 'empty';
  if (!found) await copy.guard.mayComeLate(planned, name);
  return found;
}

function counts(copy: CopyRun): boolean {
  const prepared = copy.groups.every((group) => startOf(copy, group)?.preparedRead === true);
  return copy.plan.sources.length === 0 && prepared && !copy.scope.consideredCancelled;
}

const startOf = (copy: CopyRun, group: RunGroup): GroupStart | undefined =>
  copy.cut?.starts.find(({ array }) => array === group.planned.array);

async function stop(copy: CopyRun, group: RunGroup): Promise<void> {
  const { planned } = group;
  if (planned.snapshot !== undefined) {
    const { array } = planned;
    const summary = `remove snapshot ${group.name} of ${array}: it does not count`;
    await perform(
      'flashCopyUnprepareGroup',
      { summary },
      { ...copy.ref, array, group: group.name, ...planOf(planned) },
    );
    return;
  }
  // As found: the activity stops a running copy only where it is told that it runs.
  const named = { ...planned, name: group.name, existing: { name: group.name, state: 'copying' } };
  const summary = `stop group ${group.name} of ${named.array}: its copy does not count`;
  await perform('flashCopyMakePreparable', { summary }, { ...copy.ref, group: named });
}
