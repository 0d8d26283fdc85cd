// Every activity as workflow code calls it, with the queue, time-outs and retries of activity-table.ts.
// Promise kept here: each call names WAIT_CANCELLATION_COMPLETED, so no undo runs beside the step it undoes (unset means TRY_CANCEL).
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ActivityName, FlashCopyActivities } from '../activities/contract.js';
import { cutText } from '../domain/cut.js';
import { ACTIVITIES, FOR_EVER, type ActivityLimits } from './activity-table.js';
import { urgentQueue } from './messages.js';

/** A server keeps 400 of the encoded line. */
const SUMMARY_BYTES = 300;

type Order<K extends ActivityName> = Parameters<FlashCopyActivities[K]>[0];
type Answer<K extends ActivityName> = Awaited<ReturnType<FlashCopyActivities[K]>>;
/** `summary` is the line people see in the Temporal UI; `within` and `retry` replace the table's. */
export interface Call {
  readonly summary: string;
  readonly withinMs?: number;
  readonly retryForEver?: true;
}

/** Schedules one activity. Fails with ActivityFailure, whose cause carries ErrorData; see `failure.ts`. */
export function perform<K extends ActivityName>(
  name: K,
  call: Call,
  order: Order<K>,
): Promise<Answer<K>> {
  const { queue, ...options }: ActivityLimits = ACTIVITIES[name];
  const { taskQueue } = workflowInfo();
  const activities = proxyActivities<Record<K, (order: Order<K>) => Promise<Answer<K>>>>({
    ...options,
    ...(call.withinMs === undefined ? {} : { startToCloseTimeout: call.withinMs }),
    ...(call.retryForEver === undefined ? {} : { retry: FOR_EVER }),
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    taskQueue: queue === 'urgent' ? urgentQueue(taskQueue) : taskQueue,
    summary: cutText(call.summary, SUMMARY_BYTES),
  });
  return (activities[name] as (order: Order<K>) => Promise<Answer<K>>)(order);
}
