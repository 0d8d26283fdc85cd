// A small world for workflow tests: hosts that stand still or not, groups, locks, mounts. Its activities change it as the real ones would,
// so a test asks the world at the end, not a list of mocks. `around` puts a fault on any activity, before or after its effect.
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { activityInfo, cancelled, heartbeat } from '@temporalio/activity';
import type {
  ActivityName,
  FlashCopyActivities,
  GroupProgress,
  PointInTimeOrder,
} from '../../src/activities/contract.js';
import type { PointInTimeResult } from '../../src/domain/point-in-time.js';
import type { Plan } from '../../src/domain/plan.js';
import type { NoticeWay, SignedNotice } from '../../src/domain/notice.js';
import type { ByHand, PauseReport } from '../../src/domain/report.js';
import type { FlashCopyRequest, Method } from '../../src/domain/request.js';
import { buildPlan, buildRequest, type Shape } from './request-and-plan.js';
import { failure, lockActivities } from './world-locks.js';

export type Around = (
  effect: () => Promise<unknown>,
  attempt: number,
  order: unknown,
) => Promise<unknown>;

interface FakeGroup {
  state: 'idle_or_copied' | 'preparing' | 'prepared' | 'copying' | 'stopped';
  startTime: string;
}

export { failure };

export class World {
  readonly calls: string[] = [];
  readonly locks = new Map<string, string>();
  readonly hostLocks = new Map<string, string>();
  /** Source hosts that have no I/O now. */
  readonly still = new Set<string>();
  readonly broken = new Set<string>();
  readonly groups = new Map<string, FakeGroup>();
  readonly targetsMounted = new Set<string>();
  readonly targetsPresented = new Set<string>();
  readonly marked: string[] = [];
  /** What people were told, over the one way this world has. */
  readonly notices: SignedNotice[] = [];
  way: NoticeWay = 'webhook';
  /** Words of people, as the ledger keeps them. */
  readonly resolved: ByHand[] = [];
  /** Copy rates given to running copies. */
  readonly rates: number[] = [];
  readonly around = new Map<ActivityName, Around>();
  request: FlashCopyRequest;
  starts = 0;
  /** Set by the runner: cancels the run, from inside an activity. */
  onCancel: () => Promise<unknown> = () => Promise.resolve();
  /** Set by the runner: the phase the run shows now. */
  phase: () => Promise<string> = () => Promise.resolve('');
  /** For the guard: the parent's end, said by the test. */
  closeParent: () => void = () => undefined;
  readonly parentClosed = new Promise<void>((resolve) => (this.closeParent = resolve));
  guardTurn = false;
  /** Looks until the background copy is at 100 %. */
  looksUntilCopied = 2;
  lookEveryMs = 50;

  constructor(readonly shape: Shape = {}) {
    this.request = buildRequest(shape);
  }

  /** Puts a fault around an activity. */
  on(name: ActivityName, around: Around): void {
    this.around.set(name, around);
  }

  get preparedGroups(): string[] {
    return [...this.groups]
      .filter(([, group]) => group.state.startsWith('prepar'))
      .map(([name]) => name);
  }

  indexOf(call: string): number {
    return this.calls.findIndex((each) => each.startsWith(call));
  }

