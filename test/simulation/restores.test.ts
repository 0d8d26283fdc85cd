// Restores from a snapshot through the real workflows, on model hosts and the simulated array: first what goes wrong, by the bytes of production and its
// mounts, then the fault matrix, then the good one. MATRIX=all tries every cell.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecords, withMethods } from '../../src/testing/index.js';
import { ABORT_UPDATE, FLASH_COPY } from '../../src/workflows/messages.js';
import { fault, cellsOf, scenarioOf, type Road, type Roads, type Shape } from './matrix.js';
import { tryCells } from './matrix-cells.js';
import type { Vm } from './driver/sdk-vm.js';
import { carryOut, createLaboratory, story, type Outcome, type Planted } from './laboratory.js';
import type { Fault } from './world/faults.js';
import { reportOf, World } from './world/world.js';
import { payloadsOf } from './driver/protocol.js';
import type { Run } from './driver/run.js';

const SPREAD = 24;
/** No host is made still: the method means nothing here. */
const SHAPE: Shape = { method: 'quiesce', hosts: ['app1', 'app2'], restore: true };

let vm: Vm;
beforeAll(async () => {
  vm = await createLaboratory();
});
afterAll(() => vm.close());

const mountedOn = ({ world }: Outcome): string[] =>
  world.san.sources
    .filter(({ host, mountPoints }) =>
      mountPoints.every((at) => host.kernel.mountAt(at) !== undefined),
    )
    .map(({ name }) => name);

async function restore(faults: readonly Fault[], planted: Planted = {}) {
  const outcome = await carryOut(vm, scenarioOf(SHAPE, { faults }), planted);
  expect(outcome.violations, story(outcome)).toEqual([]);
  const [run] = outcome.world.runsOf('copy');
  const { restores } = outcome.world.san.arrays.get('svc1')!;
  return {
    status: run!.status,
    report: reportOf(run!)!,
    restored: restores.length,
    mounted: mountedOn(outcome),
    outcome,
  };
}

describe('a restore that fails', () => {
  it.each([
    ['before it is prepared', fault('flashCopyPrepareGroup', 'refused')],
    [
      'while one host lets go, and the other has',
      fault('flashCopyReleaseTarget', 'refused', { where: 'app2' }),
    ],
    [
      'after a host has let go, unheard',
      fault('flashCopyReleaseTarget', 'fails-after', { where: 'app1' }),
    ],
    ['as the array refuses it', fault('session.startSnapshot', 'throws-before', { where: 'svc1' })],
  ])('%s mounts production again, as it was', async (_when, one) => {
    const { status, report, restored, mounted } = await restore([one]);
    expect({ status, restored, mounted }).toEqual({
      status: 'FAILED',
      restored: 0,
      mounted: ['app1', 'app2'],
    });
    expect(report.advice.join()).toContain(
      'nothing was restored, and production is mounted again as it was',
    );
  });

  it('because an application was not stopped leaves it running', async () => {
    const busy = carryOut(vm, scenarioOf(SHAPE, { faults: [] }), {
      lie: ({ hosts }) => {
        const { kernel } = hosts('app1') as unknown as {
          kernel: { mounts: { at: string; users: Set<string> }[] };
        };
        kernel.mounts.find(({ at }) => at === '/app1/db')?.users.add('db');
        return {};
      },
    });
    const outcome = await busy;
    expect(outcome.violations, story(outcome)).toEqual([]);
    const report = reportOf(outcome.world.runsOf('copy')[0]!)!;
    expect(report.error?.code).toBe('TARGET_IN_USE');
    expect(mountedOn(outcome)).toEqual(['app1', 'app2']);
    expect([...outcome.world.san.sources[0]!.host.kernel.mountAt('/app1/db')!.users]).toEqual([
      'db',
    ]);
  });

  it.each([
    ['as its mounts fail', fault('flashCopyMount', 'refused', { where: 'app2' })],
    ['while it is presented', fault('flashCopyPresent', 'fails-after', { where: 'app1' })],
    ['aborted while grains follow', fault('flashCopyAwaitCopied', 'abort')],
  ])(
    'once it is carried out (%s) mounts production all the same, as restored',
    async (_when, one) => {
      const { report, restored, mounted } = await restore([one]);
      expect({ restored, mounted }).toEqual({ restored: 1, mounted: ['app1', 'app2'] });
      expect(report.outcome).toBe(one.effect === 'abort' ? 'cancelled' : 'failed');
      expect(report.advice.join()).toContain('production is restored, and mounted again');
    },
  );

  it('with its answer lost leaves production released, and says so: nobody knows what is on it', async () => {
    const { report, mounted } = await restore([
      fault('session.startSnapshot', 'throws-after', { where: 'svc1' }),
    ]);
    expect({ code: report.error?.code, mounted }).toEqual({ code: 'START_UNKNOWN', mounted: [] });
    expect(
      report.compensation.filter(({ note }) => note?.startsWith('left released')),
    ).toHaveLength(2);
  });
});

