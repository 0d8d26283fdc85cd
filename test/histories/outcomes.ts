// Every way a run of this library can end, carried out on a dev server against the small world: what is recorded for each release and replayed.
// A new outcome is one more line here; `npm run histories` records it.
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { ApplicationFailure } from '@temporalio/common';
import type { PointInTimeOrder } from '../../src/activities/contract.js';
import type { PointInTimeResult } from '../../src/domain/point-in-time.js';
import type { Report } from '../../src/domain/report.js';
import { carryOut, until, type Crew } from '../workflow/carry-out.js';
import type { Shape } from '../workflow/request-and-plan.js';
import type { CopyHandle } from '../workflow/temporal.js';
import { failure, untilCancelled, World } from '../workflow/world.js';
import { ledgerContinued } from './ledger-outcome.js';

export interface Outcome {
  readonly name: string;
  record(crew: Crew): Promise<History>;
}

type Act = (world: World, handle: CopyHandle) => Promise<unknown>;

/** One copy in a world of its own; `act` is somebody from outside. */
const copy = (
  name: string,
  shape: Shape,
  ...[faults, act]: [(world: World) => void, Act?]
): Outcome => ({
  name,
  record: async (crew) => {
    const world = new World(shape);
    faults(world);
    let history: History | undefined;
    await carryOut(crew, world, async (handle) => {
      await act?.(world, handle);
      await handle.result().catch(() => undefined);
      history = await handle.fetchHistory();
    });
    return history!;
  },
});

/** The guard of a copy; `act` is what happens to the copy. */
const guard = (name: string, faults: (world: World) => void, act: Act): Outcome => ({
  name,
  record: async (crew) => {
    const world = new World();
    faults(world);
    let history: History | undefined;
    await carryOut(crew, world, async (handle) => {
      const runId = (handle as { firstExecutionRunId?: string }).firstExecutionRunId ?? '';
      await act(world, handle);
      await handle.result().catch(() => undefined);
      world.closeParent();
      const own = crew.env.client.workflow.getHandle(`${handle.workflowId}/guard/${runId}`);
      await own.result();
      history = await own.fetchHistory();
    });
    return history!;
  },
});

const nothing = (): void => undefined;
const phaseIs = (handle: CopyHandle, phase: Report['phase']) => async (): Promise<boolean> =>
  (await handle.query<Report>('report')).phase === phase;
const both: Shape = {
  sources: { source1: 'unmount', source2: 'quiesce' },
  arrays: ['svc1', 'svc2'],
};

const refusedStart = (world: World): void =>
  world.on('flashCopyTakePointInTime', (_effect, _attempt, order) => {
    world.freeze(order as PointInTimeOrder);
    return Promise.reject(failure('START_FAILED', { family: 'array' }));
  });

/** The array carried the start out, its answer was lost. */
const lostAnswer = (world: World): void =>
  world.on('flashCopyTakePointInTime', async (effect) => {
    const result = (await effect()) as PointInTimeResult;
    return { ...result, starts: result.starts.map((start) => ({ ...start, started: 'unknown' })) };
  });

const hangsInPause = (world: World): void =>
  world.on('flashCopyTakePointInTime', (_effect, _attempt, order) => {
    world.freeze(order as PointInTimeOrder);
    return untilCancelled();
  });

const followsClose = (world: World): void =>
  world.on('flashCopyAwaitClose', async () => {
    await Promise.race([world.parentClosed, untilCancelled()]);
    return { status: 'TERMINATED' };
  });

/** The first two looks find the host away. */
const operatorNeeded = (world: World): void =>
  world.on('flashCopyGiveBack', (effect) =>
    world.guardTurn ? effect() : Promise.reject(failure('MOUNT_FAILED', { retry: 'never' })),
  );

const restoring = (world: World): void =>
  world.on('flashCopyPlan', async (effect) => {
    const plan = (await effect()) as { groups: object[] };
    return {
      ...plan,
      groups: plan.groups.map((group) => ({ ...group, restore: true, autodelete: true })),
    };
  });

const slowly = (world: World): void => {
  world.looksUntilCopied = 6;
  world.on('flashCopyMount', (effect, attempt) =>
    attempt < 3 ? Promise.reject(ApplicationFailure.retryable('away', 'UNREACHABLE')) : effect(),
  );
};

export const OUTCOMES: readonly Outcome[] = [
  copy('done-by-quiesce', {}, nothing),
  copy('done-by-unmount', { sources: { source1: 'unmount' } }, nothing),
  copy('done-on-two-hosts-and-arrays', both, nothing),
  copy('done-after-background-copy-with-retries', { waitFor: 'copied' }, slowly),
  copy('done-with-lost-answer-of-start', {}, lostAnswer),
  copy('done-restore', { waitFor: 'copied' }, restoring),
  copy('done-with-identities-kept', { keptGroups: ['vg_data'] }, nothing),
  copy('refused', {}, (world) =>
    world.on('flashCopyPlan', () => Promise.reject(failure('TARGET_IN_USE', { family: 'plan' }))),
  ),
  copy('failed-and-given-back', {}, refusedStart),
  copy('failed-by-contradiction', {}, (world) =>
    world.on('flashCopyVerify', () =>
      Promise.resolve({ contradictions: ['/data: mark'], checked: 1 }),
    ),
  ),
  copy('cancelled', {}, hangsInPause, async (world, handle) => {
    await until(() => world.still.size > 0);
    await handle.cancel();
  }),
  copy(
    'aborted',
    both,
    (world) => world.on('flashCopyMount', () => untilCancelled()),
    async (_world, handle) => {
      await until(phaseIs(handle, 'MOUNTING_TARGET'));
      await handle.executeUpdate('abort', { args: ['wrong night'] });
    },
  ),
  copy(
    'needs-operator',
    { sources: { source1: 'unmount' } },
    operatorNeeded,
    async (world, handle) => {
      await until(phaseIs(handle, 'NEEDS_OPERATOR'));
      world.guardTurn = true;
      await handle.executeUpdate('retryGiveBack');
    },
  ),
  copy(
    'rate-changed',
    { waitFor: 'copied' },
    (world) => void (world.looksUntilCopied = 1_000),
    async (world, handle) => {
      await until(phaseIs(handle, 'COPYING'));
      await handle.executeUpdate('changeRate', { args: [{ copyRate: 120 }] });
      world.looksUntilCopied = 0;
    },
  ),
  guard('guard-dismissed', followsClose, () => Promise.resolve()),
  guard(
    'guard-acted',
    (world) => {
      hangsInPause(world);
      followsClose(world);
    },
    async (world, handle) => {
      await until(() => world.still.size > 0);
      await handle.terminate('somebody pulled the plug');
    },
  ),
  { name: 'ledger-continued-as-new', record: ledgerContinued },
];
