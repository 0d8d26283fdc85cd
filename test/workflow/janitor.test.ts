// The janitor on a real Temporal server: its schedule, one call for each trouble however many rounds, and copies that a stuck run keeps from starting.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ScheduleHandle } from '@temporalio/client';
import {
  createActivities,
  temporalRuns,
  type ActivityDependencies,
} from '../../src/activities/index.js';
import type { FlashCopyActivities } from '../../src/activities/contract.js';
import { FlashCopyClient } from '../../src/client/index.js';
import type { Finding, Findings, JanitorReport } from '../../src/domain/janitor.js';
import type { Report } from '../../src/domain/report.js';
import { systemClock } from '../../src/clock/system-clock.js';
import { JANITOR } from '../../src/workflows/messages.js';
import { hire, until, type Crew } from './carry-out.js';
import { clientRequest } from './client-request.js';
import { devServer, withWorkers } from './temporal.js';
import { failure, World } from './world.js';

let crew: Crew;
beforeAll(async () => {
  crew = await hire(devServer);
});
afterAll(() => crew.env.teardown());

let rounds = 0;
let taskQueue: string;
let client: FlashCopyClient;
beforeEach(() => {
  taskQueue = `janitor-${(rounds += 1)}`;
  client = new FlashCopyClient({ client: crew.env.client, taskQueue });
});
afterEach(() => client.removeJanitor());

const serverOnly = {
  ledger: {},
  ...{
    runs: temporalRuns(systemClock),
    clock: systemClock,
    declaredArrays: ['svc1'],
    declaredHosts: ['source1'],
  },
} as unknown as ActivityDependencies;

const overdue: Finding = {
  ...{
    key: 'hold/source1/a-abc123',
    kind: 'overdue-hold',
    where: 'source1',
    todo: 'mount it by hand',
  },
  ...{ what: 'source1: /data is held beyond its deadline', needsPerson: true },
};

/** One more round of the schedule, to its end. */
async function round(schedule: ScheduleHandle): Promise<JanitorReport> {
  const before = (await schedule.describe()).info.recentActions.length;
  await schedule.trigger('SKIP');
  let [id, runId] = ['', ''];
  await until(async () => {
    const { recentActions } = (await schedule.describe()).info;
    const { workflow } = recentActions.at(-1)?.action ?? {};
    [id, runId] = [workflow?.workflowId ?? '', workflow?.firstExecutionRunId ?? ''];
    return recentActions.length > before;
  });
  const report = (await crew.env.client.workflow.getHandle(id, runId).result()) as JanitorReport;
  // What a round answered reaches the schedule when it has heard of its end.
  await until(async () => (await schedule.describe()).info.runningActions.length === 0);
  return report;
}

const withJanitor = async (
  world: World,
  body: (schedule: ScheduleHandle) => Promise<void>,
): Promise<void> => {
  const scheduleId = await client.installJanitor({ every: '1d' });
  // Only what it would do to arrays and hosts is planted; what was told before is asked of the server.
  const real = createActivities(serverOnly);
  world.on('flashCopyJanitorScope', async (effect, _attempt, order) => ({
    ...((await effect()) as object),
    told: (await real.flashCopyJanitorScope(order as { schedule?: string })).told,
  }));
  await withWorkers({ ...crew, taskQueue }, world.activities(), () =>
    body(crew.env.client.schedule.getHandle(scheduleId)),
  );
};

describe('the schedule of the janitor', () => {
  it('leaves rounds out that would overlap, makes up for none that is late, and is one however often it is installed', async () => {
    const id = await client.installJanitor();
    expect(await client.installJanitor({ every: '10m' })).toBe(id);
    const { spec, policies, action } = await crew.env.client.schedule.getHandle(id).describe();
    expect(spec.intervals).toMatchObject([{ every: 600_000 }]);
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 60_000 });
    expect(action).toMatchObject({ workflowType: JANITOR, taskQueue });
    await client.removeJanitor();
    await client.removeJanitor();
    await expect(crew.env.client.schedule.getHandle(id).describe()).rejects.toThrow();
  });
});

