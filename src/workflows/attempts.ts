// The point in time, taken again within the same run when a try failed without harm: a nightly copy is not lost to one hiccup.
// Promise kept here: no second try after harm, after an unknown outcome, after a person's word or a cancel; each has its own names, marks and pauses.
import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import { buildGroupName } from '../domain/names.js';
import { mayBeTakenAgain } from '../domain/point-in-time.js';
import { drawToken, type CopyRun } from './copy-run.js';
import { errorOf } from './failure.js';
import { restoresSnapshot, takesSnapshot } from './snapshots.js';

/** Runs `attempt`, from its flush to its give back, as often as the request allows. After the last one the first cause is thrown. */
export async function inAttempts(copy: CopyRun, attempt: () => Promise<void>): Promise<void> {
  const { attempts, withinMs } = copy.request;
  const failed: { readonly cause: unknown; readonly at: number }[] = [];
  for (;;) {
    copy.attempt = failed.length + 1;
    copy.lastAttempt = copy.attempt >= attempts || isRestore(copy);
    try {
      return await attempt();
    } catch (cause) {
      failed.push({ cause, at: new Date().getTime() });
      if (!harmless(copy, cause)) throw cause;
      const [first] = failed;
      const tooLate = (): boolean => new Date().getTime() - first!.at > withinMs;
      if (copy.lastAttempt || tooLate()) throw first!.cause;
      copy.report.attemptFailed(errorOf(cause));
      await CancellationScope.nonCancellable(() => backToPrepare(copy));
      // Its undo may have waited for an array for longer than anybody wants the copy.
      if (tooLate()) throw first!.cause;
    }
    // What was asked for meanwhile goes before another try.
    if (copy.scope.consideredCancelled)
      throw new CancelledFailure('cancelled between two attempts');
  }
}

/** Production is overwritten: nothing of it is tried twice. */
const isRestore = ({ groups }: CopyRun): boolean =>
  groups.some(({ planned }) => planned.restore === true || restoresSnapshot(planned));

function harmless(copy: CopyRun, cause: unknown): boolean {
  const byHand = copy.plan.sources.some(({ host }) => copy.report.resolutionOf(host) !== undefined);
  const error = errorOf(cause);
  // A step that was given up has waited out all the trouble that the request allows.
  const waitedOut = error.details['troubleMs'] !== undefined;
  return mayBeTakenAgain(error) && !waitedOut && !byHand && !copy.scope.consideredCancelled;
}

/** Nothing is prepared any more, under whatever name; nothing is known of the attempt but what its report keeps. */
async function backToPrepare(copy: CopyRun): Promise<void> {
  for (const { now, forget } of [...copy.maybePrepared.values()]) {
    await now();
    forget();
  }
  // A snapshot has no other name than this: one that still comes is not taken for the next one.
  const snapshots = copy.groups.filter(({ planned }) => takesSnapshot(planned));
  for (const group of snapshots) group.name = buildGroupName(copy.plan.set, drawToken());
  if (snapshots.length > 0) await copy.guard.watchGroups();
  copy.cut = undefined;
  copy.takingDown.clear();
  copy.markedAfter = true;
  copy.report.enter('PREPARING');
}
