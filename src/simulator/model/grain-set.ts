// A bitmap of grains, as an array keeps one per mapping: which are still to be copied, which were
// changed since the last start. Kept as runs: a bitmap of 4 million grains takes a few bytes.

/** Grains `from` (included) to `to` (not included). */
export interface Run {
  readonly from: number;
  readonly to: number;
}

export class GrainSet {
  private constructor(
    readonly total: number,
    /** Where runs begin and end, in turn: ascending, no two equal. */
    private edges: number[],
    private count: number,
  ) {}

  static empty(total: number): GrainSet {
    return new GrainSet(total, [], 0);
  }

  static full(total: number): GrainSet {
    return new GrainSet(total, total === 0 ? [] : [0, total], total);
  }

  /** Of `encode`. Throws what is no set of so many grains. */
  static parse(total: number, text: string): GrainSet {
    const set = GrainSet.empty(total);
    for (const part of text === '' ? [] : text.split(',')) {
      const [, from, to] = /^(\d+)-(\d+)$/.exec(part) ?? [];
      if (to === undefined || Number(from) >= Number(to) || Number(to) > total)
        throw new Error(`no run of ${total} grains: ${part}`);
      set.add(Number(from), Number(to));
    }
    return set;
  }

  get size(): number {
    return this.count;
  }

  has(grain: number): boolean {
    return this.edgesUpTo(grain) % 2 === 1;
  }

  /** One grain, or all from `from` to before `to`; what is beyond the end is not there. */
  add(from: number, to = from + 1): void {
    this.put(from, Math.min(to, this.total), true);
  }

  delete(from: number, to = from + 1): void {
    this.put(from, Math.min(to, this.total), false);
  }

  /** Ascending; a copy: the set may change meanwhile. */
  runs(within: Run = { from: 0, to: this.total }): Run[] {
    const found: Run[] = [];
    const first = this.edgesUpTo(within.from);
    for (let at = first - (first % 2); at < this.edges.length; at += 2) {
      const from = Math.max(this.edge(at), within.from);
      if (from >= within.to) break;
      const to = Math.min(this.edge(at + 1), within.to);
      if (from < to) found.push({ from, to });
    }
    return found;
  }

  /** What is not in the set. */
  gaps(within: Run = { from: 0, to: this.total }): Run[] {
    const found: Run[] = [];
    let from = within.from;
    for (const run of this.runs(within)) {
      if (from < run.from) found.push({ from, to: run.from });
      from = run.to;
    }
    return from < within.to ? [...found, { from, to: within.to }] : found;
  }

  /** The lowest members, at most `limit` of them. */
  lowest(limit: number): Run[] {
    const found: Run[] = [];
    let left = limit;
    for (let at = 0; at < this.edges.length && left > 0; at += 2) {
      const from = this.edge(at);
      const to = Math.min(this.edge(at + 1), from + left);
      found.push({ from, to });
      left -= to - from;
    }
    return found;
  }

  /** One by one: for small sets. */
  members(): number[] {
    return this.runs().flatMap(({ from, to }) =>
      Array.from({ length: to - from }, (_, index) => from + index),
    );
  }

  copy(): GrainSet {
    return new GrainSet(this.total, this.edges.slice(), this.count);
  }

  /** `0-17,20-21`: first grain and the one behind the last of each run. */
  encode(): string {
    return this.runs()
      .map(({ from, to }) => `${from}-${to}`)
      .join(',');
  }

  private edge(at: number): number {
    return this.edges[at] ?? this.total;
  }

  /** How many edges are not behind the grain: odd inside a run. */
  private edgesUpTo(grain: number): number {
    let [low, high] = [0, this.edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.edge(middle) <= grain) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private put(from: number, to: number, member: boolean): void {
    if (from >= to) return;
    const before = grainsIn(this.runs({ from, to }));
    const [first, last] = [this.edgesUpTo(from - 1), this.edgesUpTo(to)];
    const edges = [
      ...((first % 2 === 1) === member ? [] : [from]),
      ...((last % 2 === 1) === member ? [] : [to]),
    ];
    this.edges.splice(first, last - first, ...edges);
    this.count += (member ? to - from : 0) - before;
  }
}

export const grainsIn = (runs: readonly Run[]): number =>
  runs.reduce((sum, { from, to }) => sum + to - from, 0);

/** The grains a range of bytes touches, first and last included. */
export function grainsOf(range: { offset: number; length: number }, grainBytes: number): Run {
  if (range.length <= 0) return { from: 0, to: 0 };
  const from = Math.floor(range.offset / grainBytes);
  return { from, to: Math.floor((range.offset + range.length - 1) / grainBytes) + 1 };
}
