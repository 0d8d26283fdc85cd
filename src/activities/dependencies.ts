// What the activities need from outside, handed in by the worker: ports by name, time, chance, and the two things that need a Temporal client.
import type { StorageArray } from '../array/array.js';
import type { Clock, Randomness } from '../domain/clock.js';
import type { Notice, NoticeWay } from '../domain/notice.js';
import type { ByHand } from '../domain/report.js';
import type { FlashCopyRequest } from '../domain/request.js';
import type { Host } from '../host/host.js';
import type { AcquireAnswer, AcquireOrder } from '../workflows/messages.js';

/** The ledger of each array. Both calls are idempotent by `holder`; failures to reach it are LEDGER_UNREACHABLE (repeat is safe). */
export interface LedgerClient {
  acquire(array: string, order: AcquireOrder): Promise<AcquireAnswer>;
  release(array: string, order: { readonly holder: string; readonly only?: 'sources' }): Promise<void>;
  /** Keeps a person's word for a source; idempotent by run and host. */
  resolved(array: string, word: ByHand): Promise<void>;
}

/** Tells a person. Answers false where this way is not configured; throws NOTIFY_FAILED (repeat is safe, and may tell twice). */
export interface Notifier {
  send(way: NoticeWay, notice: Notice): Promise<boolean>;
}

/** Waits until the run chain of a workflow is closed and answers its status (`COMPLETED`, `TERMINATED`, ...; `NOT_FOUND` once retention took it). */
export interface CloseWatcher {
  awaitClose(
    run: { readonly workflowId: string; readonly firstRunId: string },
    signal: AbortSignal,
  ): Promise<{ readonly status: string }>;
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
  /** Throws INVALID_REQUEST. */
  readonly parseRequest: (value: unknown) => FlashCopyRequest;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly ledger: LedgerClient;
  readonly closeWatcher: CloseWatcher;
  readonly notifier: Notifier;
  /** Texts that must never leave the worker (passwords, keys); asked at each failure. */
  readonly secrets?: () => readonly string[];
  /** Dirty bytes a source may keep before its quiesce is refused. Default 64 MiB. */
  readonly dirtyLimitBytes?: number;
}

export const DIRTY_LIMIT_BYTES = 64 * 1024 * 1024;
