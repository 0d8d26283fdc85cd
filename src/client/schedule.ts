// A copy again and again, as a Temporal Schedule: overlapping runs are skipped, and after an outage only copies at most two hours late are made up.
import {
  ScheduleAlreadyRunning,
  type Client,
  type ScheduleHandle,
  type ScheduleSpec,
} from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import { shown } from '../config/problem.js';
import type { FlashCopyRequestInput } from '../config/request-input.js';
import type { CheckedSchedule } from '../config/schedule.js';
import { FlashCopyError } from '../domain/errors.js';
import type { FlashCopyRequest } from '../domain/request.js';
import { FLASH_COPY, flashCopyWorkflowId, type FlashCopyInput } from '../workflows/messages.js';
import { grpcCode, serviceFailed } from './errors.js';
import { searchAttributesOf, withSearchAttributes } from './search-attributes.js';
import { staticDetailsOf, summaryOf } from './summary.js';

export interface CopySchedule {
  /** Id of the Temporal Schedule. */
  readonly id: string;
  /** What is copied each time. */
  readonly request: FlashCopyRequestInput;
  /** One of cron, calendars, every. E.g. '0 2 * * *'. */
  readonly cron?: string | readonly string[] | undefined;
  /** As Temporal Schedules have them. */
  readonly calendars?: ScheduleSpec['calendars'] | undefined;
  /** An interval, e.g. '6 h', from a second to a year. */
  readonly every?: Duration | undefined;
  /** IANA name, e.g. 'Europe/Berlin'; default UTC. */
  readonly timezone?: string | undefined;
  /** How late a missed copy may still be made, e.g. after an outage. Default '2 h'. */
  readonly catchupWindow?: Duration | undefined;
  /** While an earlier run goes on: leave this one out (default), or run it right afterwards. Runs are never ended by their successor. */
  readonly overlap?: 'SKIP' | 'BUFFER_ONE' | undefined;
  /** Each start is moved by a random part of this, so that hundreds of schedules do not start at once. */
  readonly jitter?: Duration | undefined;
  /** Created, but not started before somebody unpauses it. */
  readonly paused?: boolean | undefined;
}

/** Temporal's own handle: describe, trigger, backfill, pause, unpause, delete. */
export type CopyScheduleHandle = ScheduleHandle;

const CATCH_UP: Duration = '2 h';

const invalid = (message: string, cause: unknown): FlashCopyError =>
  new FlashCopyError({ family: 'request', code: 'INVALID_SCHEDULE', message, cause });

const specOf = ({ cron, calendars, every, timezone, jitter }: CheckedSchedule): ScheduleSpec => ({
  ...(cron === undefined ? {} : { cronExpressions: typeof cron === 'string' ? [cron] : cron }),
  // Their fields are the server's own: what it does not take comes back as INVALID_SCHEDULE.
  ...(calendars === undefined ? {} : { calendars: calendars }),
  ...(every === undefined ? {} : { intervals: [{ every }] }),
  ...(timezone === undefined ? {} : { timezone }),
  ...(jitter === undefined ? {} : { jitter }),
});

const INVALID_ARGUMENT = 3;

/** What the server, or the SDK on the way to it, does not take: cron expressions and calendars are its own language. */
function refusedSchedule(error: unknown, { id, cron, calendars }: CheckedSchedule): Error {
  if (error instanceof ScheduleAlreadyRunning)
    return new FlashCopyError({
      ...{ family: 'request', code: 'SCHEDULE_EXISTS', cause: error },
      message: `schedule ${id} exists already; delete it first or choose another id`,
    });
  const failed = serviceFailed(error, `schedule ${id}`);
  const ofSdk = error instanceof TypeError || error instanceof RangeError;
  if (!ofSdk && grpcCode(error) !== INVALID_ARGUMENT) return failed;
  const said = [
    cron === undefined ? [] : [`schedule.cron = ${shown(cron)}`],
    calendars === undefined ? [] : [`schedule.calendars = ${shown(calendars)}`],
  ].flat();
  return invalid([...said, failed.message].join(': '), error);
}

/** Creates the schedule; each run's workflow id is `flashcopy/<name>` and the time. */
export async function createCopySchedule(
  client: Client,
  schedule: CheckedSchedule,
  context: { parsed: FlashCopyRequest; searchAttributes: boolean; taskQueue: string },
): Promise<CopyScheduleHandle> {
  const { parsed, taskQueue } = context;
  const spec = specOf(schedule);
  const { overlap = 'SKIP', catchupWindow = CATCH_UP } = schedule;
  const create = (searchAttributes: boolean): Promise<CopyScheduleHandle> => {
    const input: FlashCopyInput = { request: schedule.request, searchAttributes };
    return client.schedule.create({
      scheduleId: schedule.id,
      spec,
      policies: { overlap, catchupWindow },
      action: {
        type: 'startWorkflow',
        workflowType: FLASH_COPY,
        workflowId: flashCopyWorkflowId(parsed.name),
        taskQueue,
        args: [input],
        staticSummary: summaryOf(parsed),
        staticDetails: staticDetailsOf(parsed),
        ...(searchAttributes ? { typedSearchAttributes: searchAttributesOf(parsed) } : {}),
      },
      ...(schedule.paused === true ? { state: { paused: true } } : {}),
    });
  };
  try {
    return await withSearchAttributes(context.searchAttributes, create);
  } catch (error) {
    throw refusedSchedule(error, schedule);
  }
}
