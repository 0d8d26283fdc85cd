// Watches what must not come before what: undo of a run whose source still stands still, a lock freed too early, a volume granted twice.
// A world that is well at its end may have kept none of it on the way; nobody else may have come by at the wrong moment.
import type { RunRef } from '../../../src/activities/contract.js';
import type { ActivityDependencies } from '../../../src/activities/index.js';
import { FLASH_COPY, GUARD, type AcquireOrder } from '../../../src/workflows/messages.js';
import type { Attempt } from '../driver/activity.js';
import type { World } from './world.js';

type Ledger = ActivityDependencies['ledger'];

/** Sources have their I/O again before any of these begins. */
const AFTER_GIVE_BACK =
  /^flashCopy(UnprepareGroup|FenceGroup|MakePreparable|Withdraw|RemoveCreated|Verify|Mount)$/;

/** These change what another run may own once the locks are free; the second ones need the sources too. */
const NEEDS_LOCKS =
  /^flashCopy(EnsureGroup|MakePreparable|ReleaseTarget|PrepareGroup|TakePointInTime|TakeDown|StartGroups|Present|Synthesise|Mount|Withdraw|RemoveCreated)$/;
const NEEDS_SOURCES = /^flashCopy(PrepareGroup|TakePointInTime|TakeDown|StartGroups)$/;

interface Granted extends AcquireOrder {
  readonly array: string;
  readonly freed?: true;
}

export class OrderWatch {
  readonly broken: string[] = [];
  /** `activity token` of what a run or its guard has begun: what a late command does after it is for deadlines and the end to judge. */
  readonly #begun = new Set<string>();
  #grants: readonly Granted[] = [];
  readonly #grantedAt: { readonly holder: string; readonly at: number }[] = [];
  /** Holder -> releases asked for so far: an answer from before one grants nothing any more. */
  readonly #releases = new Map<string, number>();

  constructor(private readonly world: World) {}

  /** To be called as an attempt begins. Not of runs that were reset: their former life is cleared away beside the new one, by guard and holders. */
  look({ activity: { type, args, run } }: Attempt): void {
    const first = run.spec.type === GUARD ? run.id.split('/guard/')[1] : run.firstRunId;
    const [life, ...more] = this.world
      .runsOf('copy')
      .filter(({ firstRunId }) => firstRunId === first);
    const token = life === undefined ? undefined : this.world.tokens.get(life.runId);
    if (life === undefined || token === undefined || more.length > 0) return;
    const { array = '', only } = (args[0] ?? {}) as {
      readonly array?: string;
      readonly only?: 'sources';
    };
    const unlocks = type === 'flashCopyUnlock';
    this.#begun.add(`${type} ${token}`);
    const gaveBack = this.#begun.has(`flashCopyGiveBack ${token}`);
    if (!gaveBack && (unlocks || AFTER_GIVE_BACK.test(type)))
      this.#still(type, `${this.world.orderOf(life)?.set ?? ''}-${token}`);
    if (unlocks && only === undefined && !this.#begun.has(`flashCopyUnprepareGroup ${token}`))
      this.#unprepared(array, token);
  }

  /** A host is about to stand still: its guard must not have given it back, and forgotten it, before. */
  standsStill(host: string): void {
    for (const run of this.world.runsOf('copy').filter(({ open }) => open)) {
      if (this.world.orderOf(run)?.hosts.includes(host) !== true) continue;
      const guard = this.world.server.newest(`${run.id}/guard/${run.firstRunId}`);
      const heard = guard?.events.lastIndexOf('WorkflowExecutionSignaled watch') ?? -1;
      if ((guard?.events.lastIndexOf('TimerFired') ?? -1) > heard)
        this.broken.push(
          `P2: ${host} stands still for ${run.id}, whose guard has given back before`,
        );
    }
  }

  /** To be called when an attempt has succeeded: who destroys something holds it. Guards act for their run. */
  done({ activity: { type, args, run } }: Attempt): void {
    const { locks } = (args[0] ?? {}) as Pick<RunRef, 'locks'>;
    if (run.spec.type !== FLASH_COPY || !NEEDS_LOCKS.test(type)) return;
    const holder = locks?.holder ?? '';
    const held = this.#grants.filter((grant) => grant.holder === holder);
    const sources = NEEDS_SOURCES.test(type);
    if (held.length === 0 || (sources && held.some(({ freed }) => freed === true)))
      this.broken.push(`P3: ${type} was carried out for ${run.id}, which did not hold its locks`);
  }

  /** The same ledger; what it grants is compared with what it granted before. */
  ledger(truth: Ledger): Ledger {
    return {
      ...truth,
      acquire: async (array, order) => {
        const releases = this.#releases.get(order.holder);
        const answer = await truth.acquire(array, order);
        if (answer.granted && this.#releases.get(order.holder) === releases)
          this.#granted({ ...order, array });
        return answer;
      },
      release: (array, order) => {
        const { holder, only } = order;
        this.#releases.set(holder, (this.#releases.get(holder) ?? 0) + 1);
        this.#grants = this.#grants.flatMap((grant) => {
          if (grant.holder !== holder || grant.array !== array) return [grant];
          return only === 'sources' ? [{ ...grant, sources: [], freed: true }] : [];
        });
        return truth.release(array, order);
      },
    };
  }

  /** Whether any life of that run took its locks after a time. */
  grantedSince(firstRunId: string, ms: number): boolean {
    return this.#grantedAt.some(({ holder, at }) => holder.endsWith(`/${firstRunId}`) && at > ms);
  }

  #granted(order: Granted): void {
    this.#grantedAt.push({ holder: order.holder, at: this.world.queue.now() });
    for (const held of this.#grants.filter(
      ({ holder, array }) => array === order.array && holder !== order.holder,
    )) {
      const taken = [...held.sources, ...held.targets];
      const twice = [...order.sources, ...order.targets].filter((name) => taken.includes(name));
      if (twice.length > 0)
        this.broken.push(
          `P3: ${twice.join(', ')} was granted to ${order.holder} while ${held.holder} held it`,
        );
    }
    const others = this.#grants.filter(
      ({ holder, array }) => array !== order.array || holder !== order.holder,
    );
    this.#grants = [...others, order];
  }

  #still(type: string, run: string): void {
    for (const { name, host } of this.world.san.sources)
      if (host.source.heldBy().startsWith(run))
        this.broken.push(`P2: ${type} began while ${name} still stood still for ${run}`);
  }

  #unprepared(array: string, token: string): void {
    const state = this.world.san.arrays.get(array)?.system.state;
    for (const group of state?.groups.filter(({ name }) => name.endsWith(`_${token}`)) ?? [])
      if (
        state
          ?.mappingsOf(group.id)
          .some(({ state: at }) => at === 'prepared' || at === 'preparing') === true
      )
        this.broken.push(
          `P3: the lock of ${array} was freed while group ${group.name} was still prepared`,
        );
  }
}
