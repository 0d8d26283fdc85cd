// Step `present`: map, rescan, find by UID. Undo, for mount as well: unmount and unmap; production that is restored stays.
import type { PlannedTarget } from '../../domain/plan.js';
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';
import { isRestored } from '../production.js';
import { turnAt } from './target-host.js';

export async function present(copy: CopyRun, target: PlannedTarget): Promise<void> {
  const { host, presentations, fileSystems } = target;
  copy.undo.register({
    what: `withdraw the copy from ${host}`,
    run: async () => {
      if (isRestored(copy)) return 'left there: production is restored';
      const order = { ...copy.ref, target, presentations, fileSystems };
      await perform('flashCopyWithdraw', { summary: `withdraw the copy from ${host}` }, order);
      return undefined;
    },
  });
  await copy.report.step('present', host, () =>
    perform(
      'flashCopyPresent',
      { summary: `present ${presentations.length} volumes to ${host}` },
      { ...copy.ref, ...turnAt(copy, host), target },
    ),
  );
  copy.letGo.delete(host);
}
