// A restore overwrites production, so its target hosts are the ones that need their I/O. Promise kept here: a run that ends otherwise than well mounts
// production again, as it was or as restored, unless nobody can say what is on the volumes.
import type { PlannedTarget } from '../domain/plan.js';
import { perform } from './activities.js';
import { MOUNTED_AGAIN, MOUNTED_RESTORED, NOT_MOUNTED_BEFORE } from './advice.js';
import type { CopyRun } from './copy-run.js';
import { withTargetHostAgain } from './steps/target-host.js';

/** What stands on the targets now is mounted again by the plan itself: under its own identities, or because nobody else has had what is restored. */
export const isProduction = ({ plan: { copy, sources, targets } }: CopyRun): boolean =>
  (copy.kind === 'restore' || copy.kind === 'restore-snapshot') &&
  (sources.length === 0 || targets.every(({ synthesis }) => synthesis === 'former'));

/** The array has said of every group that it was ready and that our own start was carried out, and nothing has spoken against it since. */
export function isRestored(copy: CopyRun): boolean {
  const { cut, groups } = copy;
  if (!isProduction(copy) || cut?.starts.length !== groups.length) return false;
  // A copy that was to stand still is worth what its grade says.
  if (copy.plan.sources.length > 0 && copy.report.grade === undefined) return false;
  return (
    !copy.report.doubted &&
    cut.starts.every(({ started, preparedRead }) => started === 'done' && preparedRead)
  );
}

/** Answers what to say of it. A host that may not have let go of everything is not searched for disks first: what is in use there stays in use. */
export async function mountProduction(copy: CopyRun, target: PlannedTarget): Promise<string> {
  const mounted = isRestored(copy) ? MOUNTED_RESTORED : MOUNTED_AGAIN;
  const said = target.fileSystems.every(({ at }) => at === '') ? NOT_MOUNTED_BEFORE : mounted;
  if (!copy.letGo.has(target.host)) {
    const there = await mountAll(copy, target).then(
      () => true,
      () => false,
    );
    if (there) return said;
  }
  const summary = `present production to ${target.host} again`;
  // It bears the identities that another run's copy bears until that one has its own.
  await withTargetHostAgain(copy, target.host, async () => {
    await perform('flashCopyPresent', { summary }, { ...copy.ref, target });
    copy.letGo.delete(target.host);
    await mountAll(copy, target);
  });
  return said;
}

/** Repeats change nothing. */
async function mountAll({ ref }: CopyRun, target: PlannedTarget): Promise<void> {
  const { host, volumeGroups, fileSystems } = target;
  const order = { ...ref, target };
  if (volumeGroups.length > 0)
    await perform(
      'flashCopySynthesise',
      { summary: `activate production on ${host} again` },
      order,
    );
  if (fileSystems.length > 0)
    await perform('flashCopyMount', { summary: `mount production on ${host} again` }, order);
}
