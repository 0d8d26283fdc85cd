// The fault matrix: generated from what activities exist and what ports a copy really calls, so a new step joins by itself.
// An activity that a good copy never calls is reached by a road: a first fault after which it is called.
import { createActivities } from '../../src/activities/index.js';
import type { Vm } from './driver/sdk-vm.js';
import { carryOut, type Outcome, type Planted, type Scenario } from './laboratory.js';
import {
  ACTIVITY_EFFECTS,
  AWAY,
  type Fault,
  faultLine,
  LANDS_LATE,
  LANDS_LATE_MS,
  CHANGE_LANDS_MS,
  CUTS,
  PORT_EFFECTS,
  type PortEffect,
  QUEUED_MS,
  RATE_CHANGED,
  RESOLVED,
  ENDED,
} from './world/faults.js';
import { AWAY_MS as SERVICE_AWAY_MS, TEMPORAL, tried, WORKERS } from './world/kinds.js';
import type { CopyOrder } from './world/world.js';

export type Method = CopyOrder['method'];
export interface Shape {
  readonly method: Method;
  readonly hosts: readonly string[];
  readonly snapshot?: NonNullable<CopyOrder['snapshot']>;
  /** From an old snapshot of the hosts' volumes, instead of a copy. */
  readonly restore?: true;
}

export const SHAPES = (method: Method): Shape[] => [
  { method, hosts: ['app1'] },
  { method, hosts: ['app1', 'app2', 'app3'] },
];

export interface Cell {
  readonly title: string;
  readonly scenario: Scenario;
  /** The fault that must strike, after those of the road. */
  readonly fault: Fault;
}

const SEED = 11;
const LATE_MS = 5_000;
/** Longer than a pause and than a quiesce holder's deadline, shorter than an outage. */
const STALL_MS = 30_000;
const TO_THE_START = 2_000;
/** Longer than anything waits before the point in time. */
const AWAY_MS = 1_800_000;
const OFFSET_MS: Partial<Record<Fault['effect'], number>> = { late: LATE_MS, queued: QUEUED_MS };

/** Every activity a worker registers. */
export const activityNames = (): string[] =>
  Object.keys(
    createActivities({
      arrays: undefined,
      hosts: undefined,
      clock: undefined,
      ledger: {},
    } as never),
  ).sort();

/** What must happen, or be asked for, so that an activity is called. */
export interface Road {
  readonly faults: readonly Fault[];
  readonly order?: Pick<CopyOrder, 'autodelete' | 'attempts'>;
}

export const scenarioOf = (
  { method, hosts, snapshot, restore }: Shape,
  { faults, order }: Road,
): Scenario => ({
  ...{
    seed: SEED,
    san: {
      sources: Object.fromEntries(hosts.map((host) => [host, 'svc1'])),
      ...(snapshot === undefined && restore === undefined ? {} : { grouped: hosts }),
      ...(restore === undefined ? {} : { restored: restore }),
    },
    evictions: 0,
    again: false,
  },
  copies: [
    {
      ...{ set: 'nightly', method, hosts, ...order, afterMs: 0 },
      ...(snapshot === undefined ? {} : { snapshot }),
      ...(restore === undefined ? {} : { restore }),
    },
  ],
  faults,
});

export const fault = (at: string, effect: Fault['effect'], more: Partial<Fault> = {}): Fault => ({
  ...{ at, effect, where: '', nth: 1, ms: 0 },
  ...more,
});

/** What the other method calls is not looked for. */
const QUIESCE_ONLY: readonly string[] = ['flashCopyTakePointInTime'];
const UNMOUNT_ONLY: readonly string[] = ['flashCopyTakeDown', 'flashCopyStartGroups'];

/** Roads that lead through no failure. */
const ASKED_FOR: readonly Road[] = [
  { faults: [fault('flashCopyAwaitCopied', RATE_CHANGED)] },
  { faults: [], order: { autodelete: true } },
];

/** Tried last: it strikes activities on its way, whose own roads are shorter. */
const RESOLVED_BY_HAND: readonly Road[] = [
  // Both methods: what one of them does not call never strikes.
  {
    faults: [
      fault('flashCopyTakePointInTime', 'refused'),
      fault('flashCopyGiveBack', 'refused'),
      fault('flashCopyNotify', RESOLVED),
    ],
  },
];

export interface Roads {
  /** Activity -> the road to it; nothing for those of a good copy. */
  readonly activities: ReadonlyMap<string, Road>;
  /** Port calls of a good copy, `name@where`. */
  readonly ports: readonly string[];
  /** Workflow tasks of a good copy. */
  readonly tasks?: number;
}

const PORT = /^(array|session|source|hold|target|host)\./;

