// The client against a real Temporal server: starts, follows, waits and calls off; its errors are typed. The workflow is a stand-in with the
// same name, messages and failures, so that each test decides what happens.
import { Client, type WorkflowStartOptions } from '@temporalio/client';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, bundleWorkflowCode } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CopyFailedError,
  FlashCopyClient,
  FlashCopyError,
  type CopyHandle,
  type FlashCopyRequestInput,
  type LiveReport,
} from '../../src/client/index.js';
import { FLASH_COPY } from '../../src/workflows/messages.js';
import { clientRequest } from './client-request.js';

const executable = { type: 'existing-path' as const, path: '.tools/bin/temporal' };

let env: TestWorkflowEnvironment;
let worker: Worker;
let working: Promise<void>;
let client: FlashCopyClient;

beforeAll(async () => {
  env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable,
      extraArgs: ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
    },
  });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: new URL('./client-stand-in.ts', import.meta.url).pathname,
  });
  worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: 'flashcopy',
    workflowBundle,
    activities: {
      look: () => {
        // As flashCopyAwaitCopied: each volume's progress is in the heartbeat, the failure only sums it up.
        Context.current().heartbeat({ firstAt: 0, first: {}, changedAt: 0, last: { fc_db1c: 37 } });
        return Promise.reject(copyRunning());
      },
    },
  });
  working = worker.run();
  client = new FlashCopyClient({ client: env.client });
});

/** As the failure boundary of the activities makes it. */
function copyRunning(): Error {
  const message = 'erp_x copying: slowest volume at 37 %';
  const details = { array: 'svc1', group: 'erp_x', leastPercent: 37 };
  const data = {
    family: 'copy',
    code: 'COPY_RUNNING',
    message,
    outcome: 'not-done',
    retry: 'safe',
    details,
  };
  return ApplicationFailure.create({ message, type: 'COPY_RUNNING', details: [data] });
}

afterAll(async () => {
  worker.shutdown();
  await working;
  await env.teardown();
});

const caught = async (work: Promise<unknown>): Promise<FlashCopyError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof FlashCopyError) return error;
  throw new Error(`no FlashCopyError: ${String(error)}`);
};

async function followed(copy: CopyHandle): Promise<LiveReport[]> {
  const reports: LiveReport[] = [];
  for await (const report of copy.follow()) reports.push(report);
  return reports;
}

describe('before anything is started', () => {
  it('a wrong request is refused with the field, and no run exists', async () => {
    const wrong = { ...clientRequest('wrong'), volumes: 'db1' } as unknown as FlashCopyRequestInput;
    const error = await caught(client.start(wrong));
    expect(error).toMatchObject({ code: 'INVALID_REQUEST', family: 'request' });
    expect(error.message).toContain('volumes');
    await expect(caught(client.copy('wrong').report())).resolves.toMatchObject({
      code: 'NO_SUCH_RUN',
    });
  });

  it.each(['workflowExecutionTimeout', 'workflowRunTimeout', 'retry'])(
    '%s is refused: it would skip giving back',
    async (option) => {
      const error = await caught(client.start(clientRequest('options'), { [option]: '1m' }));
      expect(error).toMatchObject({ code: 'UNSUPPORTED_OPTION', details: { option } });
    },
  );

  it('no server is one clear line, not a time-out after minutes', async () => {
    const error = await caught(
      FlashCopyClient.connect({ address: '127.0.0.1:1', connectTimeout: 500 }),
    );
    expect(error).toMatchObject({ code: 'TEMPORAL_UNREACHABLE', retry: 'safe' });
    expect(error.message).toContain('127.0.0.1:1');
  });
});

