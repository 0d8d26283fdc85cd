// How fast a background copy really goes, when it will end, and whether it stands: from what was seen, not from what the rate promises.
// Rates: IBM's table, 128 KiB/s for 1-10, doubled for every ten more (mkfcmap, copyrate).

import type { Report } from './report.js';

/** Bytes a second that the array aims at; 0 for rate 0. */
export const bytesPerSecond = (rate: number): number =>
  rate === 0 ? 0 : 2 ** 17 * 2 ** (Math.ceil(rate / 10) - 1);

/** By what the rate promises: until the array has copied everything, and only while it may. */
export function plannedEnd(
  {
    outcome,
    takenAt,
    volumes,
  }: Pick<Report, 'outcome' | 'volumes'> & { readonly takenAt?: string | undefined },
  expectedCopyMs: number,
): string | undefined {
  const copied = volumes.length > 0 && volumes.every(({ independent }) => independent);
  const goesOn = outcome === 'running' || outcome === 'done' || outcome === 'needs-operator';
  if (takenAt === undefined || expectedCopyMs === 0 || copied || !goesOn) return undefined;
  return new Date(Date.parse(takenAt) + expectedCopyMs).toISOString();
}

/** Carried from look to look. Percents by mapping. */
export interface Pace {
  readonly firstAt: number;
  readonly first: Readonly<Record<string, number>>;
  /** When a percent last changed, ms. */
  readonly changedAt: number;
  readonly last: Readonly<Record<string, number>>;
}

export interface Seen {
  readonly mapping: string;
  readonly progressPercent: number;
  readonly copyRate?: number;
  /** Where it is known: how long one percent may take. */
  readonly capacityBytes?: number;
}

const percents = (seen: readonly Seen[]): Record<string, number> =>
  Object.fromEntries(seen.map(({ mapping, progressPercent }) => [mapping, progressPercent]));

/** A copy that went back (stopped and started again) begins anew. */
export function observe(pace: Pace | undefined, seen: readonly Seen[], now: number): Pace {
  const last = percents(seen);
  const fresh =
    pace === undefined || seen.some((one) => one.progressPercent < (pace.last[one.mapping] ?? 0));
  if (fresh) return { firstAt: now, first: last, changedAt: now, last };
  const moved = seen.some((one) => one.progressPercent !== pace.last[one.mapping]);
  return { ...pace, last, changedAt: moved ? now : pace.changedAt };
}

/** ms since the epoch at which the slowest volume will be at 100 % when all go on as measured; undefined until there is something to measure. */
export function expectedEnd({ firstAt, first, last }: Pace, now: number): number | undefined {
  const open = Object.entries(last).filter(([, percent]) => percent < 100);
  const ends = open.map(([mapping, percent]) => {
    const gained = percent - (first[mapping] ?? percent);
    return gained > 0 && now > firstAt
      ? now + ((100 - percent) * (now - firstAt)) / gained
      : undefined;
  });
  return ends.some((end) => end === undefined) ? undefined : Math.max(now, ...(ends as number[]));
}

const SHORTEST_STALL_MS = 600_000;
/** So many times what one percent should take. */
const PATIENCE = 3;

/** ms without any percent gained, 0 while that is no longer than one percent may take at the rates the mappings have. */
export function stalledForMs({ changedAt }: Pace, seen: readonly Seen[], now: number): number {
  const open = seen.filter(({ progressPercent }) => progressPercent < 100);
  const perPercent = open.map(({ capacityBytes = 0, copyRate = 0 }) =>
    copyRate === 0 ? 0 : (capacityBytes / 100 / bytesPerSecond(copyRate)) * 1_000,
  );
  const limit = Math.max(SHORTEST_STALL_MS, PATIENCE * Math.min(...perPercent, Infinity));
  const still = now - changedAt;
  return open.length > 0 && still > limit ? still : 0;
}
