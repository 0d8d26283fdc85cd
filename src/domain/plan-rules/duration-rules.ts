// How long the background copy takes: told in the plan, warned of where it is long, and refused where
// the level has no such rate.
import { bytesPerSecond } from '../copy-pace.js';
import { highestRate } from '../code-level.js';
import type { PlannedGroup } from '../plan.js';
import { refuseIf, type Rule } from './rule.js';
import { usesSnapshots } from './kinds.js';
import type { PairView, View } from './view.js';

const ratesOfTheLevel: Rule = ({ arrays, request: { copy } }) =>
  arrays.flatMap(({ array, system: { codeLevel } }) =>
    (['rate', 'cleanRate'] as const).flatMap((field) =>
      refuseIf(copy[field] > highestRate(codeLevel), () => [
        'RATE_NOT_SUPPORTED',
        `copy.${field}`,
        String(copy[field]),
        `array ${array} has code level ${codeLevel} and rates up to ` +
          `${highestRate(codeLevel)} (150 from 7.8.1 on): lower it`,
      ]),
    ),
  );

/** ms until the largest volume is copied; 0 for rate 0. Mappings copy side by side. */
export function copyMs(pairs: readonly PairView[], rate: number): number {
  if (rate === 0) return 0;
  const largest = Math.max(0, ...pairs.map(({ source }) => source?.capacityBytes ?? 0));
  return Math.ceil((largest / bytesPerSecond(rate)) * 1_000);
}

const LONG_MS = 8 * 3_600_000;

/** A night. With `waitFor: copied` the run itself, and the locks on its targets, last as long. */
export function durationNotes(view: View): string[] {
  const { rate, waitFor } = view.request.copy;
  const ms = usesSnapshots(view) ? 0 : copyMs(view.pairs, rate);
  if (ms <= LONG_MS) return [];
  const wait =
    waitFor === 'copied'
      ? 'the run waits for it, and keeps its targets locked'
      : 'until then the copy needs its source';
  return [
    `time: the background copy takes about ${duration(ms)} at copy rate ${rate}; ` +
      `${wait}: raise copy.rate`,
  ];
}

export const copyTime = ({ copyRate, expectedCopyMs = 0 }: PlannedGroup): string =>
  expectedCopyMs === 0
    ? ''
    : `: about ${duration(expectedCopyMs)} at copy rate ${copyRate} ` +
      `(${speed(copyRate)} for each mapping)`;

export function duration(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes < 2) return `${Math.max(1, Math.ceil(ms / 1_000))} s`;
  if (minutes < 120) return `${minutes} min`;
  return `${Math.round(minutes / 60)} h`;
}

const speed = (rate: number): string => {
  const kib = bytesPerSecond(rate) / 1_024;
  return kib < 1_024 ? `${kib} KiB/s` : `${kib / 1_024} MiB/s`;
};

export const DURATION_RULES: readonly Rule[] = [ratesOfTheLevel];
