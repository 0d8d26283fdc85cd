// One simulated world: server, worker, SAN, faults. Copies are started in it, time runs until nothing is left to do, then invariants are asked.
import { Context } from '@temporalio/activity';
import { createActivities, temporalLedger, temporalRuns } from '../../../src/activities/index.js';
import type { ActivityDependencies } from '../../../src/activities/index.js';
import { parseRequest } from '../../../src/config/request.js';
import type { Clock } from '../../../src/domain/clock.js';
import type { NoticeWay, SignedNotice } from '../../../src/domain/notice.js';
import type { Report } from '../../../src/domain/report.js';
import { seededRandomness } from '../../../src/testing/index.js';
import { FLASH_COPY, flashCopyWorkflowId, GUARD, LEDGER } from '../../../src/workflows/messages.js';
import type { Worker } from '../driver/activity.js';
import { clientOf } from '../driver/client.js';
import { EventQueue } from '../driver/event-queue.js';
import { payloadsOf, valueOf, valuesOf } from '../driver/protocol.js';
import { type Stream, stream } from '../driver/random.js';
import type { Run } from '../driver/run.js';
import type { Failure, Vm } from '../driver/sdk-vm.js';
import { Server } from '../driver/server.js';
import { aroundAttempt, gateOf } from './acts.js';
import { endedRun } from './ended.js';
import { type Fault, FaultSchedule, subjectOf } from './faults.js';
import { IoWatch } from './io-watch.js';
import { TEMPORAL, WORKERS } from './kinds.js';
import { Outages } from './outages.js';
import { OrderWatch } from './order-watch.js';
import { arrayOf, clockOf, hostOf, type Process } from './ports.js';
import { requestFor } from './requests.js';
import { createSan, type San, type SanShape } from './san.js';

/** Planted in failures and in the worker's secrets: must never be seen in a history. */
export const SECRET = 'hunter2-very-secret';

export interface WorldOptions {
  readonly vm: Vm;
  readonly seed: number;
  readonly san: SanShape;
  readonly faults?: readonly Fault[];
  readonly evictions?: number;
  /** Replaces what activities get: planted lies. */
  readonly lie?: (deps: ActivityDependencies) => Partial<ActivityDependencies>;
}

export interface CopyOrder {
  readonly set: string;
  readonly method: 'unmount' | 'quiesce';
  readonly hosts: readonly string[];
  readonly keepMapped?: boolean;
  readonly autodelete?: boolean;
  readonly attempts?: number;
  /** Of the volume group of its hosts, mounted as this kind of clone. */
  readonly snapshot?: 'clone' | 'thinclone';
  /** Nothing is copied: the volumes of these hosts go back to what the SAN's old snapshot holds. */
  readonly restore?: true;
}

class SimulatedWorker implements Worker, Process {
  dead = false;
  readonly channels = new Set<() => void>();
  readonly #activities: Readonly<Record<string, unknown>>;

  constructor(private readonly world: World) {
    this.#activities = createActivities(world.dependencies(this)) as never;
  }

  /** One for each attempt: it carries the attempt's abort signal. */
  get client() {
    return clientOf(
      () => this.world.server,
      () => this.dead,
    );
  }

  body(type: string): ((...args: unknown[]) => Promise<unknown>) | undefined {
    return this.#activities[type] as never;
  }

  kill(): void {
    this.dead = true;
    for (const close of this.channels) close();
  }
}

const PAUSES = /^ActivityTaskScheduled flashCopy(TakeDown|TakePointInTime)$/;
const ENDED_BY_ITSELF: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);

let worlds = 0;

export class World {
  readonly queue = new EventQueue();
  readonly faults: FaultSchedule;
  readonly chance: Stream;
  readonly server: Server;
  readonly io: IoWatch;
  readonly order = new OrderWatch(this);
  readonly outages = new Outages(this.queue);
  /** Run ids of copies that have begun to start their groups. */
  readonly starters = new Set<string>();
  /** By first run id: a reset run carries out the same order. */
  readonly orders = new Map<string, CopyOrder>();
  /** Run id -> token its last plan was made with. */
  readonly tokens = new Map<string, string>();
  /** Sources without I/O at the moment their copy ended by itself. */
  readonly endedTooEarly: string[] = [];
  /** What people were told, newest last. */
  readonly notices: { readonly way: NoticeWay; readonly notice: SignedNotice }[] = [];
  /** What strangers did, newest last. */
  readonly acts: string[] = [];
  /** Attempts whose process is stopped, until when. */
  readonly frozen = new WeakMap<Context, Promise<void>>();
  #san: San | undefined;
  #worker: SimulatedWorker;

