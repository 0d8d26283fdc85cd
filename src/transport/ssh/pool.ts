// Connections of one transport and who may use them. Promise: never more than the session budget, one of it kept for the urgent,
// and whoever waits first is served first (the urgent before all others).
import { setMaxListeners } from 'node:events';
import type { Client } from 'ssh2';
import type { Clock } from '../../domain/clock.js';
import { commandCancelled, noFreeSession, unreachable } from '../failures.js';
import { within } from '../../domain/within.js';
import { whenAborted } from '../time-limit.js';
import { Rate } from '../rate.js';
import { hangUp } from './connection.js';

/** What every SVC bears; sshd bears more. */
const CONNECTIONS_PER_SECOND = 3;

export interface PoolOptions {
  readonly address: string;
  readonly clock: Clock;
  /** Awaits a `turn` before each connection it tries. */
  readonly open: (turn: () => Promise<() => void>) => Promise<Client>;
  /** Most connections at a time. */
  readonly sessions: number;
  readonly channelsPerConnection: number;
  readonly idleMs: number;
}

export interface Want {
  /** A whole connection, shared with nobody. */
  readonly owned: boolean;
  readonly urgent: boolean;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A place on a connection. */
export interface Lease {
  readonly client: Client;
  /** First use of a connection that was opened for it: it cannot have died while idle. */
  readonly fresh: boolean;
  /** Gives the place back; `broken` also ends the connection, once nobody else is on it. Idempotent. */
  release(broken?: boolean): void;
}

interface Member {
  readonly opening: Promise<Client>;
  readonly forUrgent: boolean;
  client?: Client;
  leases: number;
  owned: boolean;
  used: boolean;
  retired: boolean;
  idle?: AbortController;
}

interface Waiter {
  readonly want: Want;
  readonly take: (member: Member) => void;
}

export class ConnectionPool {
  readonly #members: Member[] = [];
  readonly #waiting: Waiter[] = [];
  readonly #closing = new AbortController();
  readonly #rate: Rate;