describe('a run', () => {
  it('is started under the name of its set, with search attributes and a summary', async () => {
    const copy = await client.start(clientRequest('named'));
    expect(copy.workflowId).toBe('flashcopy/named');
    await copy.result();
    const description = await env.client.workflow.getHandle('flashcopy/named').describe();
    expect(description.type).toBe(FLASH_COPY);
    const attributes = Object.fromEntries(
      description.typedSearchAttributes.getAll().map((a) => [a.key.name, a.value]),
    );
    expect(attributes).toMatchObject({
      FlashCopyArray: ['svc1'],
      FlashCopyVolume: ['db1', 'db1c'],
      FlashCopyHost: ['source1', 'backup1'],
    });
    expect(await description.staticSummary()).toContain('named: 1 volume on svc1');
  });

  it('is found, not doubled, by a second start of the same request', async () => {
    const first = await client.start(clientRequest('twice-waits'));
    const second = await client.start(clientRequest('twice-waits'));
    expect(second.runId).toBe(first.runId);
    await first.abort();
    await caught(first.result());
  });

  it('refuses another request under its name', async () => {
    const first = await client.start(clientRequest('busy-waits'));
    const other = {
      ...clientRequest('busy-waits'),
      sources: [{ host: 'other', method: 'quiesce' as const }],
    };
    expect(await caught(client.start(other))).toMatchObject({
      code: 'ALREADY_RUNNING',
      family: 'lock',
    });
    await first.abort();
    await caught(first.result());
  });

  it('is followed from its first to its last report, with the progress only the server knows', async () => {
    const copy = await client.start(clientRequest('progress'));
    const reports = await followed(copy);
    expect(reports.at(-1)).toMatchObject({ outcome: 'done', running: [] });
    const copying = reports.find((report) => report.running.some(({ attempt }) => attempt > 1));
    expect(copying?.running[0]).toMatchObject({
      activity: 'look',
      lastFailure: { code: 'COPY_RUNNING' },
    });
    expect(copying?.volumes[0]).toMatchObject({ progressPercent: 37, independent: false });
    await expect(copy.result()).resolves.toMatchObject({ outcome: 'done' });
  });

  it('that failed throws its first error, with the report', async () => {
    const copy = await client.start(clientRequest('fails'));
    const error = await caught(copy.result());
    expect(error).toBeInstanceOf(CopyFailedError);
    expect(error).toMatchObject({
      code: 'FLUSH_FAILED',
      family: 'array',
      report: { outcome: 'failed', set: 'fails' },
    });
    expect((await followed(copy)).at(-1)).toMatchObject({ outcome: 'failed' });
  });

  it('that was refused says so', async () => {
    const copy = await client.start(clientRequest('refused'));
    expect(await caught(copy.result())).toMatchObject({
      code: 'TARGET_IN_USE',
      runOutcome: 'refused',
    });
  });

  it('that was cancelled throws with the report of its compensation', async () => {
    const copy = await client.start(clientRequest('cancel-waits'));
    await copy.cancel();
    const error = await caught(copy.result());
    expect(error).toMatchObject({ runOutcome: 'cancelled', report: { outcome: 'cancelled' } });
  });

  it('that was terminated is never taken for given back', async () => {
    const copy = await client.start(clientRequest('killed-waits'));
    await copy.report();
    await env.client.workflow.getHandle(copy.workflowId).terminate('test');
    expect(await caught(copy.result())).toMatchObject({
      ...{ code: 'TERMINATED', outcome: 'unknown', runOutcome: 'needs-operator' },
      report: { outcome: 'needs-operator', verified: false, error: { code: 'TERMINATED' } },
    });
    expect((await followed(copy)).at(-1)?.outcome).toBe('needs-operator');
    const report = await copy.report();
    expect(report.outcome).toBe('needs-operator');
    expect(report.advice.join()).not.toContain('to stop it');
  });

  it('that ended by a time-out of the server is never taken for running', async () => {
    const copy = await startByHand('timed-waits', { workflowRunTimeout: '1s' });
    expect(await caught(copy.result())).toMatchObject({
      ...{ code: 'TIMED_OUT', runOutcome: 'needs-operator' },
    });
    expect((await copy.report()).outcome).toBe('needs-operator');
  });

  it('that completed without the report of a good copy is no success', async () => {
    for (const name of ['says-nothing', 'says-running', 'says-failed']) {
      const error = await caught((await client.start(clientRequest(name))).result());
      expect(error).toMatchObject({ code: 'NO_GOOD_COPY', runOutcome: 'needs-operator' });
    }
  });

  it('that continues as new is followed to its end, from its first run on', async () => {
    const copy = await client.start(clientRequest('again'));
    expect((await followed(copy)).at(-1)).toMatchObject({ outcome: 'done' });
    await expect(copy.result()).resolves.toMatchObject({ outcome: 'done' });
    expect((await copy.report()).runId).not.toBe(copy.runId);
  });

  it('that is reset is followed in its next life', async () => {
    const copy = await client.start(clientRequest('reset-waits'));
    await copy.report();
    const ended = caught(copy.result());
    await resetToStart(copy);
    expect((await copy.report()).outcome).toBe('running');
    await copy.cancel();
    expect(await ended).toMatchObject({ runOutcome: 'cancelled' });
  });

  it('that has ended takes nothing any more, and says how it ended', async () => {
    const copy = await client.start(clientRequest('over'));
    await copy.result();
    const late = [
      ...[copy.cancel(), copy.abort(), copy.changeRate({ copyRate: 50 }), copy.retryGiveBack()],
      copy.resolve({ by: 'ada', reason: 'by hand' }),
    ];
    for (const error of await Promise.all(late.map(caught))) {
      expect(error).toMatchObject({
        ...{ code: 'RUN_ENDED', details: { status: 'COMPLETED', outcome: 'done' } },
      });
      expect(error.message).toContain('COMPLETED, outcome done');
    }
  });

  it('that no worker serves is told as such, not as an unreachable server', async () => {
    const copy = await startByHand('nobody', { taskQueue: 'nobody' });
    expect(await caught(copy.report())).toMatchObject({ code: 'NO_WORKER' });
  });

  it('gives back again when an operator asks, and answers the hosts', async () => {
    const copy = await client.start(clientRequest('stuck-waits'));
    expect(await copy.retryGiveBack()).toEqual(['source1']);
    await copy.abort();
    await caught(copy.result());
  });
});

