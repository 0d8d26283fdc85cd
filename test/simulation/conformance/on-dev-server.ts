// The same scenario on a real Temporal server, with a real worker. Scenarios may run side by side: each has ids of its own.
import { setTimeout as sleepFor } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { eventName } from '../driver/sdk-vm.js';
import { createConformanceActivities } from './activities.js';
import type { Ended, Seen } from './seen.js';
import type { Scenario, Stimulus } from './script.js';
import { describeError } from './workflows.js';

export const TASK_QUEUE = 'conformance';

export const createConformanceWorker = (
  env: TestWorkflowEnvironment,
  code: string,
): Promise<Worker> =>
  Worker.create({
    ...{ connection: env.nativeConnection, taskQueue: TASK_QUEUE, workflowBundle: { code } },
    activities: createConformanceActivities((ms, signal) =>
      sleepFor(ms, undefined, signal === undefined ? {} : { signal }).then(
        () => undefined,
        (error: unknown) => {
          throw signal?.aborted === true ? (signal.reason as Error) : (error as Error);
        },
      ),
    ),
    maxHeartbeatThrottleInterval: 200,
    defaultHeartbeatThrottleInterval: 200,
  });

const RUNNING_MS = 40_000;

export async function playOnDevServer(
  env: TestWorkflowEnvironment,
  scenario: Scenario,
  id: string,
): Promise<Seen> {
  const { workflow } = env.client;
  const handle = await workflow.start('scripted', {
    ...{ workflowId: id, taskQueue: TASK_QUEUE, args: [id, scenario.script] },
    ...(scenario.runTimeoutMs === undefined ? {} : { workflowRunTimeout: scenario.runTimeoutMs }),
  });
  await begun(handle);
  const began = process.hrtime.bigint();
  const answers: string[] = [];
  const asked: Promise<unknown>[] = [];
  const resets: string[] = [];
  for (const stimulus of scenario.then ?? []) {
    const passed = Number((process.hrtime.bigint() - began) / 1_000_000n);
    await sleepFor(Math.max(0, stimulus.at - passed));
    const of = workflow.getHandle(`${id}${'child' in stimulus ? (stimulus.child ?? '') : ''}`);
    if (stimulus.do === 'reset') resets.push(await reset(env, id, stimulus.tasks));
    else asked.push(stimulate(of, stimulus, answers));
  }
  await Promise.all(asked);
  for (const run of [undefined, ...resets])
    await workflow
      .getHandle(id, run)
      .result()
      .catch(() => undefined);
  const runs: Ended[] = [];
  for (const [workflowId, runId] of await runsOf(env, [firstRunOf(handle), ...resets], id))
    runs.push(await endOf(workflow.getHandle(workflowId, runId), id));
  return { runs, answers };
}

/** A busy machine may begin late: what comes from outside is counted from the end of the first task. */
async function begun(handle: WorkflowHandle): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if ((await handle.describe()).historyLength >= 4) return;
    await sleepFor(25);
  }
}

const firstRunOf = (handle: WorkflowHandle): string =>
  (handle as unknown as { firstExecutionRunId: string }).firstExecutionRunId;

/** Of the newest run, to before its next finished task. Answers the new run. */
async function reset(env: TestWorkflowEnvironment, id: string, tasks: number): Promise<string> {
  const { events } = await env.client.workflow.getHandle(id).fetchHistory();
  const ended = (events ?? []).filter(
    (event) => event.workflowTaskCompletedEventAttributes != null,
  );
  const { runId } = await env.client.workflowService.resetWorkflowExecution({
    ...{ namespace: 'default', requestId: `${id}-reset`, reason: 'as scripted' },
    workflowExecution: { workflowId: id },
    workflowTaskFinishEventId: ended[tasks]!.eventId!,
  });
  return runId;
}

async function stimulate(
  of: WorkflowHandle,
  stimulus: Exclude<Stimulus, { do: 'reset' }>,
  answers: string[],
): Promise<void> {
  if (stimulus.do === 'signal') await of.signal('tell', stimulus.text);
  else if (stimulus.do === 'cancel') await of.cancel();
  else if (stimulus.do === 'terminate') await of.terminate();
  else
    answers.push(
      await of
        .executeUpdate<string, [string]>('ask', { args: [stimulus.text] })
        .catch(() => 'no answer'),
    );
}

/** Every run that this scenario began, read from histories: visibility lags behind. */
async function runsOf(
  env: TestWorkflowEnvironment,
  begun: readonly string[],
  id: string,
): Promise<[string, string][]> {
  const found: [string, string][] = [];
  const queue = begun.map((run): [string, string] => [id, run]);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (found.some(([, run]) => run === next[1])) continue;
    found.push(next);
    const { events } = await env.client.workflow.getHandle(...next).fetchHistory();
    for (const event of events ?? []) {
      const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
      if (child != null) queue.push([child.workflowId ?? '', child.runId ?? '']);
      const newRun = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
      if (newRun != null && newRun !== '') queue.push([next[0], newRun]);
    }
  }
  return found;
}

async function endOf(of: WorkflowHandle, id: string): Promise<Ended> {
  let result: readonly string[] = [];
  let failure = '';
  try {
    result = (await Promise.race([
      resultOf(of),
      sleepFor(RUNNING_MS, ['still running']),
    ])) as readonly string[];
  } catch (error) {
    failure = error instanceof WorkflowFailedError ? describeError(error.cause) : String(error);
  }
  const { events } = await of.fetchHistory();
  const status = (await of.describe()).status.name;
  const named = (events ?? []).map(({ eventType }) => eventName(Number(eventType)));
  return {
    id: of.workflowId.replace(id, 'w'),
    status,
    result: status === 'COMPLETED' ? result : [],
    failure: status === 'FAILED' ? failure : '',
    events: named.filter((name) => !/^WorkflowTask|^ActivityTaskStarted/.test(name)),
  };
}

const resultOf = (of: WorkflowHandle): Promise<unknown> => of.result();
