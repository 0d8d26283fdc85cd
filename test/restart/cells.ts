// Where copies are caught: every step of the procedure, both methods, before and after its effect, and while the start is on its way.
import { STEPS, type StepName } from '../../src/domain/steps.js';
import type { ActivityName } from '../../src/activities/contract.js';
import type { Method } from './copies.js';

export interface Cell {
  readonly method: Method;
  readonly step: StepName;
  readonly at: string;
  readonly when: 'before' | 'after';
}

/** The activities of each step, by method. */
const AT: Readonly<
  Record<StepName, Readonly<Record<Method, readonly (ActivityName | 'startPrepared')[]>>>
> = {
  validate: both('flashCopyValidate'),
  lock: both('flashCopyLock'),
  plan: both('flashCopyPlan'),
  ensure: both('flashCopyEnsureGroup'),
  releaseTargets: both('flashCopyReleaseTarget'),
  // Called only where an earlier copy still runs; here none does.
  makePreparable: { quiesce: [], unmount: [] },
  preFlush: both('flashCopyPreFlush'),
  prepare: both('flashCopyPrepareGroup'),
  takePointInTime: {
    quiesce: ['flashCopyTakePointInTime', 'startPrepared'],
    unmount: ['flashCopyTakeDown', 'flashCopyStartGroups', 'startPrepared'],
  },
  giveBack: {
    quiesce: ['flashCopyMarkAfter'],
    unmount: ['flashCopyGiveBack', 'flashCopyMarkAfter'],
  },
  grade: both('flashCopyReadGroup'),
  present: both('flashCopyLockHost', 'flashCopyPresent'),
  synthesise: both('flashCopySynthesise', 'flashCopyUnlockHost'),
  mount: both('flashCopyMount'),
  verify: both('flashCopyVerify'),
  backgroundCopy: both('flashCopyAwaitCopied'),
  retain: both('flashCopyUnlock'),
};

function both(...names: ActivityName[]): Readonly<Record<Method, readonly ActivityName[]>> {
  return { quiesce: names, unmount: names };
}

export const CELLS: readonly Cell[] = (['quiesce', 'unmount'] as const).flatMap((method) =>
  STEPS.flatMap((step) =>
    AT[step][method].flatMap((at) =>
      (at === 'startPrepared' ? (['before'] as const) : (['before', 'after'] as const)).map(
        (when) => ({
          ...{ method, step, at, when },
        }),
      ),
    ),
  ),
);
