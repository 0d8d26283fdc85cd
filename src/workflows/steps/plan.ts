// Step `plan`: reads arrays and hosts, applies the rules. A refusal ends the run here; nothing has been touched.
import { perform } from '../activities.js';
import { drawToken, type CopyRun } from '../copy-run.js';
import { registerUnlocks } from './target-host.js';
import { inOrder } from '../step-order.js';

/** Throws the plan's refusals: type is the first one's code, one line for each. */
export const plan = inOrder('plan', planInPlace);

async function planInPlace(copy: CopyRun): Promise<void> {
  await copy.report.step('plan', '', async (note) => {
    const order = { request: copy.request, token: drawToken() };
    copy.plan = await perform(
      'flashCopyPlan',
      { summary: `inspect and plan ${copy.request.name}`, ...copy.within },
      order,
    );
    note(`plan ${copy.plan.hash}`);
  });
  registerUnlocks(copy);
  await copy.guard.watchGroups();
}
