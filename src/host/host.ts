// Port: a host that uses volumes. As source it is made still and given back; as target it lets go and finds again.
// Promise: whatever a source was armed with comes back by itself when its deadline passes, with no help from this process.
// Errors: FlashCopyError of family `host` or `transport`.
import type { HostInspection } from '../domain/inspection.js';
import type {
  PlannedFileSystem,
  PlannedMount,
  PlannedVolumeGroup,
  Synthesis,
} from '../domain/plan.js';
import type { PauseReport } from '../domain/report.js';
import type { Method } from '../domain/request.js';

/** What a holder is armed with. Everything it needs to give back alone. */
export interface HoldOrder {
  /** `<set>-<token>`; addresses the holder. Arming is refused (HELD_BY_OTHER) while another run holds one of the file systems. */
  readonly run: string;
  readonly method: Method;
  /** Deepest first. */
  readonly mounts: readonly PlannedMount[];
  readonly units: readonly string[];
  /** ms from arming until it gives back by itself. */
  readonly deadlineMs: number;
}

/** A hold that has not ended: file systems that a run keeps, or kept, from their users. Enough of it to give it back. */
export interface Hold extends Omit<HoldOrder, 'deadlineMs'> {
  /** ms until it gives back by itself. Negative: overdue by so much, so neither holder nor twin is there, or neither succeeds. */
  readonly leaseMs: number;
  /** Left from before a reboot: nothing but its table is there, and nobody acts on it. */
  readonly kept: boolean;
}

/** Whether the source stood still without a break; a probe, never a memory. */
export interface Attestation {
  /** '' when unbroken. */
  readonly broken: string;
  /** ms until the holder gives back by itself. */
  readonly leaseMs: number;
}

/** An armed quiesce: the holder lives on the host, this is its one arming channel. Closing it gives back. */
export interface ArmedQuiesce {
  /** Resolves when every file system is still; throws QUIESCE_REFUSED or QUIESCE_OVERDUE (then give back all the same). */
  quiesce(timeoutMs: number): Promise<void>;
  /** Probes, then thaws, in one go. Never throws for a broken quiesce: `broken` says why. */
  attestAndThaw(timeoutMs: number): Promise<PauseReport>;
  /** Idempotent; the holder thaws when the channel ends. */
  close(): void;
}

/**
 * Who looks at something that takes long. When the signal aborts he stops looking, and its reason is thrown; what was begun goes on, and the same
 * call joins it. `unwanted`: nobody will ask again. Then what only reads is ended on the host, and what changes something is waited for: it takes
 * minutes at most, and no undo may run beside it.
 */
export interface Looking {
  readonly signal: AbortSignal;
  readonly unwanted: () => boolean;
}

export interface SourceHost {
  /** Long flush of dirty data outside the pause; REFUSES (TOO_DIRTY) when more than limitBytes stay dirty. */
  preFlush(
    order: {
      readonly mounts: readonly PlannedMount[];
      readonly limitBytes: number;
    },
    looking?: Looking,
  ): Promise<{ readonly dirtyBytes: number }>;
  /** Writes and fsyncs a nonce file on every mount: `before` must be on the copy, `after` must not. */
  writeNonce(order: {
    readonly run: string;
    readonly kind: 'before' | 'after';
    readonly mounts: readonly PlannedMount[];
  }): Promise<void>;
  /** Arms a holder for the quiesce method and keeps its channel. */
  arm(order: HoldOrder): Promise<ArmedQuiesce>;
  /** Unmount method: arms a holder, which stops units, unmounts, blocks the mount points, holds the devices exclusively. Idempotent by run. */
  takeDown(order: HoldOrder): Promise<void>;
  attest(run: string): Promise<Attestation>;
  /** Every hold on this host that has not ended, of whatever run. A read: changes nothing, waits for nobody. */
  holds(): Promise<Hold[]>;
  /** Thaws or mounts again and starts units, by whatever means; idempotent, also when nothing was armed. Throws GIVE_BACK_FAILED. */
  giveBack(order: HoldOrder): Promise<PauseReport | undefined>;
}

export interface FoundDisk {
  readonly uid: string;
  readonly device: string;
  readonly paths: number;
}

export interface SynthesisRecord {
  readonly layer: string;
  readonly device: string;
  readonly was: string;
  /** Read back, never remembered. */
  readonly now: string;
}

export interface ReleaseOrder {
  readonly run: string;
  readonly mounts: readonly string[];
  readonly volumeGroups: readonly string[];
  readonly uids: readonly string[];
  readonly keepMapped: boolean;
}

export interface TargetHost {
  /** Unmounts, deactivates, drops caches, removes the disks (or holds them exclusively); throws TARGET_IN_USE with who uses it. Idempotent. */
  release(order: ReleaseOrder, looking?: Looking): Promise<void>;
  /** After unmapping: the host sees none of these disks any more. With keepMapped: the hold stands. Throws NOT_RELEASED. */
  proveReleased(order: ReleaseOrder): Promise<void>;
  /** Rescans, waits for paths, finds by UID, compares page 0x83, clears stale state. Ends a keepMapped hold. Throws DISK_NOT_FOUND. */
  find(
    order: { readonly run: string; readonly uids: readonly string[] },
    looking?: Looking,
  ): Promise<FoundDisk[]>;
  /** Gives identities (new ones, or those that production had), layer by layer, each with a read-back. May be repeated. */
  synthesise(
    order: {
      readonly run: string;
      readonly volumeGroups: readonly PlannedVolumeGroup[];
      readonly fileSystems: readonly PlannedFileSystem[];
      readonly synthesis: Synthesis;
    },
    looking?: Looking,
  ): Promise<SynthesisRecord[]>;
  /** Mounts in order; already mounted from the right device is success. Answers device and UUID as read. */
  mount(
    fileSystems: readonly PlannedFileSystem[],
    looking?: Looking,
  ): Promise<{ readonly at: string; readonly device: string; readonly uuid: string }[]>;
  unmount(mountPoints: readonly string[]): Promise<void>;
  /** Looks for the nonces of a run, and checks the file systems if asked (before mounting them). */
  verify(order: {
    readonly run: string;
    readonly fileSystems: readonly PlannedFileSystem[];
  }): Promise<{ readonly at: string; readonly before: boolean; readonly after: boolean }[]>;
  /** File-system check of unmounted file systems; throws FILE_SYSTEM_DAMAGED. */
  check(fileSystems: readonly PlannedFileSystem[], looking?: Looking): Promise<void>;
}

export interface InspectOrder {
  readonly uids: readonly string[];
  readonly mountPoints: readonly string[];
  readonly units: readonly string[];
  readonly role: 'source' | 'target';
  readonly method?: Method;
  readonly keepMapped?: boolean;
}

export interface Host {
  readonly name: string;
  inspect(order: InspectOrder): Promise<HostInspection>;
  readonly source: SourceHost;
  readonly target: TargetHost;
  close(): Promise<void>;
}
