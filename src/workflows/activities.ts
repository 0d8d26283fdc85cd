// Every activity as workflow code calls it, with the queue, time-outs and retries of activity-table.ts.
// Promise kept here: each call names WAIT_CANCELLATION_COMPLETED, so no undo runs beside the step it undoes (unset means TRY_CANCEL).
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ActivityName, FlashCopyActivities } from '../activities/contract.js';
import { cutText } from '../domain/cut.js';
import {
  CALL_AFTER_MS,
  HOURS_MS,
  MINUTE_MS,
  WITHIN_MS,
  type Patience,
} from '../domain/patience.js';
import { ACTIVITIES, ENDLESS, type ActivityLimits, type PatienceName } from './activity-table.js';
import { urgentQueue } from './messages.js';

/** A server keeps 400 of the encoded line. */
const SUMMARY_BYTES = 300;

type Order<K extends ActivityName> = Parameters<FlashCopyActivities[K]>[0];
type Answer<K extends ActivityName> = Awaited<ReturnType<FlashCopyActivities[K]>>;
/** `summary` is the line people see in the Temporal UI; `withinMs` (of one attempt) and `retryForEver` replace the table's. */
export interface Call {
  readonly summary: string;
  readonly withinMs?: number;
  readonly retryForEver?: true;
  /** Trouble that is waited out before the point in time: `withinMs` of the request. */
  readonly troubleMs?: number;
  /** Never fails: whatever goes wrong, it is tried again, and history hears nothing of it. */
  readonly insists?: true;
}

const patienceOf = (name: PatienceName | undefined, { troubleMs }: Call): Patience | undefined => {
  switch (name) {
    case 'within':
      return { ms: troubleMs ?? WITHIN_MS };
    case 'hours':
      return { ms: HOURS_MS, callAfterMs: CALL_AFTER_MS };
    case 'endless':
      return { callAfterMs: CALL_AFTER_MS };
    case 'minute':
      return { ms: MINUTE_MS };
    case undefined:
      return undefined;
  }
};

/** Schedules one activity. Fails with ActivityFailure, whose cause carries ErrorData; see `failure.ts`. */
export function perform<K extends ActivityName>(
  name: K,
  call: Call,
  order: Order<K>,
): Promise<Answer<K>> {
  const {
    queue,
    patience: named,
    ...options
  }: ActivityLimits = {
    ...ACTIVITIES[name],
    ...(call.retryForEver === undefined ? {} : ENDLESS),
  };
  const { taskQueue } = workflowInfo();
  const activities = proxyActivities<
    Record<K, (order: Order<K>, patience?: Patience) => Promise<Answer<K>>>
  >({
    ...options,
    ...(call.withinMs === undefined ? {} : { startToCloseTimeout: call.withinMs }),
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    taskQueue: queue === 'urgent' ? urgentQueue(taskQueue) : taskQueue,
    summary: cutText(call.summary, SUMMARY_BYTES),
  });
  const patient = patienceOf(named, call);
  const patience = call.insists === undefined ? patient : { ...patient, insists: call.insists };
  const run = activities[name] as (order: Order<K>, patience?: Patience) => Promise<Answer<K>>;
  return patience === undefined ? run(order) : run(order, patience);
}
