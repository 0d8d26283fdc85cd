// Every time-out, wait and retry of the product in one place, in ms where nothing else is said. docs/timing.md is written from it.
// Promise kept here: command < activity < holder deadline < guard lease for every plan; whoever is inside ends first, and is heard.

/** One command or call, as the adapters wait for it. */
export const COMMANDS = {
  arrayRead: 30_000,
  /** The array runs commands one after another; a change may stand behind others. */
  arrayChange: 60_000,
  /** One start, when only unmounted hosts wait for it. */
  arrayStart: 20_000,
  /** How long a start whose answer was lost is looked for while sources stand still: only what is seen in that time counts. */
  arrayStartSeen: 5_000,
  arrayReserve: 30_000,
  hostFlush: 600_000,
  hostShort: 30_000,
  hostGiveBack: 240_000,
  /** The report follows the thaw on the same channel. */
  hostPauseReport: 15_000,
  hostInspect: 120_000,
  targetShort: 60_000,
  targetLong: 600_000,
  targetFind: 240_000,
  targetCheck: 6 * 3_600_000,
  handshake: 20_000,
  hangUp: 2_000,
  /** A live connection answers in milliseconds; the rest of the caller's time is kept for a new one. */
  channelTest: 1_000,
  logIn: 20_000,
  /** A refusal of the client's certificate comes as an alert, after the handshake. */
  whyUnreachable: 2_000,
  /** A query is answered by a worker: where none is, nothing else ends it. */
  reportQuery: 5_000,
  /** A ledger answers at once; after this time it is asked why not. */
  ledgerAnswer: 10_000,
  ledgerLook: 5_000,
  /** Until a worker takes an update or refuses it. */
  updateTaken: 20_000,
  /** Shorter than the activity that waits for it. */
  notify: 30_000,
  /** The parser is quadratic in hostile places; an honest megabyte takes a second. */
  parseDocument: 5_000,
} as const;

/** Waits between two tries or looks, and how many there are. */
export const WAITS = {
  readAgain: 400,
  keepAlive: 5_000,
  idleConnection: 60_000,
  /** A little more than the second, for clocks that do not agree. */
  rateWindow: 1_050,
  tooManyCalls: [1_000, 2_000, 4_000],
  tooManyCallsLongest: 10_000,
  jobLook: 20_000,
  jobLookAgain: 500,
  pollFirst: 200,
  pollLast: 1_000,
  copyLookFirst: 2_000,
  copyLookLast: 30_000,
  copyListingAge: 5_000,
  hostLookFirst: 1_000,
  /** Many may wait for one host, and its ledger answers all of them. */
  hostLookLast: 15_000,
  /** Between two looks of a guard at its copy; a copy that closes is heard of at once. */
  guardLook: 60_000,
  giveBackRound: 10_000,
  giveBackRoundLongest: 300_000,
  callOperator: 60_000,
  /** For a worker, before something stands still. Later it does not begin any more. */
  inQueue: 30_000,
  /** Others that quiesce at the same moment get so long to answer once one has refused. */
  quiesceAnswers: 1_000,
  /** A command that was sent is carried out within this time, or never: as long as a start is given. */
  settled: COMMANDS.arrayStart,
  /** A snapshot whose command was lost, and which was not found, is looked for once more then: nothing fences it. */
  snapshotLate: 900_000,
  systemAge: 300_000,
  /** Between two looks of a client that follows a copy. */
  followLook: 500,
  /** How long a client that follows a copy waits for a server that is away; then nobody can tell how the copy stands. */
  serverAway: 600_000,
  serverLook: 2_000,
  /** Asking is bounded: what is left is asked in the next round. */
  janitorAsks: 60_000,
  /** Who cannot be told in this time is told in a later round. */
  janitorTells: 120_000,
  ledgerTurn: 30_000,
} as const;

/** Reads of the array, in all. */
export const READ_ATTEMPTS = 3;

/** A third of the heartbeat time-out, within these: two lost beats do no harm. */
export const BEATS = { shortest: 250, longest: 10_000 } as const;

/** Where an inventory's user says nothing to his worker. */
export const WORKER = {
  /** The runs of a dead worker move to another one after this time instead of 10 s: they may stand in the pause. */
  sticky: 1_000,
  shutdown: 10_000,
  /** Longer than any maxPause: a shutdown waits for pauses that are under way. */
  urgentShutdown: 360_000,
  throttle: 5_000,
  urgentThrottle: 1_000,
} as const;

export const MARGINS = {
  /** Arming, opening sessions and the give back itself also take time within a quiesce holder's deadline. */
  quiesce: 15_000,
  /** Between a limit and the one around it; a tenth where the outer one is short. */
  inner: 2_000,
  /** More than the array is given to prepare: the activity reports its own time-out first. */
  prepare: 60_000,
  /** Holder deadlines end first, then this much later the guard acts. */
  lease: 60_000,
  /** What must be left of a lease beyond the start. */
  startLease: 5_000,
  /** With less than this left nothing is quiesced any more. */
  leastPause: 1_000,
  /** For a plan without sources: time to open the sessions and start. */
  withoutHolder: 60_000,
  startGroups: 60_000,
  /** Holder and twin get this long beyond the deadline: a mount and a start of units take their time. */
  overdueHold: 60_000,
  /** A guard that needs longer than this waits for something that does not come by itself. */
  stuckGuard: 600_000,
} as const;

/** The limit of what runs inside `limitMs`. */
export const inside = (limitMs: number): number =>
  Math.round(limitMs - Math.min(MARGINS.inner, limitMs / 10));

export interface Limits {
  readonly maxPauseMs: number;
  readonly maxOutageMs: number;
}
type Held = readonly { readonly deadlineMs: number }[];

/** When a holder gives back by itself, from arming. */
export const holderDeadlineMs = (
  { maxPauseMs, maxOutageMs }: Limits,
  method: 'quiesce' | 'unmount',
): number => (method === 'quiesce' ? maxPauseMs + MARGINS.quiesce : maxOutageMs);

const shortest = (sources: Held): number =>
  Math.min(...sources.map(({ deadlineMs }) => deadlineMs));

/** The activity of the quiesce method, from its own beginning: before any of its holders is armed. */
export const pointInTimeMs = (sources: Held, maxPauseMs: number): number =>
  inside(Math.min(shortest(sources), MARGINS.withoutHolder + maxPauseMs));

/** The activity that starts while hosts are unmounted. */
export const startGroupsMs = (sources: Held): number =>
  inside(Math.min(shortest(sources), MARGINS.startGroups));

/** A step of the user's own while hosts are unmounted: what is left is for units, start and mounts. */
export const inPauseMs = (sources: Held): number => Math.round(shortest(sources) / 3);

/** The activity that takes one host down, and the host's command in it. */
export const takeDownMs = ({ deadlineMs }: Held[number]): number => inside(deadlineMs);
export const takeDownCommandMs = (held: Held[number]): number => inside(takeDownMs(held));

export const prepareGroupMs = (maxPreparedMs: number): number => maxPreparedMs + MARGINS.prepare;

/** Twice the longest deadline: channels are opened before the holders are armed, and that takes no longer than a deadline. */
export const guardLeaseMs = (sources: Held): number =>
  2 * Math.max(0, ...sources.map(({ deadlineMs }) => deadlineMs)) + MARGINS.lease;
