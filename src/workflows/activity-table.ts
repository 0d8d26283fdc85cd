// Queue, time-outs and retries of every activity: nothing can be scheduled that is not in this table. Pure; docs/timing.md is written from it.
// Promise kept here: what beats is given up after seconds, so a dead worker's step goes on at once on another one.
import type { ActivityName } from '../activities/contract.js';

export interface Retry {
  readonly maximumAttempts?: number;
  readonly maximumInterval?: '10s' | '1m' | '5m';
}

export interface ActivityLimits {
  readonly queue: 'copy' | 'urgent';
  /** Absent: it comes with the call, see domain/timing.ts. */
  readonly startToCloseTimeout?:
    '30s' | '1m' | '2m' | '5m' | '10m' | '20m' | '30m' | '2h' | '12h' | '365d';
  readonly heartbeatTimeout: '3s' | '4s' | '1m';
  readonly retry: Retry;
}

export const ONCE = { maximumAttempts: 1 } as const;
const TWICE = { maximumAttempts: 2 } as const;
/** Short outages of one session or host. */
const FEW = { maximumAttempts: 5, maximumInterval: '10s' } as const;
/** Minutes of an array or host that is away. */
const MANY = { maximumAttempts: 30, maximumInterval: '10s' } as const;
export const FOR_EVER = { maximumInterval: '10s' } as const;

/** With the second before the retry: a step goes on within 5 s of its worker's death. */
const STEP = '4s';
/** Sources stand still. */
const PAUSE = '3s';

export const ACTIVITIES: Readonly<Record<ActivityName, ActivityLimits>> = {
  flashCopyValidate: {
    queue: 'copy',
    startToCloseTimeout: '30s',
    heartbeatTimeout: STEP,
    retry: FEW,
  },
  // In a night's burst these wait for their turn at a ledger; they beat meanwhile.
  flashCopyLock: { queue: 'copy', startToCloseTimeout: '5m', heartbeatTimeout: STEP, retry: MANY },
  flashCopyUnlock: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: STEP,
    retry: FOR_EVER,
  },
  // While another run has the host it waits in retries, as flashCopyAwaitCopied does.
  flashCopyLockHost: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: STEP,
    retry: FOR_EVER,
  },
  flashCopyUnlockHost: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: STEP,
    retry: FOR_EVER,
  },
  flashCopyPlan: { queue: 'copy', startToCloseTimeout: '10m', heartbeatTimeout: STEP, retry: FEW },
  flashCopyEnsureGroup: {
    queue: 'copy',
    startToCloseTimeout: '30m',
    heartbeatTimeout: STEP,
    retry: FEW,
  },
  flashCopyMakePreparable: {
    queue: 'copy',
    startToCloseTimeout: '12h',
    heartbeatTimeout: STEP,
    retry: FEW,
  },
  flashCopyReleaseTarget: {
    queue: 'copy',
    startToCloseTimeout: '20m',
    heartbeatTimeout: STEP,
    retry: FEW,
  },
  flashCopyPreFlush: {
    queue: 'copy',
    startToCloseTimeout: '30m',
    heartbeatTimeout: STEP,
    retry: FEW,
  },
  flashCopyPrepareGroup: { queue: 'copy', heartbeatTimeout: STEP, retry: FEW },
  flashCopyUnprepareGroup: {
    queue: 'copy',
    startToCloseTimeout: '10m',
    heartbeatTimeout: STEP,
    retry: MANY,
  },
  flashCopyTakePointInTime: { queue: 'urgent', heartbeatTimeout: PAUSE, retry: ONCE },
  flashCopyTakeDown: { queue: 'urgent', heartbeatTimeout: PAUSE, retry: ONCE },
  flashCopyStartGroups: { queue: 'urgent', heartbeatTimeout: PAUSE, retry: ONCE },
  flashCopyGiveBack: {
    queue: 'urgent',
    startToCloseTimeout: '5m',
    heartbeatTimeout: PAUSE,
    retry: FOR_EVER,
  },
  // Once: whoever cannot be reached now is believed; the person waits for the answer.
  flashCopyReadSource: {
    queue: 'urgent',
    startToCloseTimeout: '1m',
    heartbeatTimeout: STEP,
    retry: ONCE,
  },
  flashCopyRecordResolved: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: STEP,
    retry: FOR_EVER,
  },
  flashCopyNotify: {
    queue: 'copy',
    startToCloseTimeout: '1m',
    heartbeatTimeout: STEP,
    retry: { maximumInterval: '1m' },
  },
  flashCopyMarkAfter: {
    queue: 'urgent',
    startToCloseTimeout: '1m',
    heartbeatTimeout: STEP,
    retry: FEW,
  },
  flashCopyFenceGroup: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: STEP,
    retry: MANY,
  },
  flashCopyReadGroup: {
    queue: 'copy',
    startToCloseTimeout: '1m',
    heartbeatTimeout: STEP,
    retry: MANY,
  },
  flashCopyMakeClones: {
    queue: 'copy',
    startToCloseTimeout: '30m',
    heartbeatTimeout: STEP,
    retry: FEW,
  },
  flashCopyPresent: {
    queue: 'copy',
    startToCloseTimeout: '10m',
    heartbeatTimeout: STEP,
    retry: FEW,
  },
  flashCopySynthesise: {
    queue: 'copy',
    startToCloseTimeout: '30m',
    heartbeatTimeout: STEP,
    retry: FEW,
  },
  flashCopyMount: { queue: 'copy', startToCloseTimeout: '12h', heartbeatTimeout: STEP, retry: FEW },
  flashCopyVerify: { queue: 'copy', startToCloseTimeout: '2h', heartbeatTimeout: STEP, retry: FEW },
  flashCopyWithdraw: {
    queue: 'copy',
    startToCloseTimeout: '20m',
    heartbeatTimeout: STEP,
    retry: MANY,
  },
  // Waits in retries, with nextRetryDelay: neither a slot nor history is used between two looks.
  flashCopyAwaitCopied: {
    queue: 'copy',
    startToCloseTimeout: '2m',
    heartbeatTimeout: STEP,
    retry: { maximumInterval: '5m' },
  },
  flashCopySetAutodelete: {
    queue: 'copy',
    startToCloseTimeout: '30m',
    heartbeatTimeout: STEP,
    retry: MANY,
  },
  flashCopyChangeRate: {
    queue: 'copy',
    startToCloseTimeout: '30m',
    heartbeatTimeout: STEP,
    retry: FEW,
  },
  flashCopyRemoveCreated: {
    queue: 'copy',
    startToCloseTimeout: '10m',
    heartbeatTimeout: STEP,
    retry: MANY,
  },
  // The janitor comes again in minutes: nothing of it is tried for long.
  flashCopyJanitorScope: {
    queue: 'copy',
    startToCloseTimeout: '30s',
    heartbeatTimeout: STEP,
    retry: FEW,
  },
  flashCopyTidyArray: {
    queue: 'copy',
    startToCloseTimeout: '10m',
    heartbeatTimeout: '1m',
    retry: TWICE,
  },
  flashCopyTidyHost: {
    queue: 'urgent',
    startToCloseTimeout: '10m',
    heartbeatTimeout: '1m',
    retry: TWICE,
  },
  flashCopyReviewRuns: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: '1m',
    retry: TWICE,
  },
  flashCopyAwaitClose: {
    queue: 'copy',
    startToCloseTimeout: '365d',
    heartbeatTimeout: '1m',
    retry: FOR_EVER,
  },
};
