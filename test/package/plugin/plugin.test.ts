// The plugin in a worker that has a configuration of its own, on a real dev server: tracing by another
// plugin, a payload converter, bundler options, limits. All of it must still be there.
import path from 'node:path';
import { Resource } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { Client, Connection } from '@temporalio/client';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FlashCopyClient } from '../../../src/client/index.js';
import { inventoryOf } from '../../../src/worker/composition.js';
import { FlashCopyPlugin } from '../../../src/worker/index.js';

const inventoryFile = path.resolve('examples/models/inventory.yaml');
const dataConverter = {
  payloadConverterPath: path.join(import.meta.dirname, 'marking-converter.cjs'),
};
const request = {
  name: 'traced',
  array: 'svc-lab',
  volumes: ['db_data1', 'db_data2'].map((source) => ({
    ...{ source, target: `${source}_copy`, create: { pool: 'Pool0' } },
  })),
  sources: [{ host: 'source1', method: 'quiesce' as const }],
  targets: [{ host: 'backup1', mounts: [{ from: '/data', at: '/backup/data' }] }],
};

let env: TestWorkflowEnvironment;
let exporter: InMemorySpanExporter;
let tracing: OpenTelemetryPlugin;

beforeAll(async () => {
  const executable = { type: 'existing-path', path: path.resolve('.tools/bin/temporal') } as const;
  env = await TestWorkflowEnvironment.createLocal({ server: { executable } });
});
afterAll(() => env.teardown());

beforeEach(() => {
  exporter = new InMemorySpanExporter();
  const spanProcessor = new SimpleSpanProcessor(exporter);
  const resource = new Resource({ 'service.name': 'site' });
  const tracer = new BasicTracerProvider({ resource, spanProcessors: [spanProcessor] });
  tracing = new OpenTelemetryPlugin({ resource, spanProcessor, tracer: tracer.getTracer('test') });
});

const spans = (): string[] => exporter.getFinishedSpans().map(({ name }) => name);

async function withWorker<T>(
  options: Partial<WorkerOptions>,
  use: (worker: Worker) => Promise<T>,
): Promise<T> {
  const connection = await NativeConnection.connect({ address: env.address });
  try {
    const worker = await Worker.create({ connection, taskQueue: 'flashcopy', ...options });
    return await worker.runUntil(() => use(worker));
  } finally {
    await connection.close();
  }
}

describe('the plugin in a worker that has a configuration of its own', () => {
  it.each(['before', 'after'])(
    'keeps the spans of a tracing plugin that stands %s it, and the converter, on both queues',
    async (place) => {
      const ours = new FlashCopyPlugin({ inventoryFile });
      const plugins = place === 'before' ? [tracing, ours] : [ours, tracing];
      const connection = await Connection.connect({ address: env.address });
      const client = new Client({ connection, dataConverter, plugins: [tracing] });
      const flashCopy = new FlashCopyClient({ client });
      const name = `traced-${place}`;
      const history = await withWorker({ plugins, dataConverter }, async () => {
        const copy = await flashCopy.start({ ...request, name });
        expect(await copy.result()).toMatchObject({ outcome: 'done', verified: true });
        return client.workflow.getHandle(copy.workflowId).fetchHistory();
      });
      await connection.close();
      const seen = spans();
      expect(seen).toContain('StartWorkflow:flashCopy');
      expect(seen).toContain('RunWorkflow:flashCopy');
      expect(seen).toContain('RunActivity:flashCopyPlan');
      // Once: the urgent worker has the interceptor, and has it once.
      const takes = seen.filter((span) => span === 'RunActivity:flashCopyTakePointInTime');
      expect(takes).toHaveLength(1);
      expect(JSON.stringify(history)).toContain(Buffer.from('theirs').toString('base64'));
      const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
      expect(Object.keys(started?.input?.payloads?.[0]?.metadata ?? {})).toContain('mark');
      const completed = history.events?.at(-1)?.workflowExecutionCompletedEventAttributes;
      expect(Object.keys(completed?.result?.payloads?.[0]?.metadata ?? {})).toContain('mark');
    },
  );

  it('sets none of its limits, and calls its bundler hook', async () => {
    let hooked = 0;
    const options = {
      plugins: [new FlashCopyPlugin({ inventoryFile })],
      workflowsPath: path.join(import.meta.dirname, 'own-workflows.ts'),
      maxConcurrentActivityTaskExecutions: 7,
      bundlerOptions: {
        webpackConfigHook: <T>(config: T): T => {
          hooked += 1;
          return config;
        },
      },
    };
    await withWorker(options, async (worker) => {
      expect(hooked).toBeGreaterThan(0);
      expect(worker.options.tuner).toMatchObject({ activityTaskSlotSupplier: { numSlots: 7 } });
      const bare = await Worker.create({
        ...{ connection: env.nativeConnection, taskQueue: 'bare' },
        workflowsPath: path.join(import.meta.dirname, 'own-workflows.ts'),
      });
      const { stickyQueueScheduleToStartTimeout } = bare.options;
      expect(worker.options.stickyQueueScheduleToStartTimeout).toBe(
        stickyQueueScheduleToStartTimeout,
      );
      await bare.runUntil(Promise.resolve());
      const client = new Client({ connection: env.connection });
      const order = { workflowId: 'mine', taskQueue: 'flashcopy' };
      expect(await client.workflow.execute('mine', order)).toBe('mine');
    });
  });

  it('refuses workflows of the user that leave out the guard, as the bundle is made', async () => {
    const connection = await NativeConnection.connect({ address: env.address });
    const created = Worker.create({
      ...{ connection, taskQueue: 'incomplete' },
      workflowsPath: path.join(import.meta.dirname, 'incomplete-workflows.ts'),
      plugins: [new FlashCopyPlugin({ inventoryFile })],
    });
    await expect(created).rejects.toThrow(
      /lack flashCopyGuard, flashCopyLedger, flashCopyJanitor; add: export \* from/,
    );
    await connection.close();
  });

  it('ends a worker whose work fails before the urgent worker is made', async () => {
    const plugins = [new FlashCopyPlugin({ inventoryFile })];
    await expect(
      withWorker({ plugins }, () => Promise.reject(new Error('planted'))),
    ).rejects.toThrow('planted');
  });

  it('serves a client that gets it by its connection', async () => {
    const plugin = new FlashCopyPlugin({ inventoryFile });
    const client = await FlashCopyClient.connect({ address: env.address, plugins: [plugin] });
    expect(client.client.options.plugins.map(({ name }) => name)).toContain(plugin.name);
    await client.close();
  });

  it('connects to the server that its inventory names', async () => {
    const inventory = inventoryOf({ inventoryFile });
    const temporal = { ...inventory.temporal, address: env.address };
    const plugins = [new FlashCopyPlugin({ inventory: { ...inventory, temporal } })];
    const [native, connection] = [
      await NativeConnection.connect({ plugins }),
      await Connection.connect({ plugins }),
    ];
    expect((await connection.workflowService.getSystemInfo({})).serverVersion).not.toBe('');
    await Promise.all([native.close(), connection.close()]);
  });
});
