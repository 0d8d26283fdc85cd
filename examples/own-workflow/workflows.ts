// Two workflows of your own. The usual need: steps around the copy, with an undo for each, in an
// order that is the library's. And the same blocks one by one, for a procedure that is really yours.
// In your project import from 'temporal-flashcopy/workflows'.
import { proxyActivities } from '@temporalio/workflow';
import {
  backgroundCopy,
  defineFlashCopy,
  ensure,
  grade,
  inAttempts,
  lock,
  makeClones,
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

export interface BetweenBatches {
  readonly request: unknown;
  readonly queue: string;
}

/** Batch jobs are paused before the copy, go on after it whatever happens, and reports start on the good copy. */
export const copyBetweenBatches = defineFlashCopy<BetweenBatches>({
  beforePause: {
    run: ({ input }) => pauseBatchJobs(input.queue),
    // Registered before the step, carried out after the give back: unknown counts as done.
    undo: ({ input }) => resumeBatchJobs(input.queue),
  },
  afterGiveBack: ({ input }) => resumeBatchJobs(input.queue),
  onMounted: ({ report }) => startReports(report.mounts.map(({ at }) => at)),
});

/** Every block in its place: out of it, it fails with STEP_ORDER before it touches anything. */
export async function copyBlockByBlock(input: { readonly request: unknown }) {
  return runCopy({ searchAttributes: false }, async (copy) => {
    await validate(copy, input.request);
    await lock(copy); // starts the guard first
    await plan(copy);

    await ensure(copy);
    await releaseTargets(copy); // before anything takes the targets offline
    await makePreparable(copy);
    // Again from here, when it fails without harm.
    await inAttempts(copy, async () => {
      await preFlush(copy);
      await prepare(copy);
      await takePointInTime(copy); // gives back, whatever happens in it
    });

    await grade(copy);
    await makeClones(copy);
    await mountTargets(copy);
    await backgroundCopy(copy);
    await retain(copy); // left out, the run does not end as a good copy
  });
}
