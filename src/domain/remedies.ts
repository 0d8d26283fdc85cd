// What a person does about a failed copy, by its code: shown at the end of a run, and the same lines as in docs/failures.md (a test compares).
const REMEDIES: Readonly<Record<string, string>> = {
  QUIESCE_REFUSED: 'look at that host, the message says what it refused; run again',
  QUIESCE_OVERDUE: 'look at the load of that host; raise `maxPause`, or run at a quieter time',
  OPENING_OVERDUE: 'look at the load of hosts and array; run at a quieter time',
  PAUSE_EXCEEDED:
    'look at the load of the source hosts; raise `maxPause`, or run at a quieter time',
  QUIESCE_BROKEN: 'find out what thawed or mounted the file system in the pause; run again',
  TOO_DIRTY: 'run at a quieter time',
  NOT_RELEASED: 'stop what the message names as user of the target; run again',
  TARGET_IN_USE: 'stop what the message names as user of the target; run again',
  FLUSH_FAILED: "look at the array's event log; run again",
  START_FAILED: "look up the array's code in the message",
  START_UNKNOWN: 'run again',
  GRADE_TOO_LOW: 'treat the targets as undefined; the message says why; run again',
  COPY_CONTRADICTED: 'treat the targets as undefined; keep the report and tell us',
  IDENTITY_CHANGED:
    'the data is restored: set right what the message names, by hand, before the next boot or copy',
  PREPARED_TOO_LONG: "raise `maxPrepared`, or look at the array's cache",
  QUEUED_TOO_LONG: 'see that a worker with a free slot runs on the urgent queue; run again',
  RESOLVED_BY_HAND: 'treat the targets as undefined; see that the host is well, then run again',
  COPY_STOPPED:
    'treat the targets as undefined; find out who stopped the group on the array; run again',
  UNREACHABLE:
    'make the machine in the message reachable: `flashcopy doctor --inventory FILE` says when it is',
  HOST_KEY_UNKNOWN:
    'check that it is the machine you mean before you change `hostKey` in the inventory',
  HOST_KEY_CHANGED:
    'check that it is the machine you mean before you change `hostKey` in the inventory',
  AUTH_REFUSED: 'check user and key of that machine: `flashcopy doctor --inventory FILE`',
  LOCK_LOST:
    'nothing more is done: another run may own the volumes; do not reset it, start a new copy',
  LEDGER_UNSERVED:
    'start a worker on the task queue that the message names, or free the ledger as it says; run again',
  LEDGER_UNREADABLE:
    'give all workers of this namespace the same converter and the same version; run again',
  LOCKED: 'wait for the run that the message names, or stop it: `flashcopy cancel NAME`',
};

/** Undefined where only the message can say. */
export const remedyOf = (code: string): string | undefined => REMEDIES[code];
export const remedies = (): readonly (readonly [string, string])[] => Object.entries(REMEDIES);