  private constructor(readonly options: WorldOptions) {
    const { seed, vm, evictions = 0 } = options;
    this.faults = new FaultSchedule(options.faults ?? []);
    this.chance = stream(seed, 'world');
    this.io = new IoWatch(this.queue, () => this.#san?.watched ?? []);
    this.server = new Server({
      ...{
        vm,
        queue: this.queue,
        seed,
        evictions,
        name: `w${(worlds += 1)}`,
        worker: () => this.#worker,
      },
      closed: (run) => this.#closed(run),
      around: (attempt, body) => aroundAttempt(this, attempt, body),
      waits: (activity) => this.faults.waits(activity.type, subjectOf(activity)),
    });
    this.#worker = undefined as never;
  }

  static async create(options: WorldOptions): Promise<World> {
    const world = new World(options);
    world.#san = await world.queue.until(createSan(world.queue, options.san));
    world.#worker = new SimulatedWorker(world);
    return world;
  }

  get san(): San {
    return this.#san!;
  }

  dependencies(process: Process): ActivityDependencies {
    const { san } = this;
    const gate = gateOf(this);
    const truth: ActivityDependencies = {
      arrays: (name) => san.storage(name),
      hosts: (name) => san.hosts(name),
      ...{ arrayHosts: san.arrayHosts, declaredHosts: san.declaredHosts, parseRequest },
      ...{
        clock: clockOf(this.#freezable(), process),
        randomness: seededRandomness(this.options.seed + 5),
      },
      notifier: { send: (way, notice) => Promise.resolve(this.notices.push({ way, notice }) > 0) },
      ...{ declaredArrays: [...san.arrays.keys()], runs: temporalRuns(this.queue) },
      ...{
        ledger: this.order.ledger(temporalLedger(this.queue)),
        secrets: () => [SECRET],
      },
    };
    const told = { ...truth, ...this.options.lie?.(truth) };
    return {
      ...told,
      arrays: (name) => arrayOf(told.arrays(name), process, gate),
      hosts: (name) => hostOf(told.hosts(name), process, gate),
    };
  }

  /** Of the attempt that asks. */
  whileFrozen(): Promise<void> {
    return this.frozen.get(Context.current()) ?? Promise.resolve();
  }

  #freezable(): Clock {
    const sleep: Clock['sleep'] = async (ms, signal) => {
      await this.queue.sleep(ms, signal);
      await this.whileFrozen();
    };
    return { now: () => this.queue.now(), sleep };
  }

  /** kill -9; a new worker is there at once. */
  killWorker(): void {
    const old = this.#worker;
    old.kill();
    this.server.activities.drop(old);
    this.#worker = new SimulatedWorker(this);
    for (const run of this.server.runs)
      if (run.task !== 'running') void this.server.tasks.evict(run);
  }

  /** Array, host, all workers or Temporal itself, for a while. */
  away(fault: Fault): void {
    const { where, ms } = fault;
    if (where === TEMPORAL) return this.server.queue.serverAway(ms);
    if (where !== WORKERS) return this.outages.begin(fault);
    this.server.queue.workersAway(ms);
    this.killWorker();
  }

  startCopy(order: CopyOrder): Run | undefined {
    const id = flashCopyWorkflowId(order.set);
    const args = payloadsOf([{ request: requestFor(this.san, order), searchAttributes: true }]);
    const run = this.server.start({ id, type: FLASH_COPY, args, taskQueue: 'flashcopy' });
    if (run !== undefined) this.orders.set(run.runId, order);
    return run;
  }

  /** Until nothing happens any more, or until the limit. True at the limit. */
  run(limit = { events: 400_000, ms: 3 * 86_400_000 }): Promise<boolean> {
    return this.queue.run(limit);
  }

  /** Disposes of every sandbox. */
  async close(): Promise<void> {
    for (const run of this.server.runs) await this.server.tasks.evict(run);
  }

  runsOf(type: 'copy' | 'guard' | 'ledger'): Run[] {
    const name = { copy: FLASH_COPY, guard: GUARD, ledger: LEDGER }[type];
    return this.server.runs.filter((run) => run.spec.type === name);
  }

  orderOf(run: Run): CopyOrder | undefined {
    return this.orders.get(run.firstRunId);
  }

  #closed(run: Run): void {
    const order = this.orderOf(run);
    if (order !== undefined && run.resetTo === undefined) endedRun(this, run);
    if (order === undefined || !ENDED_BY_ITSELF.has(run.status)) return;
    // A life that was reset to before the pause has nothing to give back; the guard has, of the life before.
    if (!run.events.some((event) => PAUSES.test(event))) return;
    for (const { name, host } of this.san.sources.filter((source) =>
      order.hosts.includes(source.name),
    ))
      // What it was before a reset, its guard gives back.
      if (host.source.heldBy().startsWith(`${order.set}-${this.tokens.get(run.runId) ?? ''}`))
        this.endedTooEarly.push(`${run.id}: ${name}`);
  }
}

/** The report a closed copy carries, in its result or in its failure. */
export function reportOf(run: Run): Report | undefined {
  if (run.status === 'COMPLETED') return valueOf<Report>(run.result);
  const details = (failure: Failure | undefined): unknown[] =>
    valuesOf((failure?.applicationFailureInfo ?? failure?.canceledFailureInfo)?.details?.payloads);
  return details(run.failure)[1] as Report | undefined;
}