describe('where search attributes may not be registered', () => {
  it('a copy starts without them and is told so', async () => {
    const copy = await withoutOperatorService().start(clientRequest('poor'));
    const report = await copy.result();
    expect(report.advice).toEqual(['searchAttributes false']);
  });
});

/** As the Temporal CLI or UI would. */
async function startByHand(
  name: string,
  options: Partial<WorkflowStartOptions>,
): Promise<CopyHandle> {
  const { runId } = await env.client.connection.withDeadline(Date.now() + 10_000, async () => {
    const handle = await env.client.workflow.start(FLASH_COPY, {
      ...{ workflowId: `flashcopy/${name}`, taskQueue: 'flashcopy' },
      args: [{ request: clientRequest(name) }],
      ...options,
    });
    return { runId: handle.firstExecutionRunId };
  });
  return client.copy(`flashcopy/${name}`, runId);
}

const FIRST_TASK_COMPLETED = 4;

async function resetToStart({ workflowId, runId = '' }: CopyHandle): Promise<void> {
  await env.client.workflowService.resetWorkflowExecution({
    namespace: env.namespace ?? 'default',
    workflowExecution: { workflowId, runId },
    ...{ reason: 'test', requestId: runId },
    // Typed as Long; the encoder takes numbers as well.
    workflowTaskFinishEventId: FIRST_TASK_COMPLETED as never,
  });
}

/** A connection whose user may not administer the namespace. */
function withoutOperatorService(): FlashCopyClient {
  const refuse = () => Promise.reject(new Error('PERMISSION_DENIED'));
  const connection = new Proxy(env.connection, {
    get: (target, key) =>
      key === 'operatorService'
        ? { listSearchAttributes: refuse }
        : (Reflect.get(target, key, target) as unknown),
  });
  return new FlashCopyClient({ client: new Client({ connection }) });
}
