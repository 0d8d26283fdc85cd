// Step `releaseTargets`: BEFORE prepare, since prepare throws target data away and a mounted target destroys the copy at its later unmount.
// Undo: present again only if prepare never ran; after it the old data is void and nobody may see it. Production, which a restore overwrites,
// is mounted again too, and also as restored.
import type { PlannedTarget } from '../../domain/plan.js';
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';
import { PRESENTED_AGAIN } from '../advice.js';
import { inParallel } from '../parallel.js';
import { isProduction, isRestored, mountProduction } from '../production.js';
import { makesClones } from '../snapshots.js';
import { inOrder } from '../step-order.js';

export const releaseTargets = inOrder('releaseTargets', releaseTargetsInPlace);

async function releaseTargetsInPlace(copy: CopyRun): Promise<void> {
  if (copy.plan.targets.length === 0) copy.report.skip('releaseTargets', '', 'no target host');
  if (copy.plan.groups.some(makesClones)) {
    copy.report.skip('releaseTargets', '', 'clones are new volumes: no host has them yet');
    return;
  }
  await inParallel(copy.plan.targets, (target) => release(copy, target));
}

async function release(copy: CopyRun, target: PlannedTarget): Promise<void> {
  copy.undo.register({
    what: `present again to ${target.host}`,
    run: () => presentAgain(copy, target),
  });
  await copy.report.step('releaseTargets', target.host, () =>
    perform(
      'flashCopyReleaseTarget',
      { summary: `release targets on ${target.host}`, ...copy.within },
      { ...copy.ref, target },
    ),
  );
  copy.letGo.add(target.host);
}

async function presentAgain(copy: CopyRun, target: PlannedTarget): Promise<string | undefined> {
  if (copy.groups.some((group) => group.prepareTried) && !isRestored(copy))
    return 'left released: prepare ran, the old data is void';
  if (target.release.uids.length === 0) return 'nothing stood there before';
  if (isProduction(copy)) return mountProduction(copy, target);
  await perform(
    'flashCopyPresent',
    { summary: `present again to ${target.host}` },
    { ...copy.ref, target },
  );
  return PRESENTED_AGAIN;
}
