// Real Temporal for workflow tests: servers from the environment or .tools/bin, one bundle for all, workers on both queues.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import {
  FLASH_COPY,
  SEARCH_ATTRIBUTES,
  urgentQueue,
  type FlashCopyInput,
} from '../../src/workflows/messages.js';
import type { FlashCopyActivities } from '../../src/activities/contract.js';
import type { Report } from '../../src/domain/report.js';

Runtime.install({ logger: new DefaultLogger('ERROR') });

function executable(variable: string, tool: string): { type: 'existing-path'; path: string } {
  const path =
    process.env[variable] ?? fileURLToPath(new URL(`../../.tools/bin/${tool}`, import.meta.url));
  if (!existsSync(path))
    throw new Error(`${path} is missing: run scripts/tools.sh or set ${variable}`);
  return { type: 'existing-path', path };
}

export const timeSkipping = (): Promise<TestWorkflowEnvironment> =>
  TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: executable('TEMPORAL_TEST_SERVER', 'temporal-test-server') },
  });

/** Without the server's 50 ms dispatch slots and its 1 s floor for timers. */
export const devServer = (): Promise<TestWorkflowEnvironment> =>
  TestWorkflowEnvironment.createLocal({
    server: {
      executable: executable('TEMPORAL_CLI', 'temporal'),
      extraArgs: [
        ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
        ...['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="50ms"'],
        ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
          '--search-attribute',
          `${name}=${CLI_TYPE[type]}`,
        ]),
      ],
    },
  });

const CLI_TYPE = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList', INT: 'Int' } as const;

let bundled: Promise<WorkflowBundleWithSourceMap> | undefined;
/** Made once: the files of a tier share their process. */
export const bundle = (): Promise<WorkflowBundleWithSourceMap> =>
  (bundled ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  }));

export interface Stage {
  readonly env: TestWorkflowEnvironment;
  readonly workflowBundle: WorkflowBundleWithSourceMap;
  readonly taskQueue: string;
}

/** Runs `body` with workers on the copy queue and the urgent queue. */
export async function withWorkers<T>(
  { env, workflowBundle, taskQueue }: Stage,
  activities: FlashCopyActivities,
  body: () => Promise<T>,
): Promise<T> {
  // Debug mode: workflow code without a thread of its own, which each worker would take half a second to start.
  const options = {
    connection: env.nativeConnection,
    activities,
    maxHeartbeatThrottleInterval: 100,
    debugMode: true,
  };
  const copy = await Worker.create({ ...options, taskQueue, workflowBundle });
  const urgent = await Worker.create({ ...options, taskQueue: urgentQueue(taskQueue) });
  return copy.runUntil(urgent.runUntil(body));
}

export type CopyHandle = WorkflowHandle<(input: FlashCopyInput) => Promise<Report>>;

export const startCopy = (stage: Stage, input: Partial<FlashCopyInput> = {}): Promise<CopyHandle> =>
  stage.env.client.workflow.start<(input: FlashCopyInput) => Promise<Report>>(FLASH_COPY, {
    workflowId: `flashcopy/${stage.taskQueue}`,
    taskQueue: stage.taskQueue,
    args: [{ request: {}, searchAttributes: false, ...input }],
  });
