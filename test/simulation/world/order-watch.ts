// Watches what must not come before what: undo of a run whose source still stands still, a lock freed too early, a volume granted twice.
// A world that is well at its end may have kept none of it on the way; nobody else may have come by at the wrong moment.
import type { ActivityDependencies } from '../../../src/activities/index.js';
import type { AcquireOrder } from '../../../src/workflows/messages.js';
import type { Attempt } from '../driver/activity.js';
import type { World } from './world.js';

type Ledger = ActivityDependencies['ledger'];

/** Sources have their I/O again before any of these begins. */
const AFTER_GIVE_BACK = /^flashCopy(UnprepareGroup|FenceGroup|MakePreparable|Withdraw|RemoveCreated|Verify|Mount)$/;

interface Granted extends AcquireOrder {
  readonly array: string;
}

export class OrderWatch {
  readonly broken: string[] = [];
  #grants: readonly Granted[] = [];
  /** Holder -> releases asked for so far: an answer from before one grants nothing any more. */
  readonly #releases = new Map<string, number>();

  constructor(private readonly world: World) {}

  /** To be called as an attempt begins. */
  look({ activity: { type, args } }: Attempt): void {
    const order = (args[0] ?? {}) as { run?: string; holder?: string; array?: string; only?: 'sources' };
    if (AFTER_GIVE_BACK.test(type) && order.run !== undefined) this.#still(type, [order.run]);
    if (type !== 'flashCopyUnlock' || order.holder === undefined) return;
    const tokens = this.#tokensOf(order.holder);
    this.#still(
      type,
      tokens.map(({ run }) => run),
    );
    if (order.only === undefined) this.#unprepared(order.array ?? '', tokens);
  }

  /** The same ledger; what it grants is compared with what it granted before. */
  ledger(truth: Ledger): Ledger {
    return {
      ...truth,
      acquire: async (array, order) => {
        const releases = this.#releases.get(order.holder);
        const answer = await truth.acquire(array, order);
        if (answer.granted && this.#releases.get(order.holder) === releases) this.#granted({ ...order, array });
        return answer;
      },
      release: (array, order) => {
        const { holder, only } = order;
        this.#releases.set(holder, (this.#releases.get(holder) ?? 0) + 1);
        this.#grants = this.#grants.flatMap((grant) => {
          if (grant.holder !== holder || grant.array !== array) return [grant];
          return only === 'sources' ? [{ ...grant, sources: [] }] : [];
        });
        return truth.release(array, order);
      },
    };
  }

  #granted(order: Granted): void {
    for (const held of this.#grants.filter(({ holder, array }) => array === order.array && holder !== order.holder)) {
      const taken = [...held.sources, ...held.targets];
      const twice = [...order.sources, ...order.targets].filter((name) => taken.includes(name));
      if (twice.length > 0)
        this.broken.push(`P3: ${twice.join(', ')} was granted to ${order.holder} while ${held.holder} held it`);
    }
    const others = this.#grants.filter(({ holder, array }) => array !== order.array || holder !== order.holder);
    this.#grants = [...others, order];
  }

  #still(type: string, runs: readonly string[]): void {
    for (const { name, host } of this.world.san.sources)
      if (runs.includes(host.source.heldBy()))
        this.broken.push(`P2: ${type} began while ${name} still stood still for ${host.source.heldBy()}`);
  }

  #unprepared(array: string, tokens: readonly { readonly token: string }[]): void {
    const state = this.world.san.arrays.get(array)?.system.state;
    for (const group of state?.groups.filter(({ name }) => tokens.some(({ token }) => name.endsWith(`_${token}`))) ??
      [])
      if (state?.mappingsOf(group.id).some(({ state: at }) => at === 'prepared' || at === 'preparing') === true)
        this.broken.push(`P3: the lock of ${array} was freed while group ${group.name} was still prepared`);
  }

  /** Of its newest run: what it did before a reset its guard clears away, in its own time. */
  #tokensOf(holder: string): { readonly token: string; readonly run: string }[] {
    const run = this.world.runsOf('copy').findLast(({ id, firstRunId }) => `${id}/${firstRunId}` === holder);
    const token = run === undefined ? undefined : this.world.tokens.get(run.runId);
    if (run === undefined || token === undefined) return [];
    return [{ token, run: `${this.world.orderOf(run)?.set ?? ''}-${token}` }];
  }
}
