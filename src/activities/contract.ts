// The activities as workflows see them: types only, so that no adapter enters the workflow bundle. Inputs are slices, never the whole plan.
// Every activity may be repeated unless its comment says otherwise; failures carry ErrorData as details[0], their type is its code.
import type { GroupState } from '../domain/mapping.js';
import type {
  ExpectedMapping,
  Plan,
  PlannedFileSystem,
  PlannedGroup,
  PlannedPresentation,
  PlannedSnapshot,
  PlannedSource,
  PlannedTarget,
} from '../domain/plan.js';
import type { PointInTimeResult, PreparedTime } from '../domain/point-in-time.js';
import type { Finding, Findings } from '../domain/janitor.js';
import type { Notice, NoticeWay } from '../domain/notice.js';
import type { ByHand, MountReport, PauseReport, VolumeReport } from '../domain/report.js';
import type { FlashCopyRequest } from '../domain/request.js';

/** Names a run: `run` addresses holders and nonces (`<set>-<token>`). */
export interface RunRef {
  readonly set: string;
  readonly run: string;
  /**
   * The run itself says so always. Guards do not: they keep the locks until their work is done, and
   * what they undo bears the run's own name.
   */
  readonly locks?: RunLocks;
}

/** What a run holds, so that who acts for it can ask whether it still does: LOCK_LOST. */
export interface RunLocks {
  readonly holder: string;
  /** Array of the request -> id of the system that stood behind the name when it was locked. */
  readonly systems: Readonly<Record<string, string>>;
}

/** A ledger, as a run names it. Without `system` the array is asked who it is. */
export interface LedgerRef {
  readonly array: string;
  readonly system?: string;
}

/** On a target host: the turn there is taken again where a reset left the run without it. */
export interface HostTurn {
  readonly turn?: HostLockOrder & { readonly set: string };
}

export interface LockOrder {
  /** Workflow id and first run id of the holder: a reset run is the same holder. */
  readonly holder: string;
  readonly set: string;
  readonly array: string;
  /** Id of the array's system. */
  readonly system: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  /** What this run has locked before: array -> id of its system. */
  readonly locked?: Readonly<Record<string, string>>;
}

export interface HostLockOrder {
  readonly host: string;
  /** The run, by workflow id, first run id and run: a run that was reset and drew another token is another holder. */
  readonly holder: string;
}

/** What an activity needs of a group that is a snapshot. */
export interface SnapshotPart {
  readonly planned: PlannedSnapshot;
  /** '' where there is none, as in the plan. */
  readonly volumes: readonly { readonly source: string; readonly target: string }[];
}

export interface PointInTimeOrder extends RunRef {
  readonly groups: readonly {
    readonly array: string;
    readonly name: string;
    readonly restore?: boolean;
    /** Start times that its mappings had before: only another one proves a start. */
    readonly startTimesBefore?: readonly string[];
    /** Instead of a start: a snapshot of that name is added, or the planned one restored. */
    readonly snapshot?: SnapshotPart;
  }[];
  readonly sources: readonly PlannedSource[];
  readonly maxPauseMs: number;
  /** Absent: nothing was prepared. */
  readonly prepared?: PreparedTime;
}

export interface GroupRef {
  readonly array: string;
  readonly group: string;
}

export interface GroupProgress {
  /** A snapshot that is there is `copying`, one that is not `empty`. */
  readonly state: GroupState;
  readonly volumes: readonly VolumeReport[];
  /** start_time of each mapping. */
  readonly startTimes: readonly string[];
  /** Mapping names that are in the group; volumes that are in the snapshot. */
  readonly mappings: readonly string[];
}

export interface FlashCopyActivities {
  /** Parses the request again (starts from UI, CLI and schedules bypass the client): INVALID_REQUEST. */
  flashCopyValidate(request: unknown): Promise<FlashCopyRequest>;
  /** Asks the array for the id of its system, which names its ledger from then on. Reads only. */
  flashCopyReadSystem(order: { readonly array: string }): Promise<{ readonly system: string }>;
  /** Asks the array's ledger for all or nothing: LOCKED names the holder. */
  flashCopyLock(order: LockOrder): Promise<void>;
  flashCopyUnlock(
    order: LedgerRef & { readonly holder: string; readonly only?: 'sources' },
  ): Promise<void>;
  /**
   * Takes a target host for one run, in a ledger of the host's own. While another run has it: HOST_BUSY, benign, names the holder, tried again for
   * ever. A repeat by the same holder is the same lock; a cancel ends the waiting.
   */
  flashCopyLockHost(order: HostLockOrder & { readonly set: string }): Promise<void>;
  /** Not held is success. */
  flashCopyUnlockHost(order: HostLockOrder): Promise<void>;
  /** Reads arrays and hosts, applies the rules: the plan, or a failure REFUSED-type with all refusals. Nothing is touched. */
  flashCopyPlan(order: {
    readonly request: FlashCopyRequest;
    readonly token: string;
  }): Promise<Plan>;

