// Every activity as workflow code calls it, with its queue, time-outs and retries in one table: nothing can be scheduled that is not in it.
// Promise kept here: each call names WAIT_CANCELLATION_COMPLETED, so no undo runs beside the step it undoes (unset means TRY_CANCEL).
import { proxyActivities, workflowInfo, type ActivityOptions } from '@temporalio/workflow';
import type { ActivityName, FlashCopyActivities } from '../activities/contract.js';
import { urgentQueue } from './messages.js';

type Order<K extends ActivityName> = Parameters<FlashCopyActivities[K]>[0];
type Answer<K extends ActivityName> = Awaited<ReturnType<FlashCopyActivities[K]>>;
type Options = Pick<ActivityOptions, 'startToCloseTimeout' | 'heartbeatTimeout' | 'retry'>;
type Queue = 'copy' | 'urgent';

const ONCE = { maximumAttempts: 1 };
const TWICE = { maximumAttempts: 2 };
/** Short outages of one session or host. */
const FEW = { maximumAttempts: 5, maximumInterval: '10s' } as const;
/** Minutes of an array or host that is away. */
const MANY = { maximumAttempts: 30, maximumInterval: '10s' } as const;
const FOR_EVER = { maximumInterval: '10s' } as const;

const TABLE: Readonly<Record<ActivityName, readonly [Queue, Options]>> = {
  flashCopyValidate: ['copy', { startToCloseTimeout: '30s', retry: FEW }],
  flashCopyLock: ['copy', { startToCloseTimeout: '30s', retry: MANY }],
  flashCopyUnlock: ['copy', { startToCloseTimeout: '30s', retry: FOR_EVER }],
  flashCopyPlan: ['copy', { startToCloseTimeout: '10m', retry: FEW }],
  flashCopyEnsureGroup: ['copy', { startToCloseTimeout: '30m', retry: FEW }],
  flashCopyMakePreparable: ['copy', { startToCloseTimeout: '12h', heartbeatTimeout: '1m', retry: FEW }],
  flashCopyReleaseTarget: ['copy', { startToCloseTimeout: '10m', retry: FEW }],
  flashCopyPreFlush: ['copy', { startToCloseTimeout: '30m', retry: FEW }],
  // startToCloseTimeout comes with the call: it follows maxPrepared.
  flashCopyPrepareGroup: ['copy', { heartbeatTimeout: '1m', retry: FEW }],
  flashCopyUnprepareGroup: ['copy', { startToCloseTimeout: '10m', retry: MANY }],
  // The next two come with the call: they stay below the holder's deadline.
  flashCopyTakePointInTime: ['urgent', { heartbeatTimeout: '3s', retry: ONCE }],
  flashCopyTakeDown: ['urgent', { retry: ONCE }],
  flashCopyStartGroups: ['urgent', { startToCloseTimeout: '1m', retry: ONCE }],
  flashCopyGiveBack: ['urgent', { startToCloseTimeout: '5m', heartbeatTimeout: '10s', retry: FOR_EVER }],
  // Once: whoever cannot be reached now is believed; the person waits for the answer.
  flashCopyReadSource: ['urgent', { startToCloseTimeout: '1m', retry: ONCE }],
  flashCopyRecordResolved: ['copy', { startToCloseTimeout: '30s', retry: FOR_EVER }],
  flashCopyNotify: ['copy', { startToCloseTimeout: '1m', retry: { maximumInterval: '1m' } }],
  flashCopyMarkAfter: ['urgent', { startToCloseTimeout: '30s', retry: FEW }],
  flashCopyFenceGroup: ['copy', { startToCloseTimeout: '1m', retry: MANY }],
  flashCopyReadGroup: ['copy', { startToCloseTimeout: '1m', retry: MANY }],
  flashCopyMakeClones: ['copy', { startToCloseTimeout: '30m', retry: FEW }],
  flashCopyPresent: ['copy', { startToCloseTimeout: '10m', retry: FEW }],
  flashCopySynthesise: ['copy', { startToCloseTimeout: '30m', retry: FEW }],
  flashCopyMount: ['copy', { startToCloseTimeout: '10m', retry: FEW }],
  flashCopyVerify: ['copy', { startToCloseTimeout: '2h', retry: FEW }],
  flashCopyWithdraw: ['copy', { startToCloseTimeout: '10m', retry: MANY }],
  // Waits in retries, with nextRetryDelay: neither a slot nor history is used between two looks.
  flashCopyAwaitCopied: ['copy', { startToCloseTimeout: '2m', retry: { maximumInterval: '5m' } }],
  flashCopySetAutodelete: ['copy', { startToCloseTimeout: '30m', heartbeatTimeout: '1m', retry: MANY }],
  flashCopyChangeRate: ['copy', { startToCloseTimeout: '30m', heartbeatTimeout: '1m', retry: FEW }],
  flashCopyRemoveCreated: ['copy', { startToCloseTimeout: '10m', retry: MANY }],
  // The janitor comes again in minutes: nothing of it is tried for long.
  flashCopyJanitorScope: ['copy', { startToCloseTimeout: '30s', retry: FEW }],
  flashCopyTidyArray: ['copy', { startToCloseTimeout: '10m', heartbeatTimeout: '1m', retry: TWICE }],
  flashCopyTidyHost: ['urgent', { startToCloseTimeout: '10m', heartbeatTimeout: '1m', retry: TWICE }],
  flashCopyReviewRuns: ['copy', { startToCloseTimeout: '5m', heartbeatTimeout: '1m', retry: TWICE }],
  flashCopyAwaitClose: ['copy', { startToCloseTimeout: '365d', heartbeatTimeout: '1m', retry: FOR_EVER }],
};

/** `summary` is the line people see in the Temporal UI; `within` and `retry` replace the table's. */
export interface Call {
  readonly summary: string;
  readonly withinMs?: number;
  readonly retryForEver?: true;
}

/** Schedules one activity. Fails with ActivityFailure, whose cause carries ErrorData; see `failure.ts`. */
export function perform<K extends ActivityName>(name: K, call: Call, order: Order<K>): Promise<Answer<K>> {
  const [queue, options] = TABLE[name];
  const { taskQueue } = workflowInfo();
  const activities = proxyActivities<Record<K, (order: Order<K>) => Promise<Answer<K>>>>({
    ...options,
    ...(call.withinMs === undefined ? {} : { startToCloseTimeout: call.withinMs }),
    ...(call.retryForEver === undefined ? {} : { retry: FOR_EVER }),
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    taskQueue: queue === 'urgent' ? urgentQueue(taskQueue) : taskQueue,
    summary: call.summary,
  });
  return (activities[name] as (order: Order<K>) => Promise<Answer<K>>)(order);
}
