// Figures of a bench: medians and spreads over paired rounds. Ratios are taken round by round, then the median of them.
export interface Summary {
  readonly rounds: number;
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  readonly min: number;
  readonly max: number;
}

export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return {
    rounds: sorted.length,
    median: middle(sorted),
    p10: at(0.1),
    p90: at(0.9),
    min: at(0),
    max: at(1),
  };
}

/** Round by round: both figures of a pair saw the same machine. */
export function ratios(values: readonly number[], floors: readonly number[]): number[] {
  return values.flatMap((value, round) => {
    const floor = floors[round];
    return floor === undefined ? [] : [value / floor];
  });
}

function middle(sorted: readonly number[]): number {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}