describe('a restore whose volumes go offline while a host mounts them', () => {
  /** That mount hangs, so the step that has seen it waits for it; meanwhile a person may give up. */
  async function lost(aborted: boolean) {
    const hangs = fault('flashCopyMount', 'hangs', { where: 'app2' });
    const { seed, san, copies } = scenarioOf(SHAPE, { faults: [] });
    let seen = false;
    const world: World = await World.create({
      ...{ vm, seed, san, faults: [hangs] },
      lie: ({ arrays }) => ({
        arrays: (name) =>
          withMethods(arrays(name), {
            readVDisks: async (names) => {
              const found = await arrays(name).readVDisks(names);
              if (world.faults.unused.includes(hangs)) return found;
              if (!seen && aborted)
                world.queue.after(
                  1_000,
                  () => void world.server.update(run, ABORT_UPDATE, ['enough']),
                );
              seen = true;
              return found.map((vdisk) => ({ ...vdisk, status: 'offline' }));
            },
          }),
      }),
    });
    const run = world.startCopy(copies[0]!)!;
    await world.run();
    const report = reportOf(run)!;
    const released = report.compensation.filter(({ note }) => note?.startsWith('left released'));
    await world.close();
    return {
      outcome: report.outcome,
      code: report.error?.code,
      released: released.length,
      advice: report.advice.join(),
    };
  }

  it.each([
    ['failed', 'COPY_STOPPED', false],
    ['cancelled', 'ABORTED', true],
  ])('is %s (%s) and never called restored', async (outcome, code, aborted) => {
    const { advice, ...rest } = await lost(aborted);
    expect(rest).toEqual({ outcome, code, released: 2 });
    expect(advice).not.toContain('production is restored');
  });
});

describe('a restore on two arrays', () => {
  it('that begins on one only leaves production released: nobody mounts two times of it as one', async () => {
    const two = scenarioOf(SHAPE, {
      faults: [fault('session.startSnapshot', 'refused', { where: 'svc2' })],
    });
    const scenario = { ...two, san: { ...two.san, sources: { app1: 'svc1', app2: 'svc2' } } };
    const outcome = await carryOut(vm, scenario);
    expect(outcome.violations, story(outcome)).toEqual([]);
    const { arrays } = outcome.world.san;
    expect([...arrays.values()].map(({ restores }) => restores.length)).toEqual([1, 0]);
    const report = reportOf(outcome.world.runsOf('copy')[0]!)!;
    expect({ outcome: report.outcome, mounted: mountedOn(outcome) }).toEqual({
      outcome: 'failed',
      mounted: [],
    });
    expect(report.advice.join()).not.toContain('as it was');
  });
});