describe('a round of the janitor', () => {
  it('calls once for the same trouble, again for new trouble, and again when it comes back', async () => {
    const world = new World({ sources: { source1: 'unmount' } });
    let found: readonly Finding[] = [overdue];
    world.on('flashCopyTidyHost', () =>
      Promise.resolve({ repaired: [], reported: found } satisfies Findings),
    );
    await withJanitor(world, async (schedule) => {
      expect((await round(schedule)).told).toEqual([overdue.key]);
      expect(world.notices).toMatchObject([
        { what: 'janitor', why: overdue.what, todo: [overdue.todo] },
      ]);
      expect((await round(schedule)).told).toEqual([overdue.key]);
      expect(world.notices).toHaveLength(1);
      found = [overdue, { ...overdue, key: 'group/svc1/x', what: 'another' }];
      await round(schedule);
      expect(world.notices.map(({ why }) => why)).toEqual([overdue.what, 'another']);
      found = [];
      expect((await round(schedule)).told).toEqual([]);
      found = [overdue];
      await round(schedule);
      expect(world.notices).toHaveLength(3);
    });
  });

  it('that could tell nobody tells in the next one', async () => {
    const world = new World({ sources: { source1: 'unmount' } });
    world.on('flashCopyTidyHost', () =>
      Promise.resolve({ repaired: [], reported: [overdue] } satisfies Findings),
    );
    world.on('flashCopyNotify', () => Promise.reject(failure('NOTIFY_FAILED')));
    await withJanitor(world, async (schedule) => {
      expect((await round(schedule)).told).toEqual([]);
      world.on('flashCopyNotify', (effect) => effect());
      expect((await round(schedule)).told).toEqual([overdue.key]);
    });
    expect(world.notices).toHaveLength(1);
  });

  it('goes on where something does not answer, and reports it without an alarm', async () => {
    const world = new World({ sources: { source1: 'unmount', source2: 'unmount' } });
    world.on('flashCopyTidyArray', () => Promise.reject(failure('UNREACHABLE')));
    world.on('flashCopyReviewRuns', () => Promise.reject(failure('TEMPORAL_GONE')));
    world.on('flashCopyTidyHost', (_effect, _attempt, order) => {
      const { host } = order as { host: string };
      if (host === 'source1') return Promise.reject(failure('UNREACHABLE'));
      return Promise.resolve({
        repaired: [{ ...overdue, where: host }],
        reported: [],
      } satisfies Findings);
    });
    await withJanitor(world, async (schedule) => {
      const report = await round(schedule);
      expect(report.repaired).toMatchObject([{ where: 'source2' }]);
      expect(report.reported.map(({ where, kind }) => [where, kind]).sort()).toEqual([
        ['Temporal', 'not-looked-at'],
        ['source1', 'not-looked-at'],
        ['svc1', 'not-looked-at'],
      ]);
    });
    expect(world.notices).toEqual([]);
  });

  it('hands the words of people from the ledgers to the hosts they are about', async () => {
    const world = new World({ sources: { source1: 'unmount', source2: 'unmount' } });
    world.resolved.push({
      host: 'source2',
      run: 'a-abc123',
      by: 'ada',
      reason: 'x',
      at: '',
      read: '',
    });
    // Hosts are looked at side by side: by name, not by time.
    const asked: { host: string }[] = [];
    world.on('flashCopyTidyHost', (effect, _attempt, order) => {
      asked.push(order as { host: string });
      return effect();
    });
    await withJanitor(world, async () => {
      await client.runJanitor();
    });
    expect(asked.toSorted((one, other) => one.host.localeCompare(other.host))).toEqual([
      { host: 'source1', resolved: [], called: false },
      { host: 'source2', resolved: ['a-abc123'], called: false },
    ]);
  });

  it('on demand answers its report and calls nobody: who asks reads it', async () => {
    const world = new World({ sources: { source1: 'unmount' } });
    world.on('flashCopyTidyHost', () =>
      Promise.resolve({ repaired: [], reported: [overdue] } satisfies Findings),
    );
    await withJanitor(world, async () => {
      expect(await client.runJanitor()).toMatchObject({
        reported: [overdue],
        told: [],
        hosts: ['source1'],
      });
    });
    expect(world.notices).toEqual([]);
  });
});

describe('a schedule whose copy needs an operator', () => {
  it('raises an alarm for each copy that is left out, once; the run itself is not told of twice', async () => {
    const world = new World({ sources: { source1: 'unmount' }, name: 'left-out' });
    world.on('flashCopyGiveBack', () =>
      Promise.reject(failure('UNREACHABLE', { family: 'transport' })),
    );
    const real = createActivities(serverOnly);
    const copies = await client.scheduleFlashCopy({
      ...{ id: `copies-${taskQueue}`, request: clientRequest('left-out'), every: '1d' },
    });
    const skipped = async (): Promise<number> =>
      (await copies.describe()).info.numActionsSkippedOverlap;
    const alarms = () => world.notices.filter(({ what }) => what === 'schedule-skipped');
    const id = await client.installJanitor({ every: '1d' });
    const janitor = crew.env.client.schedule.getHandle(id);
    const activities: FlashCopyActivities = {
      ...world.activities(),
      flashCopyReviewRuns: () => real.flashCopyReviewRuns(),
      flashCopyJanitorScope: (order) => real.flashCopyJanitorScope(order),
    };
    await withWorkers({ ...crew, taskQueue }, activities, async () => {
      await copies.trigger('SKIP');
      let run = '';
      await until(async () => {
        run = (await copies.describe()).info.runningActions[0]?.workflow.workflowId ?? '';
        return run !== '';
      });
      const report = (): Promise<Report> =>
        crew.env.client.workflow.getHandle(run).query<Report>('report');
      await until(async () => (await report()).phase === 'NEEDS_OPERATOR');
      await until(() => world.notices.length === 1);
      // Visibility may lag: the round is repeated until it sees the run.
      await until(async () =>
        (await round(janitor)).reported.some(({ kind }) => kind === 'stuck-run'),
      );
      expect(alarms(), 'nothing was left out yet').toEqual([]);
      await copies.trigger('SKIP');
      await until(async () => (await skipped()) === 1);
      await round(janitor);
      await round(janitor);
      expect(alarms()).toHaveLength(1);
      expect(alarms()[0]?.why).toMatch(/left out 1 copy: flashcopy\/left-out-.* needs an operator/);
      await copies.trigger('SKIP');
      await until(async () => (await skipped()) === 2);
      const { reported } = await round(janitor);
      expect(alarms()).toHaveLength(2);
      expect(reported.find(({ kind }) => kind === 'schedule-skipped')?.todo).toContain(
        'source1 may lack its I/O',
      );
      world.on('flashCopyGiveBack', (effect) => effect());
      await crew.env.client.workflow.getHandle(run).executeUpdate('retryGiveBack');
      await crew.env.client.workflow.getHandle(run).result();
      await round(janitor);
      expect(alarms(), 'once the run has ended there is nothing to tell').toHaveLength(2);
      expect(world.notices.filter(({ what }) => what === 'source-without-io')).toHaveLength(1);
    });
    await copies.delete();
  });
});
