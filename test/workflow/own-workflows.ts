// Workflows as users write them, for own-workflow.test.ts: steps around a copy, and blocks in the wrong order.
import { proxyActivities } from '@temporalio/workflow';
import {
  backgroundCopy,
  defineFlashCopy,
  ensure,
  grade,
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
  type CopyRun,
  type HookContext,
} from '../../src/workflows/index.js';

export * from '../../src/workflows/index.js';

export interface OwnActivities {
  ownStep(name: string): Promise<void>;
}

const { ownStep } = proxyActivities<OwnActivities>({
  startToCloseTimeout: '1m',
  heartbeatTimeout: '5s',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { maximumAttempts: 1 },
});

const step = (name: string) => ({
  run: () => ownStep(name),
  undo: () => ownStep(`undo ${name}`),
});

export const withSteps = defineFlashCopy<{ readonly request: unknown; readonly fails?: string }>({
  beforePause: step('beforePause'),
  inPause: step('inPause'),
  afterGiveBack: step('afterGiveBack'),
  onMounted: async ({ input, report }) => {
    await ownStep(`onMounted ${report.grade ?? ''}`);
    if (input.fails !== undefined) throw new Error(input.fails);
  },
  onFailed: ({ report }: HookContext<unknown>) => ownStep(`onFailed ${report.outcome}`),
});

export const withoutPauseStep = defineFlashCopy({
  beforePause: step('beforePause'),
  afterGiveBack: () => ownStep('afterGiveBack'),
});

type Blocks = Readonly<Record<string, (copy: CopyRun) => Promise<void>>>;
const BLOCKS: Blocks = {
  ...{ validate: (copy) => validate(copy, {}), lock, plan, ensure, releaseTargets },
  ...{ makePreparable, preFlush, prepare, takePointInTime, grade, makeClones, mountTargets },
  ...{ backgroundCopy, retain },
};

/** The named blocks, one after the other. */
export async function inThisOrder({ blocks }: { readonly blocks: readonly string[] }) {
  return runCopy({}, async (copy) => {
    for (const name of blocks) await BLOCKS[name]!(copy);
  });
}
