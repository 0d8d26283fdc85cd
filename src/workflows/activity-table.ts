// Queue, time-outs and retries of every activity: nothing can be scheduled that is not in this table. Pure; docs/timing.md is written from it.
// Promise kept here: what beats is given up after seconds, so a dead worker's step goes on at once on another one.
import type { ActivityName } from '../activities/contract.js';
import { WAITS } from '../domain/timing.js';

export interface Retry {
  readonly maximumAttempts?: 1;
  readonly maximumInterval?: '10s' | '1m' | '5m';
}

/**
 * Trouble that is waited out. `within`: as the request says, before the point in time. `hours`: after
 * it and in every undo; a person is called after minutes. `endless`: likewise, without an end.
 * `minute`: what comes again by itself. Absent: one attempt, or somebody else who calls.
 */
export type PatienceName = 'within' | 'hours' | 'endless' | 'minute';

export interface ActivityLimits {
  readonly queue: 'copy' | 'urgent';
  /** Absent: it comes with the call, see domain/timing.ts. */
  readonly startToCloseTimeout?: '30s' | '1m' | '2m' | '5m' | '10m' | '20m' | '30m' | '2h' | '12h';
  /** ms in a queue after which it never begins. Only where nothing is repeated: then it is known not to have begun. */
  readonly scheduleToStartTimeout?: number;
  /** Absent for what is one short call. */
  readonly heartbeatTimeout?: '3s' | '4s' | '1m';
  readonly retry: Retry;
  readonly patience?: PatienceName;
}

/** Attempts are never counted but here: what stands still is given back, not tried again. */
export const ONCE = { retry: { maximumAttempts: 1 } } as const;
const NO_END = { retry: { maximumInterval: '10s' } } as const;
export const ENDLESS = { ...NO_END, patience: 'endless' } as const;
const WITHIN = { ...NO_END, patience: 'within' } as const;
const HOURS = { ...NO_END, patience: 'hours' } as const;
const MINUTE = { ...NO_END, patience: 'minute' } as const;

/** With the second before the retry: a step goes on within 5 s of its worker's death. */
const STEP = '4s';
/** Sources stand still. */
const PAUSE = '3s';

/** What makes sources stand still is not begun long after it was asked for: its guard would have given back, and forgotten it, before. */
const PAUSING = {
  queue: 'urgent',
  scheduleToStartTimeout: WAITS.inQueue,
  heartbeatTimeout: PAUSE,
  ...ONCE,
} as const;

