// A way to the array with its own connections and its own share of calls a second: the ordinary never stand before the urgent.
// The limit on connections is ours: node's agent counts a connection only once it stands.
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../domain/clock.js';
import { noFreeSession } from '../failures.js';
import { Rate } from '../rate.js';
import { within } from '../../domain/within.js';
import {
  ConnectionAgent,
  exchange,
  type ExchangePlace,
  type HttpAnswer,
  type Order,
} from './exchange.js';
import type { RunOptions } from '../transport.js';

export interface LaneOptions {
  readonly place: ExchangePlace;
  readonly open: () => Promise<TLSSocket>;
  readonly closing: AbortSignal;
  readonly connections: number;
  readonly callsPerSecond: number;
}

export class Lane {
  readonly #agent: ConnectionAgent;
  readonly #rate: Rate;
  readonly #clock: Clock;
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly options: LaneOptions) {
    const { place, open, closing, connections, callsPerSecond } = options;
    this.#clock = place.clock;
    this.#agent = new ConnectionAgent(open);
    this.#rate = new Rate({ clock: place.clock, signal: closing }, callsPerSecond);
    this.#free = connections;
  }

  /** First come, first served. Throws NO_FREE_SESSION while nothing was sent, else what an exchange throws. */
  async send(order: Order, options: RunOptions): Promise<HttpAnswer> {
    const { address } = this.options.place;
    const from = this.#clock.now();
    const turn = this.#turn();
    const late = (): Error => noFreeSession(address, options.timeoutMs);
    try {
      await within({ clock: this.#clock, ms: options.timeoutMs }, turn, late);
    } catch (error) {
      // A place that comes too late goes back at once.
      void turn.then(() => this.#giveBack());
      throw error;
    }
    try {
      const timeoutMs = Math.max(0, options.timeoutMs - (this.#clock.now() - from));
      return await exchange(this.#agent, this.options.place, {
        order,
        options: { ...options, timeoutMs },
      });
    } finally {
      this.#giveBack();
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #turn(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    (await this.#rate.turn())();
  }

  #giveBack(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
