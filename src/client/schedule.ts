// A copy again and again, as a Temporal Schedule: overlapping runs are skipped, and after an outage only copies at most two hours late are made up.
import {
  ScheduleAlreadyRunning,
  type Client,
  type ScheduleHandle,
  type ScheduleSpec,
} from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import { FlashCopyError } from '../domain/errors.js';
import type { FlashCopyRequest } from '../domain/request.js';
import { FLASH_COPY, flashCopyWorkflowId, type FlashCopyInput } from '../workflows/messages.js';
import { serviceFailed } from './errors.js';
import { searchAttributesOf, withSearchAttributes } from './search-attributes.js';
import { staticDetailsOf, summaryOf } from './summary.js';

export interface CopySchedule {
  readonly id: string;
  readonly request: unknown;
  /** One of cron, calendars, every. */
  readonly cron?: string | readonly string[];
  readonly calendars?: ScheduleSpec['calendars'];
  /** An interval, e.g. '6 h'. */
  readonly every?: Duration;
  /** IANA name; default UTC. */
  readonly timezone?: string;
  /** How late a missed copy may still be made, e.g. after an outage. Default '2 h'. */
  readonly catchupWindow?: Duration;
  /** While an earlier run goes on: leave this one out (default), or run it right afterwards. Runs are never ended by their successor. */
  readonly overlap?: 'SKIP' | 'BUFFER_ONE';
  /** Each start is moved by a random part of this, so that hundreds of schedules do not start at once. */
  readonly jitter?: Duration;
  readonly paused?: boolean;
}

/** Temporal's own handle: describe, trigger, backfill, pause, unpause, delete. */
export type CopyScheduleHandle = ScheduleHandle;

const CATCH_UP: Duration = '2 h';

function invalid(message: string): FlashCopyError {
  return new FlashCopyError({
    family: 'request',
    code: 'INVALID_SCHEDULE',
    message: `schedule: INVALID_SCHEDULE; ${message}`,
  });
}

function specOf(schedule: CopySchedule): ScheduleSpec {
  const given = [schedule.cron, schedule.calendars, schedule.every].filter((v) => v !== undefined);
  if (given.length !== 1) throw invalid('give exactly one of cron, calendars, every');
  const { cron, calendars, every, timezone, jitter } = schedule;
  return {
    ...(cron === undefined
      ? {}
      : { cronExpressions: typeof cron === 'string' ? [cron] : [...cron] }),
    ...(calendars === undefined ? {} : { calendars }),
    ...(every === undefined ? {} : { intervals: [{ every }] }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(jitter === undefined ? {} : { jitter }),
  };
}

function overlapOf(schedule: CopySchedule): 'SKIP' | 'BUFFER_ONE' {
  const overlap: string = schedule.overlap ?? 'SKIP';
  if (overlap === 'SKIP' || overlap === 'BUFFER_ONE') return overlap;
  throw invalid(
    `overlap = ${JSON.stringify(overlap)} would end or double a running copy; use SKIP or BUFFER_ONE`,
  );
}

/** Creates the schedule; each run's workflow id is `flashcopy/<name>` and the time. */
export async function createCopySchedule(
  client: Client,
  schedule: CopySchedule,
  context: { parsed: FlashCopyRequest; searchAttributes: boolean; taskQueue: string },
): Promise<CopyScheduleHandle> {
  const { parsed, taskQueue } = context;
  const spec = specOf(schedule);
  const overlap = overlapOf(schedule);
  const create = (searchAttributes: boolean): Promise<CopyScheduleHandle> => {
    const input: FlashCopyInput = { request: schedule.request, searchAttributes };
    return client.schedule.create({
      scheduleId: schedule.id,
      spec,
      policies: { overlap, catchupWindow: schedule.catchupWindow ?? CATCH_UP },
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
    if (!(error instanceof ScheduleAlreadyRunning))
      throw serviceFailed(error, `schedule ${schedule.id}`);
    throw new FlashCopyError({
      family: 'request',
      code: 'SCHEDULE_EXISTS',
      message: `schedule ${schedule.id} exists already; delete it first or choose another id`,
      cause: error,
    });
  }
}
