// Step `synthesise`: new identity for each layer of the copy, each with a read-back; with `keep` volume groups are only activated.
// Writes to targets only.
import type { PlannedTarget } from '../../domain/plan.js';
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';
import { turnAt } from './target-host.js';

export async function synthesise(copy: CopyRun, target: PlannedTarget): Promise<void> {
  const kept = target.synthesis === 'keep' ? 'identities are kept as asked' : '';
  if (kept !== '' && target.volumeGroups.length === 0)
    return copy.report.skip('synthesise', target.host, kept);
  await copy.report.step('synthesise', target.host, async (note) => {
    const own = `give the copy on ${target.host} its own identity`;
    const summary = kept === '' ? own : `activate the copy on ${target.host} as it is`;
    const order = { ...copy.ref, ...turnAt(copy, target.host), target };
    const { notes } = await perform('flashCopySynthesise', { summary }, order);
    // What was and what is now stands in the activity's result.
    note(kept === '' ? `${notes.length} new identities, read back` : kept);
  });
}
