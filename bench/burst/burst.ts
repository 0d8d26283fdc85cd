// Many copies started within a moment, as a night's schedules are: one dev server, one worker of the product, one model array, all volumes different.
// Answers what became of each, how long each waited for its lock, and what the server refused.
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { freePorts } from '../../lab/ports.js';
import { tool } from '../../lab/tools.js';
import { FlashCopyClient } from '../../src/client/index.js';
import { parseInventory } from '../../src/config/inventory.js';
import type { Report } from '../../src/domain/report.js';
import { createFlashCopyWorkers } from '../../src/worker/index.js';
import { ledgerWorkflowId } from '../../src/workflows/messages.js';

export interface Burst {
  readonly copies: number;
  /** Code of the failure -> how many. */
  readonly failed: Readonly<Record<string, number>>;
  /** Of each copy that had its lock, ms from the first start of all: sorted. */
  readonly lockedAfterMs: readonly number[];
  readonly startedWithinMs: number;
  readonly endedAfterMs: number;
  /** Attempts of `flashCopyLock` and `flashCopyUnlock` beyond the first of each. */
  readonly repeats: Readonly<Record<string, number>>;
  /** What the server refused of all calls, by call and status, as the SDK counts it; calls that it repeats by itself are in it. */
  readonly refused: Readonly<Record<string, number>>;
  /** Events of each run of the ledger, the oldest first. */
  readonly ledgerEvents: readonly number[];
}

const ARRAY = 'svc1';
const SIZE = 2 ** 20;
const TASK_QUEUE = 'burst';

function inventoryOf(copies: number) {
  // Targets are made by the copies: nothing to confirm.
  const volumes = Array.from({ length: copies }, (_, at) => ({ name: `db${at}`, size: SIZE }));
  return parseInventory(
    { arrays: { [ARRAY]: { kind: 'model', speed: 100, volumes } }, hosts: {} },
    { baseDir: '.' },
  );
}

const requestOf = (at: number) => ({
  ...{
    name: `set${at}`,
    array: ARRAY,
    sources: [],
    grade: 'crash' as const,
    copy: { rate: 0, waitFor: 'started' as const },
  },
  volumes: [{ source: `db${at}`, target: `copy${at}`, create: { pool: 'Pool0' } }],
});

/** Once in a process: the SDK counts for the whole process. */
export async function runBurst(copies: number): Promise<Burst> {
  const ports = await freePorts(['metrics']);
  const metrics = `127.0.0.1:${ports.metrics}`;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { metrics: { prometheus: { bindAddress: metrics } } },
  });
  const env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: process.env['TEMPORAL_CLI'] ?? tool('temporal') },
      extraArgs: ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
    },
  });
  try {
    const { nativeConnection: connection } = env;
    const worker = await createFlashCopyWorkers({
      connection,
      taskQueue: TASK_QUEUE,
      inventory: inventoryOf(copies),
    });
    return await worker.runUntil(() => burst(env, copies, metrics));
  } finally {
    await env.teardown();
  }
}

async function burst(
  env: TestWorkflowEnvironment,
  copies: number,
  metrics: string,
): Promise<Burst> {
  const client = new FlashCopyClient({
    client: env.client,
    taskQueue: TASK_QUEUE,
    searchAttributes: false,
  });
  const beganAt = Date.now();
  const handles = await Promise.all(
    Array.from({ length: copies }, (_, at) => client.start(requestOf(at))),
  );
  const startedWithinMs = Date.now() - beganAt;
  const reports: (Report | undefined)[] = [];
  const failed: Record<string, number> = {};
  await Promise.all(
    handles.map(async (handle) => {
      try {
        reports.push(await handle.result());
      } catch (error) {
        const { code, report } = error as { code?: string; report?: Report };
        count(failed, code ?? String(error));
        reports.push(report);
      }
    }),
  );
  const endedAfterMs = Date.now() - beganAt;
  const repeats: Record<string, number> = {};
  for (const handle of handles) await countRepeats(env, handle.workflowId, repeats);
  return {
    ...{ copies, failed, startedWithinMs, endedAfterMs, repeats },
    lockedAfterMs: reports
      .flatMap((report) => lockedAt(report) ?? [])
      .map((at) => at - beganAt)
      .sort((a, b) => a - b),
    refused: await refusedBy(metrics),
    ledgerEvents: await eventsOf(env, ledgerWorkflowId('7376633100000000')),
  };
}

function lockedAt(report: Report | undefined): number | undefined {
  const step = report?.steps.find(({ name, state }) => name === 'lock' && state === 'done');
  return step?.endedAt === undefined ? undefined : Date.parse(step.endedAt);
}

async function countRepeats(
  env: TestWorkflowEnvironment,
  workflowId: string,
  repeats: Record<string, number>,
): Promise<void> {
  const { events } = await env.client.workflow.getHandle(workflowId).fetchHistory();
  const names = new Map<string, string>();
  for (const {
    eventId,
    activityTaskScheduledEventAttributes: scheduled,
    activityTaskStartedEventAttributes: started,
  } of events ?? []) {
    if (scheduled != null) names.set(String(eventId), scheduled.activityType?.name ?? '');
    const more = (started?.attempt ?? 1) - 1;
    if (started == null || more === 0) continue;
    const why =
      started.lastFailure?.applicationFailureInfo?.type ?? started.lastFailure?.message ?? '';
    count(repeats, `${names.get(String(started.scheduledEventId)) ?? ''}: ${why}`, more);
  }
}

/** Every series of failed calls with a status; the SDK's own names. */
async function refusedBy(metrics: string): Promise<Record<string, number>> {
  const text = await (await fetch(`http://${metrics}/metrics`)).text();
  const found: Record<string, number> = {};
  for (const line of text.split('\n')) {
    if (!/^temporal_request_failure/.test(line)) continue;
    const label = (name: string): string =>
      new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    count(found, `${label('operation')} ${label('status_code')}`, Number(line.split(' ').at(-1)));
  }
  return found;
}

async function eventsOf(env: TestWorkflowEnvironment, workflowId: string): Promise<number[]> {
  const found: number[] = [];
  let runId = (await env.client.workflow.getHandle(workflowId).describe()).runId;
  while (runId !== '') {
    const { events } = await env.client.workflow.getHandle(workflowId, runId).fetchHistory();
    found.unshift(events?.length ?? 0);
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  }
  return found;
}

const count = (counts: Record<string, number>, name: string, by = 1): void =>
  void (counts[name] = (counts[name] ?? 0) + by);