export const ACTIVITIES: Readonly<Record<ActivityName, ActivityLimits>> = {
  flashCopyValidate: {
    queue: 'copy',
    startToCloseTimeout: '30s',
    heartbeatTimeout: STEP,
    ...WITHIN,
  },
  flashCopyReadSystem: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: STEP,
    ...WITHIN,
  },
  // In a night's burst these wait for their turn at a ledger; they beat meanwhile.
  flashCopyLock: { queue: 'copy', startToCloseTimeout: '5m', heartbeatTimeout: STEP, ...WITHIN },
  flashCopyUnlock: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: STEP,
    ...ENDLESS,
  },
  // While another run has the host it waits in retries, as flashCopyAwaitCopied does.
  flashCopyLockHost: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: STEP,
    ...ENDLESS,
  },
  flashCopyUnlockHost: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: STEP,
    ...ENDLESS,
  },
  flashCopyPlan: { queue: 'copy', startToCloseTimeout: '10m', heartbeatTimeout: STEP, ...WITHIN },
  flashCopyEnsureGroup: {
    queue: 'copy',
    startToCloseTimeout: '30m',
    heartbeatTimeout: STEP,
    ...WITHIN,
  },
  flashCopyMakePreparable: {
    queue: 'copy',
    startToCloseTimeout: '12h',
    heartbeatTimeout: STEP,
    ...WITHIN,
  },
  flashCopyReleaseTarget: {
    queue: 'copy',
    startToCloseTimeout: '20m',
    heartbeatTimeout: STEP,
    ...WITHIN,
  },
  flashCopyPreFlush: {
    queue: 'copy',
    startToCloseTimeout: '30m',
    heartbeatTimeout: STEP,
    ...WITHIN,
  },
  flashCopyPrepareGroup: { queue: 'copy', heartbeatTimeout: STEP, ...WITHIN },
  flashCopyUnprepareGroup: {
    queue: 'copy',
    startToCloseTimeout: '10m',
    heartbeatTimeout: STEP,
    ...HOURS,
  },
  flashCopyTakePointInTime: PAUSING,
  flashCopyTakeDown: PAUSING,
  flashCopyStartGroups: PAUSING,
  flashCopyGiveBack: {
    queue: 'urgent',
    startToCloseTimeout: '5m',
    heartbeatTimeout: PAUSE,
    ...NO_END,
  },
  // Once: whoever cannot be reached now is believed; the person waits for the answer.
  flashCopyReadSource: {
    queue: 'urgent',
    startToCloseTimeout: '1m',
    heartbeatTimeout: STEP,
    ...ONCE,
  },
  flashCopyRecordResolved: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: STEP,
    ...ENDLESS,
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
    ...MINUTE,
  },
  flashCopyFenceGroup: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: STEP,
    ...HOURS,
  },
  flashCopyReadGroup: {
    queue: 'copy',
    startToCloseTimeout: '1m',
    heartbeatTimeout: STEP,
    ...HOURS,
  },
  flashCopyMakeClones: {
    queue: 'copy',
    startToCloseTimeout: '30m',
    heartbeatTimeout: STEP,
    ...HOURS,
  },
  flashCopyPresent: {
    queue: 'copy',
    startToCloseTimeout: '10m',
    heartbeatTimeout: STEP,
    ...HOURS,
  },
  flashCopySynthesise: {
    queue: 'copy',
    startToCloseTimeout: '30m',
    heartbeatTimeout: STEP,
    ...HOURS,
  },
  flashCopyMount: { queue: 'copy', startToCloseTimeout: '12h', heartbeatTimeout: STEP, ...HOURS },
  flashCopyVerify: { queue: 'copy', startToCloseTimeout: '2h', heartbeatTimeout: STEP, ...HOURS },
  flashCopyWithdraw: {
    queue: 'copy',
    startToCloseTimeout: '20m',
    heartbeatTimeout: STEP,
    ...HOURS,
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
    ...HOURS,
  },
  flashCopyChangeRate: {
    queue: 'copy',
    startToCloseTimeout: '30m',
    heartbeatTimeout: STEP,
    ...MINUTE,
  },
  flashCopyRemoveCreated: {
    queue: 'copy',
    startToCloseTimeout: '10m',
    heartbeatTimeout: STEP,
    ...HOURS,
  },
  // The janitor comes again in minutes: nothing of it is tried for long.
  flashCopyJanitorScope: {
    queue: 'copy',
    startToCloseTimeout: '30s',
    heartbeatTimeout: STEP,
    ...MINUTE,
  },
  flashCopyTidyArray: {
    queue: 'copy',
    startToCloseTimeout: '10m',
    heartbeatTimeout: '1m',
    ...MINUTE,
  },
  flashCopyTidyHost: {
    queue: 'urgent',
    startToCloseTimeout: '10m',
    heartbeatTimeout: '1m',
    ...MINUTE,
  },
  flashCopyReviewRuns: {
    queue: 'copy',
    startToCloseTimeout: '5m',
    heartbeatTimeout: '1m',
    ...MINUTE,
  },
  // Waits in retries too: a guard whose copy goes on holds no slot. One call, so nothing beats: two
  // calls to the server a minute for each open copy, this one and its answer.
  flashCopyAwaitClose: { queue: 'copy', startToCloseTimeout: '30s', ...NO_END },
};
