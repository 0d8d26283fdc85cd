// Who waits in each time limit of the product, and what happens then. Typed by the constants themselves: a new one without its line does not compile.
import type { ActivityName } from '../src/activities/contract.js';
import type { COMMANDS, MARGINS, WAITS, WORKER } from '../src/domain/timing.js';

/** Who waits for what; what happens then. */
type Line = readonly [string, string];
export type CommandName = keyof typeof COMMANDS;

const UNKNOWN = 'effect unknown: read before anything is repeated';

export const COMMAND_LINES: Readonly<Record<CommandName, Line>> = {
  arrayRead: ['array client for a listing', 'read again after a lost answer, not after a time-out'],
  arrayChange: ['array client for a change', UNKNOWN],
  arrayStart: [
    'the start while hosts are unmounted',
    '`START_UNKNOWN`: give back, then fence the group',
  ],
  arrayStartSeen: [
    'the pause for the effect of a start whose answer was lost',
    'given back; the group is fenced, what it copies is stopped',
  ],
  arrayReserve: [
    'the pause for an array session of its own',
    '`NO_FREE_SESSION`; nothing was made still',
  ],
  hostFlush: ['pre-flush of a source', 'the activity fails and is tried again'],
  hostShort: ['arm, mark, probe on a source', 'not armed, or counted as broken'],
  hostGiveBack: ['give back on a source', 'tried again, for ever; the job on the host goes on'],
  hostPauseReport: ["the thaw for its holder's report", 'the quiesce counts as broken'],
  hostInspect: ['inspection of one host', 'the plan fails'],
  targetShort: ['proof and marks on a target', 'the activity fails and is tried again'],
  targetLong: [
    'release, new identity, mount on a target',
    'the job goes on; the next attempt joins it',
  ],
  targetFind: ['login, scan and paths of mapped disks', 'the next attempt looks again'],
  targetCheck: ['check of one file system', 'the job goes on; the next attempt joins it'],
  whyUnreachable: [
    'one handshake with a Temporal server that did not answer, to learn why',
    'the error says only that its time was up',
  ],
  handshake: [
    'a new SSH or TLS connection',
    '`UNREACHABLE`: nothing was sent; the second address is tried',
  ],
  hangUp: ['the polite end of a connection', 'the socket is destroyed'],
  channelTest: ['a reserved connection for its answer', 'another connection is opened'],
  logIn: ['a REST token', '`UNREACHABLE`: nothing was sent'],
  reportQuery: ['client and janitor for the report of a run', 'no report: no worker answers'],
  ledgerAnswer: ['a ledger is asked; then the server is asked why it is silent', 'retried'],
  ledgerLook: ['the server is asked why', 'the first error is reported'],
  updateTaken: ['client for a worker that takes an update', '`NO_WORKER`: it may still arrive'],
  notify: ["a call for a person: the user's program, or a URL", '`NOTIFY_FAILED`: tried again'],
  parseDocument: ['the command line for the parser of a file', 'the file is refused'],
};

export const WAIT_LINES: Readonly<Record<keyof typeof WAITS, string>> = {
  readAgain: 'before a read of the array is repeated; doubled, half of it by chance',
  keepAlive: 'between two signs of life of an SSH connection; three unanswered end it',
  idleConnection: 'until an unused connection is closed',
  rateWindow: 'window in which connections, calls and log-ins are counted',
  tooManyCalls: 'after HTTP 429 without Retry-After, one after the other',
  tooManyCallsLongest: 'longest Retry-After that is waited for',
  jobLook: 'longest look at a job on a host',
  jobLookAgain: 'before the next look after a lost connection',
  pollFirst: 'before the second look at a group; then longer and longer',
  pollLast: 'between two looks at a group, at most',
  copyLookFirst: 'before the second look at a background copy; then doubled',
  copyLookLast: 'between two looks at a background copy, at most',
  copyListingAge: 'age at which runs no longer share one listing of an array',
  hostLookFirst:
    'before the second try for a target host that another run is busy on; then doubled',
  hostLookLast: 'between two tries for a target host, at most',
  guardLook: 'between two looks of a guard at its copy; a copy that closes tells it at once',
  giveBackRound: 'between two rounds of a give back that no retry covers; doubled',
  giveBackRoundLongest: 'the same, at most',
  callOperator: 'without success of a give back: phase NEEDS_OPERATOR; trying goes on',
  quiesceAnswers: 'for a host to answer its quiesce once another one has refused',
  settled: 'for a snapshot command whose answer was lost',
  inQueue: 'for a worker that takes up a pause; then `QUEUED_TOO_LONG`, nothing was made still',
  snapshotLate: 'for the same, by the guard: not seen by then, it never took effect',
  systemAge: "age at which an array's name, code level and volume protection are read anew",
  followLook: 'between two looks of a client that follows a copy',
  serverAway: 'for a Temporal server that is away, by a client that follows a copy; then exit 6',
  serverLook: 'between two looks for a Temporal server that is away',
  janitorAsks: 'for the reports of open copies; the rest is asked in the next round',
  janitorTells: 'for a person to be told by the janitor; told in a later round otherwise',
  ledgerTurn: 'for an answer of a ledger before the next call of this worker goes as well',
};

