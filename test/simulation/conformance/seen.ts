// What is compared between driver and server: every run with its end, result, failure and the events of its history.
export interface Ended {
  readonly id: string;
  readonly status: string;
  readonly result: readonly string[];
  readonly failure: string;
  /** Without workflow tasks and starts of activities; in the order of history. */
  readonly events: readonly string[];
}

export interface Seen {
  /** Oldest first. */
  readonly runs: readonly Ended[];
  /** Of updates. */
  readonly answers: readonly string[];
}

/** Events that arrive at one moment may stand in either order. */
export const essence = ({ runs, answers }: Seen): object => ({
  answers,
  runs: runs
    .map((run) => ({ ...run, events: run.events.toSorted() }))
    .toSorted((a, b) => a.id.localeCompare(b.id)),
});
