// What the janitor asks the Temporal server about runs and schedules. Works inside an activity only; reads, and changes nothing.
import { getClient } from '@temporalio/activity';
import { ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import type { Clock } from '../domain/clock.js';
import type { Report } from '../domain/report.js';
import { COMMANDS } from '../domain/timing.js';
import { FLASH_COPY, REPORT_QUERY } from '../workflows/messages.js';
import { chainStatus, firstRunOf } from './run-chain.js';
import type { RunReader, SeenSchedule } from './dependencies.js';

async function schedulesOfCopies(): Promise<SeenSchedule[]> {
  const { schedule } = getClient();
  const seen: SeenSchedule[] = [];
  for await (const { scheduleId, action } of schedule.list()) {
    if (action?.workflowType !== FLASH_COPY) continue;
    const { info } = await schedule.getHandle(scheduleId).describe();
    const running = info.runningActions.map(({ workflow }) => workflow.workflowId);
    seen.push({ id: scheduleId, skipped: info.numActionsSkippedOverlap, running });
  }
  return seen;
}

/** Two actions within one second have one workflow id: runs are told apart by their run ids. */
async function lastResultOf(scheduleId: string, except: string): Promise<unknown> {
  const { schedule, workflow } = getClient();
  const { info } = await schedule.getHandle(scheduleId).describe();
  for (const { action } of info.recentActions.toReversed()) {
    const { workflowId, firstExecutionRunId } = action.workflow;
    if (firstExecutionRunId === except) continue;
    const handle = workflow.getHandle(workflowId, firstExecutionRunId);
    const { status } = await handle.describe();
    if (status.name === 'COMPLETED') return handle.result();
  }
  return undefined;
}

/** What is gone, schedule or run, has no result. */
const orNothing = (error: unknown): undefined => {
  if (error instanceof WorkflowNotFoundError || error instanceof ScheduleNotFoundError)
    return undefined;
  throw error;
};

/** The clock bounds each query: it has to be the one gRPC goes by. */
export const temporalRuns = (clock: Clock): RunReader => ({
  async status(workflowId, firstRunId) {
    try {
      const { status, closeTime } = await chainStatus(workflowId, firstRunId);
      return {
        status: status.name,
        ...(closeTime === undefined ? {} : { closedAt: closeTime.getTime() }),
      };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { status: 'NOT_FOUND' };
      throw error;
    }
  },
  async open(type) {
    const runs = [];
    const query = `WorkflowType = "${type}" AND CloseTime IS NULL`;
    for await (const run of getClient().workflow.list({ query }))
      runs.push({ workflowId: run.workflowId, firstRunId: firstRunOf(run as never) });
    return runs;
  },
  async report(workflowId) {
    const client = getClient();
    const deadline = clock.now() + COMMANDS.reportQuery;
    const ask = (): Promise<Report> =>
      client.workflow.getHandle(workflowId).query<Report>(REPORT_QUERY);
    return client.withDeadline(deadline, ask).catch(() => undefined);
  },
  lastResult: (scheduleId, except) => lastResultOf(scheduleId, except).catch(orNothing),
  schedules: schedulesOfCopies,
});