describe('a restore of the copy that a backup host has mounted', () => {
  /** One nightly copy, one more record, the application stopped by hand, then the restore, twice. */
  async function nightAndBack(faults: readonly Fault[], rounds = 1) {
    const world = await World.create({ vm, seed: 11, san: { sources: { app1: 'svc1' } }, faults });
    const app1 = world.san.sources[0]!;
    const runs: Run[] = [];
    let kept = 0;
    for (let round = 0; round < rounds; round += 1) {
      runs.push(
        world.startCopy({ set: 'nightly', method: 'quiesce', hosts: ['app1'], autodelete: true })!,
      );
      await world.run();
      if (round === 0)
        kept = await world.queue.until(
          readRecords(world.san.dev1.kernel.mountAt('/copy/nightly/app1/db')!.fileSystem),
        );
      app1.writer.poke();
      await world.queue.until(app1.writer.settled());
      await world.queue.until(app1.writer.stop());
      runs.push(startBack(world));
      await world.run();
    }
    const mount = app1.host.kernel.mountAt('/app1/db');
    const records =
      mount === undefined ? -1 : await world.queue.until(readRecords(mount.fileSystem));
    const newest = app1.writer.writtenAt(world.queue.now());
    await world.close();
    return { runs, app1, kept, newest, records, report: reportOf(runs.at(-1)!)! };
  }

  function startBack(world: World): Run {
    const { san } = world;
    const request = {
      name: 'back',
      array: 'svc1',
      volumes: ['app1_data', 'app1_log'].map((target) => ({
        ...{ source: `${target}_copy`, target, overwrite: san.uid('svc1', target) },
      })),
      sources: [{ host: 'dev1', method: 'quiesce' }],
      targets: [{ host: 'app1' }],
      copy: { kind: 'restore', rate: 20, waitFor: 'copied' },
      ...{ maxPause: '10s', maxOutage: '60s', maxPrepared: '60s' },
    };
    const args = payloadsOf([{ request, searchAttributes: true }]);
    return world.server.start({
      ...{ id: 'flashcopy/back', type: FLASH_COPY, args, taskQueue: 'flashcopy' },
    })!;
  }

  it('leaves production known by what it was, also the second time', async () => {
    const { runs, app1, kept, records, report } = await nightAndBack([], 2);
    expect(runs.map(({ status }) => status)).toEqual(Array(4).fill('COMPLETED'));
    expect(report).toMatchObject({ outcome: 'done', verified: true });
    expect(records).toBe(kept);
    expect(app1.identities()).toBe(app1.knownBy);
  });

  it.each([
    [
      'once its host has let go',
      fault('flashCopyPreFlush', 'refused', { where: 'dev1' }),
      'newest',
    ] as const,
    [
      'once it was carried out',
      fault('flashCopyMount', 'refused', { where: 'app1' }),
      'kept',
    ] as const,
  ])('that fails %s leaves it mounted, and known by what it was', async (_when, one, which) => {
    const { app1, report, ...records } = await nightAndBack([one]);
    expect(report.outcome).toBe('failed');
    expect(records.newest).toBeGreaterThan(records.kept);
    expect(records.records).toBe(records[which]);
    expect(app1.identities()).toBe(app1.knownBy);
  });
});

describe('a restore from a snapshot', () => {
  let roads: Roads;
  beforeAll(async () => {
    const reachedBy = async (faults: readonly Fault[]): Promise<string[]> => {
      const { world } = await carryOut(vm, scenarioOf(SHAPE, { faults }));
      return [...world.faults.reached.keys()];
    };
    const named = (points: readonly string[], faults: readonly Fault[]) =>
      points
        .map((point) => point.split('@')[0] ?? '')
        .filter((name) => name.startsWith('flashCopy'))
        .map((name): readonly [string, Road] => [name, { faults }]);
    const good = await reachedBy([]);
    const undo = [fault('flashCopyPrepareGroup', 'refused')];
    roads = {
      activities: new Map([...named(await reachedBy(undo), undo), ...named(good, [])]),
      ports: good.filter((point) => !point.startsWith('flashCopy')),
    };
  });

  it('brings back every byte on all volumes, and what was mounted is mounted', async () => {
    const { status, report, restored, mounted, outcome } = await restore([]);
    expect({ status, restored, mounted }).toEqual({
      status: 'COMPLETED',
      restored: 1,
      mounted: ['app1', 'app2'],
    });
    expect(report).toMatchObject({ outcome: 'done', grade: 'crash' });
    expect(report.volumes.every(({ independent }) => independent)).toBe(true);
    const order = report.steps.map(({ name }) => name);
    expect(order.indexOf('releaseTargets')).toBeLessThan(order.indexOf('takePointInTime'));
    expect(order.indexOf('takePointInTime')).toBeLessThan(order.indexOf('mount'));
    const { san } = outcome.world;
    for (const { name, writer } of san.sources)
      expect(writer.writtenAt(outcome.world.queue.now())).toBe((san.oldRecords.get(name) ?? 0) + 1);
  });

  it('keeps every promise in the cells of its fault matrix', async () => {
    const cells = cellsOf(SHAPE, roads);
    const every = process.env['MATRIX'] === 'all' ? 1 : Math.ceil(cells.length / SPREAD);
    // What is about the restore itself and its hosts is tried always.
    const tried = cells.filter(
      ({ title }, at) => at % every === 0 || /startSnapshot|ReleaseTarget|Mount/.test(title),
    );
    const missed = await tryCells(vm, tried);
    console.log(`restore-snapshot: ${tried.length} of ${cells.length} cells, ${missed} missed`);
    expect(missed).toBe(0);
  }, 1_800_000);
});
