// Faults: what goes wrong, where and when. A fault is plain data, so that a schedule can be printed, shrunk and replayed.
// An activity suffers around its whole body; a port call suffers inside one; strangers act on array and hosts at either.
import type { Activity } from '../driver/activity.js';

export const ACTIVITY_EFFECTS = [
  'queued',
  'refused',
  'throws-before',
  'throws-after',
  'fails-after',
  'late',
  'answer-lost',
  'hangs',
  'times-out',
  'cancel',
  'abort',
  'terminate',
  'reset',
  'workflow-timeout',
  'worker-killed',
  'foreign-start',
  'foreign-stop',
  'foreign-thaw',
  'foreign-mount',
  'foreign-unmap',
] as const;
export type ActivityEffect = (typeof ACTIVITY_EFFECTS)[number];

export const PORT_EFFECTS = [
  'lands-late',
  'refused',
  'throws-before',
  'throws-after',
  'stalls',
  'cancel',
  'terminate',
  'reset',
  'worker-killed',
  'foreign-start',
  'foreign-stop',
  'foreign-thaw',
  'foreign-mount',
  'foreign-unmap',
] as const;
export type PortEffect = (typeof PORT_EFFECTS)[number];

/** Its answer is lost at once, its effect comes so much later: within the pause, right after it, after the fence, long after the run. */
export const LANDS_LATE_MS = [0, 5, 300, 5_020, 15_000, 600_000] as const;
/** Longer than the lease of any guard of these worlds: nobody is left who would give back. */
export const QUEUED_MS = 200_000;
/** Port calls for which that is tried: whatever changes something on an array or a host. */
export const LANDS_LATE: RegExp =
  /^(session\.start|array\.(create|rename|remove|change|prepare|stop|set|map|unmap|make)|source\.(takeDown|giveBack|writeNonce)|target\.(release|synthesise|mount|unmount)|hold\.)/;
/** Of them those that cut: the delays around the pause are tried too. */
export const CUTS: RegExp = /^session\.start/;
/** Of all others: at once, in the next step, after the step's retries, when the run has long ended. */
export const CHANGE_LANDS_MS = [0, 300, 15_000, 600_000] as const;

/** The point at which a copy has ended, `where` is its status: only a reset strikes there. */
export const ENDED = 'run.ended';

/** Not a failure: an operator's update in the middle of a copy. */
export const RATE_CHANGED = 'rate-changed';
/** A person gives every source of the run back at its console, and says so to the run. */
export const RESOLVED = 'resolved';

/** From here on every call to the place `where`, an array or a host, is refused for `ms`; not a failure of the step at which it begins. */
export const AWAY = 'away';

export interface Fault {
  /** An activity (`flashCopyPlan`) or a port call (`source.arm`). */
  readonly at: string;
  /** Host or array; '' for any. Of an outage: the place that goes away. */
  readonly where: string;
  /** The how-manieth time it is reached, from 1. */
  readonly nth: number;
  readonly effect:
    ActivityEffect | PortEffect | typeof RATE_CHANGED | typeof RESOLVED | typeof AWAY;
  /** Delay of what comes late or stalls, ms; see acts.ts for its meaning to a strike on the run. */
  readonly ms: number;
}

export const faultLine = ({ at, where, nth, effect, ms }: Fault): string =>
  `${effect}${ms === 0 ? '' : ` ${ms} ms`} at ${at}${where === '' ? '' : ` of ${where}`}, time ${nth}`;

/** Hands out each fault when its moment comes, and knows which never came. */
export class FaultSchedule {
  readonly #seen = new Map<string, number>();
  readonly #left: Set<Fault>;
  /** Every point reached, with its count: what a matrix is generated from. */
  readonly reached = new Map<string, number>();

  constructor(readonly faults: readonly Fault[]) {
    this.#left = new Set(faults);
  }

  get unused(): readonly Fault[] {
    return [...this.#left];
  }

  /** What has not struck yet never will. */
  callOff(): void {
    this.#left.clear();
  }

  /** One step was reached; the fault that stands there, if any. */
  take(at: string, where: string): Fault | undefined {
    const point = `${at}@${where}`;
    this.reached.set(point, (this.reached.get(point) ?? 0) + 1);
    return this.#take(at, where, ({ effect }) => effect !== 'queued');
  }

  /** An activity was scheduled: how long no worker takes it, ms. */
  waits(at: string, where: string): number {
    return this.#take(at, where, ({ effect }) => effect === 'queued')?.ms ?? 0;
  }

  #take(at: string, where: string, kind: (fault: Fault) => boolean): Fault | undefined {
    let found: Fault | undefined;
    for (const fault of this.#left) {
      const elsewhere = fault.effect !== AWAY && fault.where !== '' && fault.where !== where;
      if (!kind(fault) || fault.at !== at || elsewhere) continue;
      const key = `${at}@${fault.where}`;
      const count = (this.#seen.get(`${key}#${fault.effect}#${fault.nth}`) ?? 0) + 1;
      this.#seen.set(`${key}#${fault.effect}#${fault.nth}`, count);
      if (count >= fault.nth && found === undefined) {
        found = fault;
        this.#left.delete(fault);
      }
    }
    return found;
  }
}

/** Host or array an activity is for; '' when it is for the whole run. */
export function subjectOf({ args }: Pick<Activity, 'args'>): string {
  const order = (args[0] ?? {}) as Record<string, unknown>;
  const { source, target, group, array } = order;
  const named = source ?? target ?? (typeof group === 'object' ? group : array);
  if (typeof named === 'string') return named;
  const { host, array: of } = (named ?? {}) as { host?: string; array?: string };
  return host ?? of ?? '';
}
