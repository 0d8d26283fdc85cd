// Step `synthesise`: new identity for each layer of the copy, each with a read-back. Writes to targets only.
import type { PlannedTarget } from '../../domain/plan.js';
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';

export async function synthesise(copy: CopyRun, target: PlannedTarget): Promise<void> {
  if (target.synthesis === 'keep') return copy.report.skip('synthesise', target.host, 'identities are kept as asked');
  await copy.report.step('synthesise', target.host, async (note) => {
    const summary = `give the copy on ${target.host} its own identity`;
    const { notes } = await perform('flashCopySynthesise', { summary }, { ...copy.ref, target });
    note(notes.join('; '));
  });
}
