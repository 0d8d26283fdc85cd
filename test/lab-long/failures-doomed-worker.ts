// A worker that is killed at the worst moment: every source stands still, and start has not been sent. Run as a process by failures.test.ts.
import { startDemoWorker } from '../../lab/demo/session.js';
import { withMethods } from '../../src/testing/index.js';

await startDemoWorker({
  array: (_, array) =>
    withMethods(array, {
      reserveStart: async (timeoutMs) =>
        withMethods(await array.reserveStart(timeoutMs), {
          startPrepared: () => {
            process.kill(process.pid, 'SIGKILL');
            return new Promise<never>(() => undefined);
          },
        }),
    }),
});
console.log('worker ready');
