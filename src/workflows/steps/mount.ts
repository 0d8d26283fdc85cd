// Step `mount`: the copy's file systems, outermost first. Undone together with `present`.
import type { PlannedTarget } from '../../domain/plan.js';
import { perform } from '../activities.js';
import { NOT_MOUNTED_BEFORE } from '../advice.js';
import type { CopyRun } from '../copy-run.js';
import { isProduction } from '../production.js';

export async function mount(copy: CopyRun, target: PlannedTarget): Promise<void> {
  await copy.report.step('mount', target.host, async (note) => {
    if (isProduction(copy) && target.fileSystems.every(({ at }) => at === ''))
      note(NOT_MOUNTED_BEFORE);
    const summary = `mount the copy on ${target.host}`;
    const order = { ...copy.ref, target, check: copy.plan.verify.fileSystem };
    copy.report.mounts.push(...(await perform('flashCopyMount', { summary }, order)));
  });
}
