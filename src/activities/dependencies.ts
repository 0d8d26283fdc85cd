// What the activities need from outside, handed in by the worker: ports by name, time, chance, and the two things that need a Temporal client.
import type { StorageArray } from '../array/array.js';
import type { Clock, Randomness } from '../domain/clock.js';
import type { NoticeWay, SignedNotice } from '../domain/notice.js';
import type { ByHand, Report } from '../domain/report.js';
import type { FlashCopyRequest } from '../domain/request.js';
import type { Host } from '../host/host.js';
import type { AcquireAnswer, AcquireOrder, LedgerGrant } from '../workflows/messages.js';

/**
 * Ledgers by name: the id of an array's system, or `hostLedger(...)`. Changes are idempotent by `holder`;
 * failures to reach one are LEDGER_UNREACHABLE, LEDGER_UNSERVED, LEDGER_UNREADABLE (repeat is safe).
 */
export interface LedgerClient {
  acquire(ledger: string, order: AcquireOrder): Promise<AcquireAnswer>;
  release(
    ledger: string,
    order: { readonly holder: string; readonly only?: 'sources' },
  ): Promise<void>;
  /** Keeps a person's word for a source; idempotent by run and host. */
  resolved(ledger: string, word: ByHand): Promise<void>;
  /** Who holds what right now; nobody where there is no ledger. Costs no history. */
  grants(ledger: string): Promise<readonly LedgerGrant[]>;
  /** What stands in it; nothing where there is no ledger. */
  read(
    ledger: string,
  ): Promise<{ readonly grants: readonly LedgerGrant[]; readonly resolved: readonly ByHand[] }>;
}

/** One workflow run chain as the server knows it. */
export interface SeenRun {
  readonly workflowId: string;
  readonly firstRunId: string;
}

export interface SeenSchedule {
  readonly id: string;
  /** Actions left out because an earlier one was still running, since the schedule exists. */
  readonly skipped: number;
  /** Workflow ids of its actions that run now. */
  readonly running: readonly string[];
}

/** What janitor and guard ask the Temporal server. Reads only. */
export interface RunReader {
  /** `RUNNING`, or how it ended and when (ms); `NOT_FOUND` once retention took it. Of the chain that began with `firstRunId`; default: the newest. */
  status(
    workflowId: string,
    firstRunId?: string,
  ): Promise<{ readonly status: string; readonly closedAt?: number }>;
  /** Open workflows of a type, as visibility lists them: it may lag by seconds. Needs no search attributes of ours. */
  open(type: string): Promise<readonly SeenRun[]>;
  /** Undefined where no worker answers. */
  report(workflowId: string): Promise<Report | undefined>;
  /** Result of the newest action of a schedule that completed, but for the run `except`; undefined when there is none. */
  lastResult(scheduleId: string, except: string): Promise<unknown>;
  /** Schedules that start copies. */
  schedules(): Promise<readonly SeenSchedule[]>;
}

/** Tells a person. Answers false where this way is not configured; throws NOTIFY_FAILED (repeat is safe, and may tell twice). */
export interface Notifier {
  send(way: NoticeWay, notice: SignedNotice): Promise<boolean>;
}

export interface ActivityDependencies {
  /** Throws UNKNOWN_ARRAY. */
  readonly arrays: (name: string) => StorageArray;
  /** Throws UNKNOWN_HOST. */
  readonly hosts: (name: string) => Host;
  /** Array name -> name of the host object there. */
  readonly arrayHosts: (host: string) => Readonly<Record<string, string>>;
  /** Every host of the inventory. */
  readonly declaredHosts: readonly string[];
  /** Every array of the inventory. */
  readonly declaredArrays: readonly string[];
  /** Throws INVALID_REQUEST. */
  readonly parseRequest: (value: unknown) => FlashCopyRequest;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly ledger: LedgerClient;
  readonly notifier: Notifier;
  readonly runs: RunReader;
  /** Texts that must never leave the worker (passwords, keys); asked at each failure. */
  readonly secrets?: () => readonly string[];
  /** Dirty bytes a source may keep before its quiesce is refused. Default 64 MiB. */
  readonly dirtyLimitBytes?: number;
}

export const DIRTY_LIMIT_BYTES = 64 * 1024 * 1024;
