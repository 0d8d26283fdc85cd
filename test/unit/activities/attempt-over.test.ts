// A worker that was stopped and goes on: its attempt has been given up, another one has taken its place, and it must touch nothing more.
import { expect, it } from 'vitest';
import { withMethods } from '../../../src/testing/index.js';
import { failure, GROUP, REF, san } from './san.js';

const TIME_OUT_MS = 60_000;

it.each([
  [TIME_OUT_MS - 10_000, 'no failure', 'prepared'],
  [TIME_OUT_MS + 1_000, 'ATTEMPT_OVER', 'idle_or_copied'],
])(
  'a prepare whose process stood still for %i ms of 60 s ends in %s',
  async (stoppedMs, type, state) => {
    let stopped = true;
    const made = await san(({ arrays, clock }) => ({
      arrays: (name) =>
        withMethods(arrays(name), {
          readMappings: async () => {
            const found = await arrays(name).readMappings();
            if (!stopped) await clock.sleep(stoppedMs);
            stopped = true;
            return found;
          },
        }),
    }));
    await made.run('flashCopyEnsureGroup', { ...REF, group: made.group });
    stopped = false;
    // 0 is what a real server says of an activity without a heartbeat time-out.
    const environment = made.environment({
      startToCloseTimeoutMs: TIME_OUT_MS,
      heartbeatTimeoutMs: 0,
    });
    const order = { ...REF, ...GROUP, timeoutMs: 10 * TIME_OUT_MS };
    const prepared = made.run('flashCopyPrepareGroup', order, environment);
    expect((await failure(prepared)).type).toBe(type);
    expect((await made.storage.readGroup(GROUP.group))?.state).toBe(state);
  },
);
