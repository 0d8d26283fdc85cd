// A run that has ended is reset, to every task after its lock: it ends with a clear failure, and nothing
// it was to do is done, for its locks are free and another run may own the volumes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StorageArray } from '../../src/array/array.js';
import type { Host } from '../../src/host/host.js';
import { FLASH_COPY } from '../../src/workflows/messages.js';
import { payloadsOf } from './driver/protocol.js';
import { createLaboratory } from './laboratory.js';
import type { Vm } from './driver/sdk-vm.js';
import type { Run } from './driver/run.js';
import { requestFor } from './world/requests.js';
import { World, type CopyOrder } from './world/world.js';

let vm: Vm;
beforeAll(async () => {
  vm = await createLaboratory();
});
afterAll(() => vm.close());

/** Reads, sessions, and what a run may always do: give back, and write the small file of its own mark. */
const HARMLESS =
  /^(read|reserve|close|name$|then$|prove|find|holds|attest|giveBack|inspect|writeNonce)/;

function noting<T extends object>(port: T, note: (call: string) => void): T {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (key === 'source' || key === 'target') return noting(value as object, note);
      if (typeof value !== 'function' || HARMLESS.test(String(key)))
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      return (...args: unknown[]): unknown => {
        note(String(key));
        return (value as (...given: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

async function ended(order: Omit<CopyOrder, 'set' | 'hosts'>) {
  const changes: string[] = [];
  const world = await World.create({
    ...{ vm, seed: 11, san: { sources: { app1: 'svc1' } } },
    lie: ({ arrays, hosts }) => ({
      arrays: (name) => noting<StorageArray>(arrays(name), (call) => changes.push(call)),
      hosts: (name) => noting<Host>(hosts(name), (call) => changes.push(call)),
    }),
  });
  const nightly = { ...order, set: 'nightly', hosts: ['app1'] };
  const args = payloadsOf([{ request: requestFor(world.san, nightly), searchAttributes: false }]);
  /** As a schedule would: the same set, another workflow. */
  const start = (id: string): Run => {
    const run = world.server.start({ id, type: FLASH_COPY, args, taskQueue: 'flashcopy' })!;
    world.orders.set(run.runId, nightly);
    return run;
  };
  const first = start('first');
  await world.run();
  expect(first.status, first.failure?.message ?? '').toBe('COMPLETED');
  return { world, changes, start, first };
}

const scheduled = (run: Run, upTo: number): string[] =>
  run.log
    .slice(0, upTo)
    .flatMap(({ commands }) =>
      commands.flatMap(({ scheduleActivity }) => scheduleActivity?.activityType ?? []),
    );

/** Tasks after which the history says that the lock was taken. */
const afterLock = (run: Run): number[] =>
  run.log.map((_, at) => at).filter((at) => scheduled(run, at).includes('flashCopyPlan'));

const codeOf = (run: Run | undefined): string => run?.failure?.applicationFailureInfo?.type ?? '';

/** The last one: the other run has given the group its own name. */
const CLEAR = ['LOCK_LOST', 'GUARD_GONE', 'GROUP_MISSING'];

/** With everything in its history, the unlock too, it may say once more what it had proved. */
function expectEnd(reset: Run | undefined, first: Run, at: number): void {
  const all = scheduled(first, at).length === scheduled(first, first.log.length).length;
  if (all && reset?.status === 'COMPLETED') return;
  expect(reset?.status, `reset to task ${at}`).toBe('FAILED');
  expect(CLEAR, `reset to task ${at}`).toContain(codeOf(reset));
}

describe.each(['quiesce', 'unmount'] as const)('a copy by %s that is done, and reset', (method) => {
  it('to any task after its lock, fails before it changes anything', async () => {
    const { world, changes, first } = await ended({ method });
    changes.length = 0;
    for (const at of afterLock(first)) {
      const reset = world.server.reset(first, at);
      await world.run();
      expectEnd(reset, first, at);
      expect(changes, `reset to task ${at}`).toEqual([]);
    }
    await world.close();
  });

  it('while another run of the set has its locks, leaves that one alone', async () => {
    const tasks = afterLock((await ended({ method })).first);
    for (const at of tasks.filter((_, index) => index % 3 === 0)) {
      const { world, start, first } = await ended({ method });
      const second = start(`second-${at}`);
      // Somewhere in the life of the second one, another moment each time.
      world.queue.after(100 + 150 * at, () => world.server.reset(first, at));
      await world.run();
      const reset = world.runsOf('copy').findLast(({ firstRunId }) => firstRunId === first.runId);
      expectEnd(reset, first, at);
      expect(second.status, `${at}: ${second.failure?.message ?? ''}`).toBe('COMPLETED');
      expect(world.order.broken).toEqual([]);
      await world.close();
    }
  });
});