/** Follows one good copy, then one after each single failure. The roads of the same method with other hosts are these roads too. */
export async function findRoads(vm: Vm, shape: Shape, alike?: Roads): Promise<Roads> {
  let tasks = 0;
  const reachedBy = async (road: Road): Promise<string[]> => {
    const { world } = await carryOut(vm, scenarioOf(shape, road));
    tasks ||= world.runsOf('copy')[0]?.log.length ?? 0;
    return [...world.faults.reached.keys()];
  };
  const good = await reachedBy({ faults: [] });
  const names = (points: readonly string[]): string[] =>
    points.map((point) => point.split('@')[0] ?? '').filter((name) => name.startsWith('flashCopy'));
  const activities = new Map<string, Road>(names(good).map((name) => [name, { faults: [] }]));
  const ports = good.filter((point) => PORT.test(point));
  if (alike !== undefined) return { ...alike, ports, tasks };
  const other = shape.method === 'quiesce' ? UNMOUNT_ONLY : QUIESCE_ONLY;
  const missing = (): boolean =>
    activityNames().some((name) => !activities.has(name) && !other.includes(name));
  const failures = [...activities.keys()].reverse().flatMap((at) =>
    (['refused', 'fails-after'] as const).map((effect): Road => ({
      faults: [fault(at, effect)],
    })),
  );
  for (const road of [...ASKED_FOR, ...failures, ...RESOLVED_BY_HAND]) {
    if (!missing()) break;
    for (const name of names(await reachedBy(road)))
      if (!activities.has(name)) activities.set(name, road);
  }
  return { activities, ports, tasks };
}

/** Reads of the array are repeated by their own client; what changes something, or stands in the pause, is struck. */
const struck = (point: string): boolean => !/^(array\.read|host\.)/.test(point);
/** With several hosts it is the second that fails. */
const second = (hosts: readonly string[], where: string): boolean =>
  hosts.length === 1 || hosts[1] === where || !hosts.includes(where);

export function cellsOf(shape: Shape, roads: Roads): Cell[] {
  const { hosts, method } = shape;
  const cell = (at: string, road: Road, one: Fault): Cell => ({
    title: `${method}, ${hosts.length} host${hosts.length === 1 ? '' : 's'}: ${faultLine(one)}`,
    scenario: scenarioOf(shape, { ...road, faults: [...road.faults, one] }),
    fault: one,
  });
  const perHost = (at: string): string =>
    hosts.length > 1 && /PreFlush|TakeDown|GiveBack|MarkAfter/.test(at) ? (hosts[1] ?? '') : '';
  const ofActivities = [...roads.activities].flatMap(([at, road]) => [
    ...ACTIVITY_EFFECTS.map((effect) =>
      cell(at, road, fault(at, effect, { where: perHost(at), ms: OFFSET_MS[effect] ?? 0 })),
    ),
    cell(at, road, fault(at, 'reset', { where: perHost(at), ms: TO_THE_START })),
  ]);
  const ofPorts = roads.ports
    .filter(struck)
    .map((point) => point.split('@') as [string, string])
    .filter(([, where]) => second(hosts, where))
    .flatMap(([at, where]) =>
      PORT_EFFECTS.flatMap((effect) =>
        delaysOf(at, effect).map((ms) =>
          cell(at, { faults: [] }, fault(at, effect, { where, ms })),
        ),
      ),
    );
  // The hosts of production are the targets of a restore.
  const places = shape.restore === true ? ['svc1'] : ['svc1', 'dev1'];
  const ofOutages = [...roads.activities.keys()]
    .filter((at) => roads.activities.get(at)?.faults.length === 0)
    .flatMap((at) => places.map((where) => fault(at, AWAY, { where, ms: AWAY_MS })))
    .map((one) => cell(one.at, roads.activities.get(one.at)!, one));
  return [...ofActivities, ...ofPorts, ...ofOutages, ...ofService(cell, roads)].filter(
    ({ fault: one }) => tried(one),
  );
}

/** Of a run that failed: those of its undo. */
const LAST_TASKS = 5;

/** Temporal or all workers away, at every step of a good copy; its run reset to every task once it has ended, and one that failed to its last ones. */
function ofService(
  cell: (at: string, road: Road, one: Fault) => Cell,
  { activities, tasks = 0 }: Roads,
): Cell[] {
  const steps = [...activities].filter(([, { faults }]) => faults.length === 0);
  const away = steps.flatMap(([at, road]) =>
    [TEMPORAL, WORKERS].flatMap((where) =>
      SERVICE_AWAY_MS.map((ms) => cell(at, road, fault(at, AWAY, { where, ms }))),
    ),
  );
  const resets = Array.from({ length: tasks }, (_, back) =>
    cell(ENDED, { faults: [] }, fault(ENDED, 'reset', { where: 'COMPLETED', ms: 2 * back })),
  );
  const undone = { faults: [fault('flashCopyPrepareGroup', 'refused')] };
  const failed = Array.from({ length: LAST_TASKS }, (_, back) =>
    cell(ENDED, undone, fault(ENDED, 'reset', { where: 'FAILED', ms: 2 * back })),
  );
  return [...away, ...resets, ...failed];
}

function delaysOf(at: string, effect: PortEffect): readonly number[] {
  if (effect === 'stalls') return [STALL_MS];
  if (effect !== 'lands-late') return [0];
  return CUTS.test(at) ? LANDS_LATE_MS : LANDS_LATE.test(at) ? CHANGE_LANDS_MS : [];
}

export interface CellEnd extends Outcome {
  readonly cell: Cell;
  /** The fault never came to pass: nothing was tested. */
  readonly missed: boolean;
}

export async function tryCell(vm: Vm, cell: Cell, planted: Planted = {}): Promise<CellEnd> {
  const outcome = await carryOut(vm, cell.scenario, planted);
  return { ...outcome, cell, missed: outcome.world.faults.unused.includes(cell.fault) };
}
