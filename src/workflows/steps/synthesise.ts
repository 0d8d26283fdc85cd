// Step `synthesise`: new identity for each layer of the copy, each with a read-back; with `keep` volume groups are only activated,
// with `former` production gets back the identity it had.
// Writes to targets only.
import type { PlannedTarget, Synthesis } from '../../domain/plan.js';
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';
import { turnAt } from './target-host.js';

const SUMMARIES: Readonly<Record<Synthesis, (host: string) => string>> = {
  auto: (host) => `give the copy on ${host} its own identity`,
  keep: (host) => `activate the copy on ${host} as it is`,
  former: (host) => `give production on ${host} its own identity back`,
};

export async function synthesise(copy: CopyRun, target: PlannedTarget): Promise<void> {
  const kept = target.synthesis === 'keep' ? 'identities are kept as asked' : '';
  if (kept !== '' && target.volumeGroups.length === 0)
    return copy.report.skip('synthesise', target.host, kept);
  await copy.report.step('synthesise', target.host, async (note) => {
    const summary = SUMMARIES[target.synthesis](target.host);
    const order = { ...copy.ref, ...turnAt(copy, target.host), target };
    const { notes } = await perform('flashCopySynthesise', { summary }, order);
    // What was and what is now stands in the activity's result.
    const given =
      target.synthesis === 'former' ? 'identities of before' : 'new identities, read back';
    note(kept === '' ? `${notes.length} ${given}` : kept);
  });
}