  activities(): FlashCopyActivities {
    const raw: FlashCopyActivities = { ...this.#preparing(), ...this.#pause(), ...this.#after() };
    const entries = Object.entries(raw).map(([name, body]) => {
      const call = body as (order: unknown) => Promise<unknown>;
      const wrapped = (order: unknown): Promise<unknown> => {
        this.calls.push(`${name} ${subjectOf(order)}`.trim());
        const around = this.around.get(name as ActivityName);
        return around === undefined
          ? call(order)
          : around(() => call(order), activityInfo().attempt, order);
      };
      return [name, wrapped];
    });
    return Object.fromEntries(entries) as FlashCopyActivities;
  }

  #preparing(): Pick<
    FlashCopyActivities,
    | 'flashCopyValidate'
    | 'flashCopyReadSystem'
    | 'flashCopyLock'
    | 'flashCopyUnlock'
    | 'flashCopyLockHost'
    | 'flashCopyUnlockHost'
    | 'flashCopyPlan'
    | 'flashCopyEnsureGroup'
    | 'flashCopyMakePreparable'
    | 'flashCopyReleaseTarget'
    | 'flashCopyPreFlush'
    | 'flashCopyPrepareGroup'
    | 'flashCopyUnprepareGroup'
  > {
    return {
      flashCopyValidate: () => Promise.resolve(this.request),
      ...lockActivities(this.locks, this.hostLocks),
      flashCopyPlan: ({ token }): Promise<Plan> =>
        Promise.resolve(buildPlan(this.request, token, this.shape)),
      flashCopyEnsureGroup: ({ group }) => {
        this.groups.set(group.name, { state: 'idle_or_copied', startTime: '261101000000' });
        return Promise.resolve({ created: [group.name], startTimes: ['261101000000'] });
      },
      flashCopyMakePreparable: ({ group }) => {
        const found = this.groups.get(group.name);
        if (found?.state === 'copying') found.state = 'stopped';
        return Promise.resolve();
      },
      flashCopyReleaseTarget: ({ target }) => {
        this.targetsPresented.delete(target.host);
        this.targetsMounted.delete(target.host);
        return Promise.resolve();
      },
      flashCopyPreFlush: () => Promise.resolve(),
      flashCopyPrepareGroup: ({ group }) => {
        const found = this.groups.get(group);
        if (found === undefined) throw failure('NO_SUCH_GROUP');
        found.state = 'prepared';
        return Promise.resolve({});
      },
      flashCopyUnprepareGroup: ({ group }) => {
        const found = this.groups.get(group);
        if (found?.state.startsWith('prepar') === true) found.state = 'stopped';
        return Promise.resolve(undefined);
      },
    };
  }

  #pause(): Pick<
    FlashCopyActivities,
    | 'flashCopyTakePointInTime'
    | 'flashCopyTakeDown'
    | 'flashCopyStartGroups'
    | 'flashCopyGiveBack'
    | 'flashCopyMarkAfter'
    | 'flashCopyFenceGroup'
  > {
    return {
      flashCopyTakePointInTime: (order) => {
        this.freeze(order);
        const result = this.start(order);
        order.sources.forEach(({ host }) => this.still.delete(host));
        return Promise.resolve(result);
      },
      flashCopyTakeDown: ({ source }) => {
        this.still.add(source.host);
        return Promise.resolve();
      },
      flashCopyStartGroups: (order) => Promise.resolve(this.start(order)),
      flashCopyGiveBack: ({ source }) => {
        this.still.delete(source.host);
        return Promise.resolve(this.pauseOf(source.host, source.method));
      },
      flashCopyMarkAfter: ({ source }) => {
        this.marked.push(source.host);
        return Promise.resolve();
      },
      flashCopyFenceGroup: ({ group, newName, array }) => {
        const found = this.groups.get(group) ?? this.groups.get(newName);
        if (found === undefined) throw failure('NO_SUCH_GROUP');
        this.groups.delete(group);
        this.groups.set(newName, found);
        return Promise.resolve(this.progress(array, newName));
      },
    };
  }

  #after(): Pick<
    FlashCopyActivities,
    | 'flashCopyReadGroup'
    | 'flashCopyMakeClones'
    | 'flashCopyPresent'
    | 'flashCopySynthesise'
    | 'flashCopyMount'
    | 'flashCopyVerify'
    | 'flashCopyWithdraw'
    | 'flashCopyAwaitCopied'
    | 'flashCopySetAutodelete'
    | 'flashCopyChangeRate'
    | 'flashCopyRemoveCreated'
    | 'flashCopyAwaitClose'
    | 'flashCopyReadSource'
    | 'flashCopyRecordResolved'
    | 'flashCopyNotify'
    | 'flashCopyJanitorScope'
    | 'flashCopyTidyArray'
    | 'flashCopyTidyHost'
    | 'flashCopyReviewRuns'
  > {
    return {
      flashCopyReadSource: ({ source }) =>
        Promise.resolve({
          lacksIo: this.still.has(source.host) ? 'its hold of /data has not ended' : '',
        }),
      flashCopyRecordResolved: ({ resolved }) => {
        this.resolved.push(resolved);
        return Promise.resolve();
      },
      flashCopyNotify: ({ way, notice }) => {
        if (way !== this.way) return Promise.resolve({ told: false });
        const { workflowId, runId } = activityInfo().workflowExecution!;
        this.notices.push({ ...notice, workflowId, runId });
        return Promise.resolve({ told: true });
      },
      flashCopyReadGroup: ({ array, group }) => Promise.resolve(this.progress(array, group)),
      flashCopyMakeClones: () => Promise.resolve({ volumes: [] }),
      flashCopyPresent: ({ target }) => {
        this.targetsPresented.add(target.host);
        return Promise.resolve();
      },
      flashCopySynthesise: () => Promise.resolve({ notes: ['xfs: new UUID'] }),
      flashCopyMount: ({ target }) => {
        this.targetsMounted.add(target.host);
        return Promise.resolve([]);
      },
      flashCopyVerify: () => Promise.resolve({ contradictions: [], checked: 1, changed: [] }),
      flashCopyWithdraw: ({ target }) => {
        this.targetsMounted.delete(target.host);
        this.targetsPresented.delete(target.host);
        return Promise.resolve();
      },
      flashCopyAwaitCopied: ({ array, group }) => {
        if (activityInfo().attempt <= this.looksUntilCopied)
          throw ApplicationFailure.create({
            ...{
              type: 'COPY_RUNNING',
              message: '40 %',
              category: ApplicationFailureCategory.BENIGN,
            },
            nextRetryDelay: this.lookEveryMs,
          });
        return Promise.resolve(this.progress(array, group, 100));
      },
      flashCopySetAutodelete: () => Promise.resolve(),
      flashCopyChangeRate: ({ array, group, copyRate }) => {
        this.rates.push(copyRate ?? -1);
        return Promise.resolve(this.progress(array, group));
      },
      flashCopyRemoveCreated: ({ group: { name } }) => {
        const removed = this.groups.delete(name) ? [`group:${name}`] : [];
        return Promise.resolve({ removed });
      },
      flashCopyAwaitClose: () => untilCancelled(),
      // What a janitor finds is planted by its tests.
      flashCopyJanitorScope: () =>
        Promise.resolve({
          arrays: ['svc1'],
          hosts: Object.keys(this.shape.sources ?? {}),
          told: [],
        }),
      flashCopyTidyArray: () => Promise.resolve({ ...NOTHING, resolved: this.resolved }),
      flashCopyTidyHost: () => Promise.resolve(NOTHING),
      flashCopyReviewRuns: () => Promise.resolve({ openCopies: 0, calledHosts: [], reported: [] }),
    };
  }

  freeze(order: PointInTimeOrder): void {
    for (const { host, method } of order.sources) if (method === 'quiesce') this.still.add(host);
  }

  /** Starts what is prepared, as the array would. */
  start(order: PointInTimeOrder): PointInTimeResult {
    this.starts += 1;
    for (const { name } of order.groups) {
      const group = this.groups.get(name);
      if (group?.state !== 'prepared') throw failure('NOT_PREPARED');
      Object.assign(group, { state: 'copying', startTime: '261124020000' });
    }
    const quiesced = order.sources.filter(({ method }) => method === 'quiesce');
    return {
      starts: order.groups.map(({ array, name }) => ({
        ...{
          array,
          group: name,
          preparedRead: true,
          started: 'done',
          code: '',
          message: '',
          durationMs: 20,
        },
      })),
      pauses: quiesced.map(({ host, method }) => this.pauseOf(host, method)),
      attestations: order.sources.map(({ host }) => ({ host, broken: this.brokenOf(host) })),
    };
  }

  private readonly brokenOf = (host: string): string =>
    this.broken.has(host) ? 'somebody thawed it' : '';

  private pauseOf(host: string, method: Method): PauseReport {
    return {
      ...{ host, method, beganAt: 1_000, quiescedAt: 1_010, givenBackAt: 1_100, pauseMs: 100 },
      broken: this.brokenOf(host),
    };
  }

  private progress(array: string, name: string, percent = 40): GroupProgress {
    const group = this.groups.get(name);
    const volume = { array, source: 'db', target: 'db_copy', mapping: 'fc_db_copy' };
    return {
      state: group?.state ?? 'empty',
      volumes: [{ ...volume, progressPercent: percent, independent: percent === 100 }],
      startTimes: group === undefined ? [] : [group.startTime],
      mappings: [`fc_${array}`],
    };
  }
}

const NOTHING = { repaired: [], reported: [] };

/** Heartbeats, so that a cancel arrives. */
export async function untilCancelled(): Promise<never> {
  const beat = setInterval(() => heartbeat(), 100);
  try {
    return await cancelled();
  } finally {
    clearInterval(beat);
  }
}

function subjectOf(order: unknown): string {
  const { target, source, group, array } = (order ?? {}) as Record<string, unknown>;
  const named = target ?? source ?? group ?? array ?? '';
  if (typeof named === 'string') return named;
  const { host, name } = named as { host?: string; name?: string };
  return host ?? name ?? '';
}
