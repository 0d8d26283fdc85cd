// What one seed of the soak stands for: several copies that share hosts, volumes and arrays, and faults at random points of them.
import { stream } from '../driver/random.js';
import type { Scenario } from '../laboratory.js';
import {
  ACTIVITY_EFFECTS,
  AWAY,
  ENDED,
  type Fault,
  faultLine,
  LANDS_LATE,
  LANDS_LATE_MS,
  PORT_EFFECTS,
  QUEUED_MS,
} from '../world/faults.js';
import { AWAY_MS, TEMPORAL, tried, WORKERS } from '../world/kinds.js';
import { SOURCES } from '../world/san.js';

/** Where a fault may strike: activities, and port calls as `name`. */
export interface Points {
  readonly activities: readonly string[];
  readonly ports: readonly string[];
}

const LONGEST_OFFSET_MS = 6_000;

/** The same seed gives the same scenario for the same points. */
export function scenarioOf(seed: number, points: Points): Scenario {
  const draw = stream(seed, 'schedule');
  const arrays = draw.chance(0.3) ? ['svc1', 'svc2'] : ['svc1'];
  const hosts = SOURCES.slice(0, draw.between(1, SOURCES.length));
  const members = (): string[] => {
    const chosen = hosts.filter(() => draw.chance(0.6));
    return chosen.length > 0 ? chosen : [draw.pick(hosts)];
  };
  // Both sets may have the same sources; a set is always the same volumes.
  const sets = { first: members(), second: members() };
  const kept = draw.chance(0.15);
  const copies = Array.from({ length: draw.between(1, 3) }, (_, at) => {
    const set = draw.chance(0.5) ? 'first' : 'second';
    return {
      ...{ set, hosts: sets[set] },
      method: draw.pick(['quiesce', 'unmount'] as const),
      keepMapped: kept,
      afterMs: at === 0 ? 0 : draw.between(0, LONGEST_OFFSET_MS),
    };
  });
  return {
    ...{ seed, copies, evictions: draw.chance(0.3) ? 0.2 : 0, again: draw.chance(0.5) },
    san: { sources: Object.fromEntries(hosts.map((host) => [host, draw.pick(arrays)])) },
    faults: Array.from({ length: draw.between(0, 3) }, () => faultOf(seed, points, draw)).filter(
      tried,
    ),
  };
}

type Draw = ReturnType<typeof stream>;

/** What strikes no single call: an outage, or a run that has ended and begins again. */
function wideFault(points: Points, draw: Draw): Fault {
  const where = draw.pick([TEMPORAL, WORKERS, 'svc1', 'dev1', 'app1']);
  const back = 2 * draw.between(0, 40);
  const away = {
    effect: AWAY as typeof AWAY,
    where,
    ms: draw.pick(AWAY_MS),
    at: draw.pick(points.activities),
  };
  const reset = { effect: 'reset' as const, where: '', ms: back, at: ENDED };
  return draw.chance(0.6)
    ? { ...away, nth: draw.between(1, 3) }
    : { ...reset, nth: draw.between(1, 2) };
}

function faultOf(_seed: number, points: Points, draw: Draw): Fault {
  if (draw.chance(0.25)) return wideFault(points, draw);
  const atPort = draw.chance(0.4);
  const effect = atPort ? draw.pick(PORT_EFFECTS) : draw.pick(ACTIVITY_EFFECTS);
  const back = draw.between(0, 6) * 2 + draw.between(0, 1);
  const late = draw.pick([500, 5_000, 30_000, 90_000]);
  const landing = draw.pick(LANDS_LATE_MS);
  const ports =
    effect === 'lands-late' ? points.ports.filter((at) => LANDS_LATE.test(at)) : points.ports;
  return {
    ...{
      at: draw.pick(atPort ? ports : points.activities),
      where: '',
      nth: draw.between(1, 4),
      effect,
    },
    ms: DELAYS[effect] === undefined ? back : DELAYS[effect]({ landing, late }),
  };
}

type Drawn = { readonly landing: number; readonly late: number };
const DELAYS: Partial<Record<Fault['effect'], (drawn: Drawn) => number>> = {
  'lands-late': ({ landing }) => landing,
  late: ({ late }) => late,
  stalls: ({ late }) => late,
  queued: () => QUEUED_MS,
};

/** For a person. */
export function scheduleLines({ seed, copies, faults, evictions, san }: Scenario): string[] {
  return [
    `seed ${seed}: ${Object.entries(san.sources)
      .map(([host, array]) => `${host} on ${array}`)
      .join(', ')}; ${evictions * 100} % evictions`,
    ...copies.map(
      ({ set, method, hosts, afterMs, keepMapped }) =>
        `  copy ${set} of ${hosts.join(', ')} by ${method}${keepMapped === true ? ', kept mapped' : ''}, after ${afterMs} ms`,
    ),
    ...faults.map((fault) => `  ${faultLine(fault)}`),
  ];
}