export const MARGIN_LINES: Readonly<Record<keyof typeof MARGINS, string>> = {
  quiesce: 'a quiesce holder lives so much longer than `maxPause`',
  inner: 'between a limit and the one around it; a tenth of the outer one where that is less',
  prepare: 'the prepare activity lives so much longer than `maxPrepared`',
  lease: 'the guard acts so long after twice the longest deadline',
  startLease: 'must be left of a lease beyond the start, else `LEASE_TOO_SHORT`',
  leastPause: 'with less than this left nothing is quiesced; kept free for the thaw',
  withoutHolder: 'for the point in time of a plan without sources, beyond `maxPause`',
  startGroups: 'for the start while hosts are unmounted, at most',
  overdueHold: 'the janitor gives back what is held so long beyond its deadline',
  stuckGuard: 'the janitor calls for a guard that is not through so long after the end of its copy',
};

export const WORKER_LINES: Readonly<Record<keyof typeof WORKER, string>> = {
  sticky: 'until a dead worker’s runs go to another one',
  shutdown: 'for activities of the copy queue when a worker is stopped',
  urgentShutdown: 'for pauses and give backs when a worker is stopped: longer than any `maxPause`',
  throttle: 'between two heartbeats sent, at most: so late comes a cancel',
  urgentThrottle: 'the same on the urgent queue',
};

const FAILS = 'the step fails; what was done is undone';

/** The longest single command in it ('' where it waits for none), and what happens when all attempts are used up. */
export const ACTIVITY_LINES: Readonly<Record<ActivityName, readonly [CommandName | '', string]>> = {
  flashCopyValidate: ['', FAILS],
  flashCopyReadSystem: ['arrayRead', 'the run; nothing was locked'],
  flashCopyLock: ['', FAILS],
  flashCopyUnlock: ['', 'never: for ever'],
  flashCopyLockHost: ['', 'never: for ever, one try after the other'],
  flashCopyUnlockHost: ['', 'never: for ever'],
  flashCopyPlan: ['hostInspect', 'the run ends; nothing was touched'],
  flashCopyEnsureGroup: ['arrayChange', FAILS],
  flashCopyMakePreparable: ['arrayChange', FAILS],
  flashCopyReleaseTarget: ['targetLong', FAILS],
  flashCopyPreFlush: ['hostFlush', FAILS],
  flashCopyPrepareGroup: ['arrayChange', FAILS],
  flashCopyUnprepareGroup: ['arrayChange', 'the undo fails; the guard keeps the locks and goes on'],
  flashCopyTakePointInTime: ['', 'give back first, then fence: the start may have been sent'],
  flashCopyTakeDown: ['', 'give back'],
  flashCopyStartGroups: ['', 'give back first, then fence: the start may have been sent'],
  flashCopyGiveBack: ['hostGiveBack', 'never: for ever; see `callOperator`'],
  flashCopyReadSource: ['hostShort', 'the person is believed'],
  flashCopyRecordResolved: ['', 'never: for ever'],
  flashCopyNotify: ['notify', 'never: for ever'],
  flashCopyMarkAfter: ['hostShort', 'the copy is not verified'],
  flashCopyFenceGroup: ['arrayChange', 'the run fails'],
  flashCopyReadGroup: ['arrayRead', FAILS],
  flashCopyMakeClones: ['arrayChange', FAILS],
  flashCopyPresent: ['targetFind', FAILS],
  flashCopySynthesise: ['targetLong', FAILS],
  flashCopyMount: ['targetCheck', FAILS],
  flashCopyVerify: ['targetShort', FAILS],
  flashCopyWithdraw: ['targetLong', 'the undo fails and is listed in the report'],
  flashCopyAwaitCopied: ['arrayRead', 'never: for ever, one look after the other'],
  flashCopySetAutodelete: ['arrayChange', FAILS],
  flashCopyChangeRate: ['arrayChange', 'the update fails; the copy goes on'],
  flashCopyRemoveCreated: ['arrayChange', 'the undo fails and is listed in the report'],
  flashCopyJanitorScope: ['', 'the janitor comes again'],
  flashCopyTidyArray: ['arrayChange', 'the janitor comes again'],
  flashCopyTidyHost: ['hostGiveBack', 'the janitor comes again'],
  flashCopyReviewRuns: ['reportQuery', 'the janitor comes again'],
  flashCopyAwaitClose: ['', 'never: for ever, one look after the other'],
};
