// Names and shapes of everything said to a workflow: shared by workflows, client and activities. No behaviour here.
import type { PlannedGroup, PlannedSource } from '../domain/plan.js';

export const FLASH_COPY = 'flashCopy';
export const GUARD = 'flashCopyGuard';
export const LEDGER = 'flashCopyLedger';
export const JANITOR = 'flashCopyJanitor';

export const REPORT_QUERY = 'report';
export const ABORT_UPDATE = 'abort';
export const RETRY_GIVE_BACK_UPDATE = 'retryGiveBack';
export const RESOLVE_UPDATE = 'resolve';
export const CHANGE_RATE_UPDATE = 'changeRate';

export const LEDGER_ACQUIRE_UPDATE = 'acquire';
export const LEDGER_RELEASE_UPDATE = 'release';
export const LEDGER_QUERY = 'grants';
export const LEDGER_RESOLVED_UPDATE = 'resolved';
export const LEDGER_RESOLVED_QUERY = 'resolvedByHand';

/** Parent -> guard. */
export const GUARD_WATCH_SIGNAL = 'watch';
export const GUARD_DONE_SIGNAL = 'done';
export const GUARD_RESOLVED_SIGNAL = 'resolved';

export const DEFAULT_TASK_QUEUE = 'flashcopy';
/** Give back and start have slots of their own. */
export const urgentQueue = (taskQueue: string): string => `${taskQueue}-urgent`;
export const flashCopyWorkflowId = (set: string): string => `flashcopy/${set}`;
export const guardWorkflowId = (workflowId: string, firstRunId: string): string =>
  `${workflowId}/guard/${firstRunId}`;
/** Name of the ledger of a target host, among those of arrays. */
export const hostLedger = (host: string): string => `host/${host}`;
/** Who holds a target host: a run that was reset, and drew another token, does not hold what it held in its former life. */
export const hostHolder = (holder: string, run: string): string => `${holder}/${run}`;
/** Of an array by the id of its system: two names of one array in inventories are one ledger. */
export const ledgerWorkflowId = (ledger: string): string => `flashcopy-ledger/${ledger}`;

/** All custom search attributes, by name and type. */
export const SEARCH_ATTRIBUTES = {
  FlashCopyArray: 'KEYWORD_LIST',
  FlashCopyVolume: 'KEYWORD_LIST',
  FlashCopyHost: 'KEYWORD_LIST',
  FlashCopyPhase: 'KEYWORD',
  FlashCopyPauseMs: 'INT',
} as const;

/** What the guard must be able to do alone. */
export interface GuardWatch {
  readonly set: string;
  readonly run: string;
  readonly sources: readonly PlannedSource[];
  /** Names their holders, where they are not those of the first attempt. */
  readonly hold?: string;
  readonly groups: readonly PlannedGroup[];
  /** Snapshots whose command may still be carried out: looked for once more when everything else is over. */
  readonly late?: readonly PlannedGroup[];
  /** Hosts this run may have locked. */
  readonly targetHosts?: readonly string[];
  /** Array -> id of its system, as far as the run has locked them. */
  readonly systems?: Readonly<Record<string, string>>;
  /** ms; when nothing was heard of the parent for so long, the guard acts. */
  readonly leaseMs: number;
}

export interface GuardInput {
  readonly workflowId: string;
  readonly firstRunId: string;
  readonly holder: string;
  readonly arrays: readonly string[];
}

/** What the workflow takes: the request as the user wrote it; it is parsed inside. */
export interface FlashCopyInput {
  readonly request: unknown;
  /** True where the namespace has the search attributes: writing one it lacks would stop the run for ever. Default false. */
  readonly searchAttributes?: boolean;
}

/** Rates for every mapping of a run that copies; what is absent stays as it is. 0-150. */
export interface RateChange {
  readonly copyRate?: number;
  readonly cleanRate?: number;
}

/** A person's word: this source has its I/O again. */
export interface Resolution {
  /** Default: every source that lacks its I/O. */
  readonly host?: string;
  /** Who says it; stands in the report. */
  readonly by: string;
  /** What was done there; stands in the report. */
  readonly reason: string;
  /** The word counts even where the host itself says otherwise. */
  readonly force?: boolean;
}

/** What was read of a source that a person resolved. */
export interface ResolvedSource {
  readonly host: string;
  readonly read: string;
}

export interface JanitorInput {
  /** The schedule whose round this is: what was told in its last round is not told again. Without it nobody is called: who asked reads the answer. */
  readonly schedule?: string;
}

export interface AcquireOrder {
  readonly holder: string;
  readonly set: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
}

/** A refusal names who holds what. */
export type AcquireAnswer =
  | { readonly granted: true }
  | { readonly granted: false; readonly heldBy: string; readonly what: string };

export interface LedgerGrant extends AcquireOrder {
  readonly grantedAt: string;
  /** Its sources are free again: they have their I/O. */
  readonly sourcesFreed?: true;
}
