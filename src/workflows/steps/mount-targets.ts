// Steps 10-12 on every target host at once, each host in its own time: present, synthesise, mount, verify.
import type { CopyRun } from '../copy-run.js';
import { inParallel } from '../parallel.js';
import { mount } from './mount.js';
import { present } from './present.js';
import { synthesise } from './synthesise.js';
import { withTargetHost } from './target-host.js';
import { verify } from './verify.js';
import { inOrder } from '../step-order.js';

export const mountTargets = inOrder('mountTargets', mountTargetsInPlace);

async function mountTargetsInPlace(copy: CopyRun): Promise<void> {
  const { targets } = copy.plan;
  if (targets.length === 0) {
    copy.report.skip('present', '', 'no target host');
    return;
  }
  copy.report.enter('MOUNTING_TARGET');
  const verified = await inParallel(targets, async (target) => {
    await withTargetHost(copy, target.host, async () => {
      await present(copy, target);
      await synthesise(copy, target);
    });
    await mount(copy, target);
    return verify(copy, target);
  });
  copy.report.verified = copy.markedAfter && verified.every(Boolean);
  if (copy.plan.copy.waitFor === 'copied') copy.report.enter('COPYING');
}
