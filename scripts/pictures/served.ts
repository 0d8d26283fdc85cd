// Workers for one scene: the library as it is, on models, with what the scene breaks put between activities and models.
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities/index.js';
import { DEFAULT_TASK_QUEUE, urgentQueue } from '../../src/workflows/messages.js';
import { compose, flashCopyBundle, parseInventory } from '../../src/worker/index.js';
import type { Scene } from './scenes.js';

let quiet = false;

export async function serve(address: string, scene: Scene): Promise<{ stop(): Promise<void> }> {
  const composition = await compose(parseInventory(scene.inventory, { baseDir: '.' }));
  const activities = createActivities(
    scene.broken?.(composition.dependencies) ?? composition.dependencies,
  );
  if (!quiet) Runtime.install({ logger: new DefaultLogger('ERROR') });
  quiet = true;
  const connection = await NativeConnection.connect({ address });
  const options = {
    connection,
    activities,
    shutdownGraceTime: '1s',
    shutdownForceTime: '5s',
  } as const;
  const workers = [
    await Worker.create({
      ...options,
      taskQueue: DEFAULT_TASK_QUEUE,
      workflowBundle: await flashCopyBundle(),
    }),
    await Worker.create({
      ...options,
      taskQueue: urgentQueue(DEFAULT_TASK_QUEUE),
      maxHeartbeatThrottleInterval: '1s',
    }),
  ];
  const ended = Promise.all(workers.map((worker) => worker.run()));
  return {
    stop: async () => {
      workers.forEach((worker) => worker.shutdown());
      // What waits for the end of a stuck run is cut off.
      await ended.catch(() => undefined);
      await connection.close();
      await composition.close();
    },
  };
}
