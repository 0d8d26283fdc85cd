// Kinds of faults, as they are counted: a sweep that never met one of them has proved nothing about it.
import { AWAY, ENDED, type Fault } from './faults.js';

/** Places of an outage that are neither array nor host. */
export const TEMPORAL = 'temporal';
export const WORKERS = 'workers';

/** A restart, a failover, a deployment that went wrong, a night. */
export const AWAY_MS = [1_000, 20_000, 300_000, 7_200_000] as const;

export const KINDS = [
  ...['reset of an open run', 'reset of a run that has ended'],
  ...['Temporal away', 'workers away', 'array away', 'host away'],
  ...['start lands late', 'change of an array lands late', 'change of a host lands late'],
  ...['queued for minutes', 'somebody else acts', 'worker killed', 'run ended from outside'],
  ...['refused', 'answer lost', 'late or hanging'],
] as const;
export type Kind = (typeof KINDS)[number];

export function kindOf({ at, where, effect }: Fault): Kind | undefined {
  if (effect === AWAY) return AWAY_KIND[where] ?? (/^svc/.test(where) ? 'array away' : 'host away');
  if (effect === 'reset')
    return at === ENDED ? 'reset of a run that has ended' : 'reset of an open run';
  if (effect === 'lands-late') {
    if (/^session\./.test(at)) return 'start lands late';
    return /^array\./.test(at) ? 'change of an array lands late' : 'change of a host lands late';
  }
  return OF_EFFECT[effect];
}

const AWAY_KIND: Readonly<Record<string, Kind>> = {
  [TEMPORAL]: 'Temporal away',
  [WORKERS]: 'workers away',
};

const OF_EFFECT: Readonly<Partial<Record<Fault['effect'], Kind>>> = {
  queued: 'queued for minutes',
  'foreign-start': 'somebody else acts',
  'foreign-stop': 'somebody else acts',
  'foreign-thaw': 'somebody else acts',
  'foreign-mount': 'somebody else acts',
  'foreign-unmap': 'somebody else acts',
  'worker-killed': 'worker killed',
  cancel: 'run ended from outside',
  abort: 'run ended from outside',
  terminate: 'run ended from outside',
  'workflow-timeout': 'run ended from outside',
  refused: 'refused',
  'throws-before': 'refused',
  'throws-after': 'answer lost',
  'fails-after': 'answer lost',
  'answer-lost': 'answer lost',
  late: 'late or hanging',
  hangs: 'late or hanging',
  'times-out': 'late or hanging',
  stalls: 'late or hanging',
};

interface Open {
  /** Who repairs what it finds. */
  readonly owner: string;
  readonly why: string;
}

/** Kinds that find what nobody has repaired yet: counted and named, not tried unless NOT_YET=1. Empty is the goal. */
export const NOT_YET: Readonly<Partial<Record<Kind, Open>>> = {};

/** Whether a fault is tried now. */
export const tried = (fault: Fault): boolean =>
  process.env['NOT_YET'] === '1' || NOT_YET[kindOf(fault) ?? 'refused'] === undefined;

/** One line for each kind, with its count; what is not tried yet says why. */
export function kindLines(counts: Readonly<Record<string, number>>): string[] {
  return KINDS.map((kind) => {
    const open = NOT_YET[kind];
    const note = open === undefined ? '' : ` (not yet: ${open.owner}: ${open.why})`;
    return `  ${kind}: ${counts[kind] ?? 0}${note}`;
  });
}

/** Kinds that should have struck and never did. */
export const neverStruck = (counts: Readonly<Record<string, number>>): readonly Kind[] =>
  KINDS.filter((kind) => NOT_YET[kind] === undefined && (counts[kind] ?? 0) === 0);
