// A real worker in a process of its own, to be killed: the plugin with its own settings; only arrays, hosts and gates are the test's.
import { readFileSync } from 'node:fs';
import { Context } from '@temporalio/activity';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { FlashCopyPlugin, parseInventory } from '../../src/worker/index.js';
import { RemotePorts } from './remote-ports.js';

export interface WorkerOrder {
  readonly address: string;
  readonly taskQueue: string;
  readonly bundle: string;
  readonly inventory: unknown;
  readonly deploymentVersion?: string;
}

const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
const ports = new RemotePorts();
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** A worker that waits is alive. */
async function passGate(when: 'before' | 'after'): Promise<void> {
  const context = Context.current();
  const { activityType, workflowExecution } = context.info;
  const heartbeatDetails: unknown = context.info.heartbeatDetails;
  const beat = setInterval(() => context.heartbeat(heartbeatDetails), 500);
  await ports
    .gate(activityType, when, workflowExecution?.workflowId ?? '')
    .finally(() => clearInterval(beat));
}

const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: order.address }),
  taskQueue: order.taskQueue,
  workflowBundle: { code: readFileSync(order.bundle, 'utf8') },
  interceptors: {
    activity: [
      () => ({
        inbound: {
          execute: async (input, next) => {
            await passGate('before');
            const result = await next(input);
            await passGate('after');
            return result;
          },
        },
      }),
    ],
  },
  plugins: [
    new FlashCopyPlugin({
      inventory: parseInventory(order.inventory, { baseDir: '.' }),
      wrap: { array: (name) => ports.array(name), host: (name) => ports.host(name) },
      ...(order.deploymentVersion === undefined
        ? {}
        : { deploymentVersion: { deploymentName: 'flashcopy', buildId: order.deploymentVersion } }),
    }),
  ],
});
process.on('SIGTERM', () => worker.shutdown());
const running = worker.run();
process.send?.({ ready: true });
await running;
process.exit(0);