  /** Creates or adopts targets, mappings and group; renames the group to this run's name. Compares attributes. Of a snapshot it only compares. */
  flashCopyEnsureGroup(order: RunRef & { readonly group: PlannedGroup }): Promise<{
    readonly created: readonly string[];
    readonly startTimes: readonly string[];
    /** Mappings of the plan that had gone by themselves at 100 %, and were made again. */
    readonly remade?: readonly string[];
    /** True when prepare is legal already and nothing has to be stopped first. */
    readonly preparable?: boolean;
  }>;
  /** Stops what hangs on the targets, where the plan says so; brings a copying group to where prepare is legal. Heartbeats progress. */
  flashCopyMakePreparable(order: RunRef & { readonly group: PlannedGroup }): Promise<void>;
  /** Unmounts, deactivates, drops caches; then unmaps on the array; then proves. */
  flashCopyReleaseTarget(order: RunRef & { readonly target: PlannedTarget }): Promise<void>;
  flashCopyPreFlush(order: RunRef & { readonly source: PlannedSource }): Promise<void>;
  /**
   * Reads once more that no target is mapped (NOT_RELEASED; `keptMapped` names those that may be) and that the group holds `mappings` and nothing
   * else (PLAN_OUTDATED), prepares and polls until `prepared`; heartbeats. FLUSH_FAILED after bounded repeats.
   */
  flashCopyPrepareGroup(
    order: RunRef &
      GroupRef & {
        readonly timeoutMs: number;
        /** Of the run: another life than the first cannot say that no prepare was sent. */
        readonly firstRunId?: string;
        /** What must be in the group, and be that, right before it is prepared; default: whatever is in it. */
        readonly mappings?: readonly ExpectedMapping[];
        readonly keptMapped?: readonly string[];
        /** With -restore. */
        readonly restore?: boolean;
        /** Of a snapshot that is restored: there is the last look and nothing to prepare. */
        readonly snapshot?: SnapshotPart;
      },
  ): Promise<{
    /** How long ago the first prepare was sent, where that is known: since then sources write through. */
    readonly preparedForMs?: number;
    /** A prepare was sent whose answer was lost: under this name it may still come, and would throw a good copy away. */
    readonly unheard?: true;
  }>;
  /**
   * Any state -> not preparing, not prepared: waits out preparing, then stops. Idempotent, also when the group is gone.
   * The snapshot of that name goes; answers why one stays (safeguarded). `patient`: it is looked for as long as its command may be under way.
   */
  flashCopyUnprepareGroup(
    order: RunRef & GroupRef & { readonly snapshot?: PlannedSnapshot; readonly patient?: true },
  ): Promise<Kept | undefined>;

  /** Quiesce method. maximumAttempts 1. Holders give back by themselves when it dies. */
  flashCopyTakePointInTime(order: PointInTimeOrder): Promise<PointInTimeResult>;
  /** Unmount method, urgent queue: stop units, unmount, block, hold. */
  flashCopyTakeDown(order: RunRef & { readonly source: PlannedSource }): Promise<void>;
  /** Unmount method, urgent queue, maximumAttempts 1: every lease attested long enough, start, attested again. */
  flashCopyStartGroups(order: PointInTimeOrder): Promise<PointInTimeResult>;
  /** Thaws or remounts and starts units; idempotent; retried for ever. */
  flashCopyGiveBack(
    order: RunRef & { readonly source: PlannedSource },
  ): Promise<PauseReport | undefined>;
  /** What the host itself says of a source: `lacksIo` is '' when no hold of the run is left and everything is mounted where it was. A read. */
  flashCopyReadSource(
    order: RunRef & { readonly source: PlannedSource },
  ): Promise<{ readonly lacksIo: string }>;
  /** Keeps in the array's ledger that a person resolved a source: nobody tries to give it back any more. Idempotent by run and host. */
  flashCopyRecordResolved(order: LedgerRef & { readonly resolved: ByHand }): Promise<void>;
  /** Tells a person, one way; answers false where this way is not configured. NOTIFY_FAILED is retried. */
  flashCopyNotify(order: {
    readonly way: NoticeWay;
    readonly notice: Notice;
  }): Promise<{ readonly told: boolean }>;
  /** Right after the give back: a nonce that must not be on the copy. */
  flashCopyMarkAfter(order: RunRef & { readonly source: PlannedSource }): Promise<void>;
  /**
   * After an unknown start: renames the group so that a late start can never take effect, then reads. A snapshot has nothing to rename that is ours:
   * it is looked for as long as its command may be under way.
   */
  flashCopyFenceGroup(
    order: RunRef & GroupRef & { readonly newName: string; readonly snapshot?: SnapshotPart },
  ): Promise<GroupProgress>;

