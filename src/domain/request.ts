// What a user asks for. Text becomes this in src/config; every field here is complete, with defaults applied.
import type { CloneKind } from './snapshot.js';

/** The facility that makes the source's data still: named by the user, there is no default. */
export type Method = 'unmount' | 'quiesce';
export type Grade = 'application' | 'filesystem' | 'crash';

/** One pair of volumes. */
export interface VolumePair {
  /** '' when a snapshot is restored: nobody sees its volumes. */
  readonly source: string;
  /** '' for a snapshot without clone; with one, the name its volume gets. */
  readonly target: string;
  /** Create the target when it does not exist. */
  readonly create?: NewTarget;
  /** UID of the target: "yes, its data may go". Needed unless the target is already this set's own. */
  readonly overwrite?: string;
  /** Name of a mapping of this pair that exists already and becomes this set's own: compared first. */
  readonly adopt?: string;
  /** Target host that gets this target, where one source has several; default: every target host that needs the source. */
  readonly host?: string;
}

/** A target as it is created, of its source's size. */
export interface NewTarget {
  readonly pool: string;
  /** Takes room only for what is written: real capacity at first in percent, then expanded by itself. */
  readonly thin?: { readonly realPercent: number };
  /** I/O group, default the first. */
  readonly ioGroup?: string;
}

/**
 * `mapping`: FlashCopy mappings in a consistency group. `restore`: the same, back over the source of a copy (-restore).
 * `snapshot`: a snapshot of a volume group, as it is or with clones of its volumes. `restore-snapshot`: the volumes of a group become what a snapshot
 * of it holds.
 */
export type CopyKind = 'mapping' | 'restore' | 'snapshot' | 'restore-snapshot';

/** What a request with kind `snapshot` or `restore-snapshot` says of the array's volume group. */
export interface RequestedSnapshot {
  /** On every array of the request; holds the volumes of the request and no others. */
  readonly volumeGroup: string;
  /** It goes by itself after so long; without both it stays. */
  readonly retentionDays?: number;
  readonly retentionMinutes?: number;
  /** Nobody can remove it before it expires. */
  readonly safeguarded: boolean;
  /** Also of volumes that are in FlashCopy mappings (-ignorelegacy). */
  readonly ignoreLegacy: boolean;
  /** New volumes from it, named by the targets of the request. */
  readonly clone?: CloneKind;
  /** Pool of the clone's volumes; default: that of each source. */
  readonly clonePool?: string;
  /** Name of the snapshot that is restored. */
  readonly restoreFrom?: string;
}

/**
 * What happens to active mappings that have a target of ours as their source. `refuse`: the plan says no. `keep`: they go on, the array keeps their
 * data apart (-restore). `stop`: they are stopped with it (-force) and unusable. `split`: complete ones are set free first (-split).
 */
export type DependentsPolicy = 'refuse' | 'keep' | 'stop' | 'split';

export interface RequestedGroup {
  readonly array: string;
  readonly volumes: readonly VolumePair[];
}

export interface RequestedSource {
  readonly host: string;
  readonly method: Method;
  /** Units to stop before an unmount and to start after it, in this order (stopped in this order, started in reverse). */
  readonly units: readonly string[];
  /** Databases with a quiesce facility of their own; none is supported yet. */
  readonly applications: readonly string[];
  /** Mount points, or 'auto': every mounted file system on the source volumes. */
  readonly mounts: 'auto' | readonly string[];
}

export interface RequestedTarget {
  readonly host: string;
  readonly mounts: readonly {
    /** Mount point on the source host. */
    readonly from: string;
    /** Mount point on this host. */
    readonly at: string;
    readonly readOnly: boolean;
  }[];
  /** `auto`: new identities for partition table, volume group and file systems; `keep`: none. */
  readonly synthesis: 'auto' | 'keep';
  /** Names of the copied volume groups: source name -> name on this host. Default: the source's name with `_copy`. */
  readonly volumeGroups: Readonly<Record<string, string>>;
  /** Keep the volumes mapped during the copy, held exclusively open, instead of unmapping them. */
  readonly keepMapped: boolean;
}

export interface FlashCopyRequest {
  /** Name of the set: what is copied together, again and again. */
  readonly name: string;
  readonly groups: readonly RequestedGroup[];
  readonly sources: readonly RequestedSource[];
  readonly targets: readonly RequestedTarget[];
  readonly copy: {
    /** Default `mapping`. */
    readonly kind?: CopyKind;
    /** For the two kinds of snapshots only. */
    readonly snapshot?: RequestedSnapshot;
    /** Mappings and group go when everything is copied; default false, for a restore true. */
    readonly autodelete?: boolean;
    /** Default `refuse`. */
    readonly dependents?: DependentsPolicy;
    /** 0-150, default 50 (2 MiB/s). */
    readonly rate: number;
    readonly cleanRate: number;
    readonly incremental: boolean;
    /** KiB. */
    readonly grainSize: 64 | 256;
    /** When the run may end: once the copy is usable, or once it is independent of the source. */
    readonly waitFor: 'started' | 'copied';
  };
  /** Least grade that counts as success. */
  readonly grade: Grade;
  /** Longest time file systems may stand still (method quiesce), ms. */
  readonly maxPauseMs: number;
  /** Longest time the source may be unmounted (method unmount), ms. */
  readonly maxOutageMs: number;
  /** Longest time the group may stay prepared, ms. */
  readonly maxPreparedMs: number;
  /**
   * Longest trouble with arrays and hosts that is waited out before the point in time, ms. Counted is
   * the time in which nothing works, not the number of tries.
   */
  readonly withinMs: number;
  /** How often the point in time is tried, as long as it fails without harm. */
  readonly attempts: number;
  readonly verify: {
    /** Check the file systems of the copy. */
    readonly fileSystem: boolean;
  };
  /** Hash of an approved plan; the run is refused when its plan differs. */
  readonly approval?: string;
}