  constructor(private readonly options: PoolOptions) {
    // Everyone who waits listens to it.
    setMaxListeners(0, this.#closing.signal);
    this.#rate = new Rate(
      { clock: options.clock, signal: this.#closing.signal },
      CONNECTIONS_PER_SECOND,
    );
  }

  /** Throws NO_FREE_SESSION, COMMAND_CANCELLED (not-done), or why no connection could be opened. */
  async acquire(want: Want): Promise<Lease> {
    const { address, clock } = this.options;
    const watch = this.#watch(want.signal);
    let member: Member | undefined;
    let waiter: Waiter | undefined;
    const leased = new Promise<Member>((resolve) => {
      waiter = { want, take: (found) => resolve((member = found)) };
      this.#waiting.push(waiter);
    }).then((found) => this.#lease(found));
    this.#serve();
    const late = (): Error =>
      member === undefined
        ? noFreeSession(address, want.timeoutMs)
        : unreachable(address, `no SSH session within ${want.timeoutMs} ms`);
    try {
      return await within(
        { clock, ms: want.timeoutMs },
        Promise.race([watch.stopped, leased]),
        late,
      );
    } catch (error) {
      const place = this.#waiting.findIndex((one) => one === waiter);
      if (place >= 0) this.#waiting.splice(place, 1);
      // A place that comes too late goes back at once.
      leased.then((lease) => lease.release()).catch(() => undefined);
      this.#serve();
      throw error;
    } finally {
      watch.forget();
    }
  }

  /** Ends every connection; whoever waits gets UNREACHABLE. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#members.map((member) => this.#end(member)));
  }

  #watch(signal: AbortSignal | undefined): { readonly stopped: Promise<never>; forget(): void } {
    const { address } = this.options;
    const caller = whenAborted(signal, () => commandCancelled(address, false, signal?.reason));
    const closing = whenAborted(this.#closing.signal, () =>
      unreachable(address, 'this transport is closed'),
    );
    const forget = (): void => {
      caller.forget();
      closing.forget();
    };
    return { stopped: Promise.race([caller.aborted, closing.aborted]), forget };
  }

  async #lease(member: Member): Promise<Lease> {
    const client = await member.opening;
    const fresh = !member.used;
    member.used = true;
    let held = true;
    const release = (broken = false): void => {
      if (!held) return;
      held = false;
      member.retired ||= broken;
      this.#giveBack(member);
    };
    return { client, fresh, release };
  }

  #giveBack(member: Member): void {
    member.leases -= 1;
    if (member.leases === 0) {
      member.owned = false;
      // No farewell to a far side that does not answer: it would keep the session taken meanwhile.
      if (member.retired) member.client?.destroy();
      else this.#closeWhenIdle(member);
    }
    this.#serve();
  }

  /** Gives places to those who wait, in order; the first who gets none stops all behind him, so nobody starves. */
  #serve(): void {
    if (this.#closing.signal.aborted) return;
    const inOrder = [...this.#waiting].sort(
      (a, b) => Number(b.want.urgent) - Number(a.want.urgent),
    );
    for (const waiter of inOrder) {
      const member = this.#find(waiter.want) ?? this.#grow(waiter.want);
      if (member === undefined) return;
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      member.leases += 1;
      member.owned = waiter.want.owned;
      member.idle?.abort();
      waiter.take(member);
    }
  }

  /** A place on a connection that exists: for the urgent first on the one kept for them, then a connection that is up before one being opened. */
  #find(want: Want): Member | undefined {
    const limit = want.owned ? 1 : this.options.channelsPerConnection;
    const fit = this.#members.filter(
      (one) => !one.owned && !one.retired && one.leases < limit && (want.urgent || !one.forUrgent),
    );
    const rank = (one: Member): number =>
      (one.forUrgent ? 0 : 1000) + (one.client ? 0 : 500) + one.leases;
    const best = fit.sort((a, b) => rank(a) - rank(b))[0];
    // An urgent reservation takes the kept session rather than one that others could use.
    return want.urgent && want.owned && best?.forUrgent !== true
      ? (this.#grow(want) ?? best)
      : best;
  }

  #grow(want: Want): Member | undefined {
    const { sessions } = this.options;
    const forUrgent = want.urgent && sessions > 1 && !this.#members.some((one) => one.forUrgent);
    const ordinary = this.#members.filter((one) => !one.forUrgent).length;
    if (!forUrgent && ordinary >= Math.max(1, sessions - 1)) return undefined;
    const opening = this.#open();
    const member: Member = {
      opening,
      forUrgent,
      leases: 0,
      owned: false,
      used: false,
      retired: false,
    };
    this.#members.push(member);
    opening.then(
      (client) => this.#opened(member, client),
      () => this.#remove(member),
    );
    return member;
  }

  #open(): Promise<Client> {
    return this.options.open(async () => {
      const begun = await this.#rate.turn();
      if (!this.#closing.signal.aborted) return begun;
      begun();
      throw unreachable(this.options.address, 'this transport is closed');
    });
  }

  #opened(member: Member, client: Client): void {
    member.client = client;
    client.once('close', () => this.#remove(member));
    if (this.#closing.signal.aborted) client.end();
  }

  #remove(member: Member): void {
    member.retired = true;
    member.idle?.abort();
    const place = this.#members.indexOf(member);
    if (place >= 0) this.#members.splice(place, 1);
    this.#serve();
  }

  #closeWhenIdle(member: Member): void {
    const idle = new AbortController();
    member.idle = idle;
    this.options.clock.sleep(this.options.idleMs, idle.signal).then(
      () => this.#end(member),
      () => undefined,
    );
  }

  /** It counts against the budget until its socket is closed. */
  async #end(member: Member): Promise<void> {
    member.retired = true;
    member.idle?.abort();
    if (member.client !== undefined && this.#members.includes(member))
      await hangUp(member.client, this.options.clock);
  }
}