  flashCopyReadGroup(
    order: GroupRef & { readonly snapshot?: SnapshotPart },
  ): Promise<GroupProgress>;
  /** New volumes from the run's snapshot, in a volume group of the run's name, called as the plan's targets. Answers their UIDs. */
  flashCopyMakeClones(
    order: RunRef & { readonly group: PlannedGroup },
  ): Promise<{ readonly volumes: readonly { readonly name: string; readonly uid: string }[] }>;
  /** Map, rescan, find. */
  flashCopyPresent(order: RunRef & HostTurn & { readonly target: PlannedTarget }): Promise<void>;
  flashCopySynthesise(
    order: RunRef & HostTurn & { readonly target: PlannedTarget },
  ): Promise<{ readonly notes: readonly string[] }>;
  /** With `check`, every file system is checked before it is mounted: FILE_SYSTEM_DAMAGED. */
  flashCopyMount(
    order: RunRef & { readonly target: PlannedTarget; readonly check?: boolean },
  ): Promise<readonly MountReport[]>;
  flashCopyVerify(order: RunRef & { readonly target: PlannedTarget }): Promise<{
    readonly contradictions: readonly string[];
    readonly checked: number;
    /** Of a restore: names, UUIDs, labels and options that are not as they were. */
    readonly changed: readonly string[];
  }>;
  /** Undo of present and mount: unmount and unmap. */
  flashCopyWithdraw(
    order: RunRef & {
      readonly target: PlannedTarget;
      readonly presentations: readonly PlannedPresentation[];
      readonly fileSystems: readonly PlannedFileSystem[];
    },
  ): Promise<void>;
  /**
   * Succeeds at 100 %; until then fails COPY_RUNNING, benign, with the delay to the next look, and progress, expected end and standstill as message.
   * COPY_STOPPED, with the reason, once a volume cannot get there any more.
   */
  flashCopyAwaitCopied(
    order: GroupRef & {
      /** What must be in the group until it is copied; default: whatever is in it. */
      readonly mappings?: readonly { readonly name: string; readonly capacityBytes: number }[];
      /** Its clones, or the volumes that are restored from it. */
      readonly snapshot?: SnapshotPart;
    },
  ): Promise<GroupProgress>;
  /** Mappings and group go once everything is copied: those that are go at once. Gone already is success. */
  flashCopySetAutodelete(order: GroupRef & Pick<RunRef, 'locks'>): Promise<void>;
  /** Other rates for all mappings of a group, also while they copy. */
  flashCopyChangeRate(
    order: GroupRef &
      Pick<RunRef, 'locks'> & { readonly copyRate?: number; readonly cleanRate?: number },
  ): Promise<GroupProgress>;
  /**
   * Removes what this run created, as plan and array tell it, only if it never was prepared; of a
   * snapshot its clones, once no host has them. Answers what was there and is gone.
   */
  flashCopyRemoveCreated(
    order: RunRef & { readonly group: PlannedGroup },
  ): Promise<{ readonly removed: readonly string[] }>;
  /**
   * For the guard: answers how a chain of runs has ended, by workflow id and first run id: a reset
   * is followed. Until then fails COPY_OPEN, benign, with the delay to the next look.
   */
  flashCopyAwaitClose(order: {
    readonly workflowId: string;
    readonly firstRunId: string;
  }): Promise<{ readonly status: string }>;

  /** What the worker's inventory names; of the schedule's round before, the keys of what people were told. */
  flashCopyJanitorScope(order: { readonly schedule?: string }): Promise<{
    readonly arrays: readonly string[];
    readonly hosts: readonly string[];
    readonly told: readonly string[];
  }>;
  /**
   * Groups that are prepared, and locks: those of runs that are gone, guard included, are un-prepared and freed, in this order. Everything else
   * that looks left is reported. Answers also whom people have resolved by hand.
   */
  flashCopyTidyArray(order: {
    readonly array: string;
  }): Promise<Findings & { readonly resolved: readonly ByHand[] }>;
  /** Holds that are overdue are given back, but for those that people resolved; `called`: a run has called a person for this host already. */
  flashCopyTidyHost(order: {
    readonly host: string;
    readonly resolved: readonly string[];
    readonly called: boolean;
  }): Promise<Findings>;
  /** Copies and guards that are open, and schedules that leave copies out because of a run that needs an operator. Reads only. */
  flashCopyReviewRuns(): Promise<{
    readonly openCopies: number;
    /** Hosts for which a run has called a person. */
    readonly calledHosts: readonly string[];
    readonly reported: readonly Finding[];
  }>;
}

/** What an undo left, for a person. */
export interface Kept {
  readonly why: string;
}

export type ActivityName = keyof FlashCopyActivities;
