// Step `verify`: the nonce written before the quiesce is on the copy, the one written after the give back is not.
// After a restore production is what it was before, by name (IDENTITY_CHANGED).
// Promise kept here: a contradiction withdraws the grade and fails the run (COPY_CONTRADICTED), whatever the evidence said before.
import { FlashCopyError } from '../../domain/errors.js';
import type { PlannedTarget } from '../../domain/plan.js';
import { perform } from '../activities.js';
import type { CopyRun } from '../copy-run.js';

/** True when something was checked and nothing spoke against the copy. */
export async function verify(copy: CopyRun, target: PlannedTarget): Promise<boolean> {
  return copy.report.step('verify', target.host, async (note) => {
    const summary = `verify the copy on ${target.host}`;
    const { contradictions, checked, changed } = await perform(
      'flashCopyVerify',
      { summary },
      { ...copy.holdRef, target },
    );
    if (contradictions.length > 0) {
      copy.report.grade = undefined;
      throw new FlashCopyError({
        family: 'copy',
        code: 'COPY_CONTRADICTED',
        message: `${target.host}: ${contradictions.join('; ')}`,
        outcome: 'done',
        details: { contradictions },
      });
    }
    if (changed.length > 0)
      throw new FlashCopyError({
        family: 'copy',
        code: 'IDENTITY_CHANGED',
        message: `${target.host} is restored, but not as it was: ${changed.join('; ')}`,
        outcome: 'done',
        details: { changed },
      });
    note(
      checked === 0
        ? 'nothing mounted here, nothing checked'
        : `${checked} file systems told the truth`,
    );
    return checked > 0;
  });
}
