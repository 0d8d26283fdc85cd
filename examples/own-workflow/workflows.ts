// A workflow of your own, made of the library's building blocks: batch jobs are paused before the copy, whatever happens they go on after it,
// and reports are started on the copy once it is proved good. In your project import from 'temporal-flashcopy/workflows'.
import { proxyActivities } from '@temporalio/workflow';
import {
  backgroundCopy,
  ensure,
  grade,
  lock,
  makePreparable,
  mountTargets,
  plan,
  preFlush,
  prepare,
  releaseTargets,
  retain,
  runCopy,
  takePointInTime,
  validate,
} from '../../src/workflows/index.js';
import type * as activities from './activities.js';

// The worker's bundle must hold the library's workflows too: each copy starts its guard, each array has a ledger.
export * from '../../src/workflows/index.js';

const { pauseBatchJobs, resumeBatchJobs, startReports } = proxyActivities<typeof activities>({
  startToCloseTimeout: '1m',
  // Named on purpose: left out, a cancelled workflow does not wait for its activities.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
});

export async function copyBetweenBatches(input: {
  readonly request: unknown;
  readonly queue: string;
}) {
  return runCopy({ searchAttributes: false }, async (copy) => {
    await validate(copy, input.request);
    await lock(copy);
    await plan(copy);
    await copy.guard.start(); // before anything is changed on a host

    await ensure(copy);
    await makePreparable(copy);
    await releaseTargets(copy);
    await preFlush(copy);
    await prepare(copy);

    // Your own step: its undo first, then the step. Unknown counts as done.
    const resumed = copy.undo.register({
      what: `resume batch queue ${input.queue}`,
      run: () => resumeBatchJobs(input.queue),
    });
    await pauseBatchJobs(input.queue);
    await takePointInTime(copy);
    await resumeBatchJobs(input.queue);
    resumed();

    await grade(copy);
    await mountTargets(copy);
    await backgroundCopy(copy);
    await startReports(copy.report.toReport().mounts.map(({ at }) => at));
    await retain(copy);
  });
}
