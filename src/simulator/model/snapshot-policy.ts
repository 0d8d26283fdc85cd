// Snapshot policies (code level 8.5.1 on): when a volume group is snapshot, and how many days what they took stays. The array's clock is UTC.
import type { Objects } from './objects.js';

export const POLICY_UNITS = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type PolicyUnit = (typeof POLICY_UNITS)[number];

export interface SnapshotPolicy {
  readonly id: number;
  readonly name: string;
  readonly unit: PolicyUnit;
  readonly interval: number;
  /** ms, as it was asked for: months are counted from its day, so that a 31st comes back after a February. */
  readonly anchorMs: number;
  /** ms, as it is shown: a start in the past was moved on by whole intervals. */
  readonly startMs: number;
  readonly retentionDays: number;
}

/** A policy on one volume group, with the start of its own. */
export interface PolicyAssignment {
  readonly policy: number;
  readonly anchorMs: number;
  readonly startMs: number;
  /** ms: the next snapshot. */
  dueMs: number;
  suspended: boolean;
  readonly safeguarded: boolean;
}

const MINUTE_MS = 60_000;
export const DAY_MS = 1440 * MINUTE_MS;
const UNIT_MS = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: DAY_MS, week: 7 * DAY_MS } as const;

/** Every system has them and they stay; their ids come before those of all others. */
const PREDEFINED: readonly SnapshotPolicy[] = (
  [
    ['hour', 6, 7],
    ['week', 1, 30],
    ['month', 1, 365],
  ] as const
).map(([unit, interval, retentionDays], id) => {
  const startMs = Date.UTC(2000, 0, 1);
  return {
    id,
    name: `predefinedsspolicy${id}`,
    unit,
    interval,
    anchorMs: startMs,
    startMs,
    retentionDays,
  };
});

/** Lowest id of a policy that somebody made. */
export const FIRST_OWN_POLICY = PREDEFINED.length;

export const isPredefined = ({ id }: SnapshotPolicy): boolean => id < FIRST_OWN_POLICY;

/** Part of the array's state: those that somebody made. */
export interface MadePolicies {
  readonly snapshotPolicies: Objects<SnapshotPolicy>;
}

export const policiesOf = ({ snapshotPolicies }: MadePolicies): readonly SnapshotPolicy[] => [
  ...PREDEFINED,
  ...snapshotPolicies,
];

export const policyById = (state: MadePolicies, id: number): SnapshotPolicy | undefined =>
  PREDEFINED[id] ?? state.snapshotPolicies.byId(id);

/** The first moment of the rhythm that is not before `fromMs`. */
export function occurrenceFrom(
  { unit, interval }: Pick<SnapshotPolicy, 'unit' | 'interval'>,
  anchorMs: number,
  fromMs: number,
): number {
  if (anchorMs >= fromMs) return anchorMs;
  if (unit !== 'month') {
    const stepMs = UNIT_MS[unit] * interval;
    return anchorMs + Math.ceil((fromMs - anchorMs) / stepMs) * stepMs;
  }
  let times = Math.max(0, Math.floor((monthOf(fromMs) - monthOf(anchorMs)) / interval) - 1);
  while (monthsLater(anchorMs, times * interval) < fromMs) times++;
  return monthsLater(anchorMs, times * interval);
}

function monthOf(ms: number): number {
  const date = new Date(ms);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The same day and time; the last day of a month that has no such day. */
function monthsLater(ms: number, months: number): number {
  const [year, month] = [Math.floor((monthOf(ms) + months) / 12), (monthOf(ms) + months) % 12];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(new Date(ms).getUTCDate(), lastDay)) + (ms % DAY_MS);
}
