// Port: an SVC-like array. Reads tell the truth of now; changes use names, never ids, and say `unknown` when an answer was lost.
// Errors: FlashCopyError of family `array` (details.cmmvc holds the array's code), `transport`, `parse`.
// Every method may be retried after a read; `startPrepared` must not be retried at all.
import type { NewTarget } from '../domain/request.js';
import type {
  ArrayHost,
  ArraySystem,
  HostMap,
  IoGroup,
  Pool,
  Relationship,
  VDisk,
} from '../domain/vdisk.js';
import type { ConsistencyGroup, FlashCopyMapping } from '../domain/mapping.js';
import type {
  CloneKind,
  ClonedVolume,
  VolumeGroup,
  VolumeGroupSnapshot,
} from '../domain/snapshot.js';

export interface NewMapping {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly group: string;
  readonly copyRate: number;
  readonly cleanRate: number;
  readonly incremental: boolean;
  readonly grainSize: 64 | 256;
}

export type StopMode = 'force' | 'split';

/** A snapshot of a volume group, by name: the group's name says whose, ids are used again. */
export interface SnapshotRef {
  readonly volumeGroup: string;
  readonly name: string;
}

/** addsnapshot of a volume group. */
export interface SnapshotToAdd extends SnapshotRef {
  /** How many volumes the group must hold. */
  readonly volumes: number;
  /** Goes by itself after so long; without both it stays. 1-32767 days, 1-1440 minutes. */
  readonly retentionDays?: number;
  readonly retentionMinutes?: number;
  /** Cannot be removed before it expires. */
  readonly safeguarded?: boolean;
  /** Also while volumes are in FlashCopy mappings. */
  readonly ignoreLegacy?: boolean;
}

/** restorefromsnapshot, of this snapshot and no other of its name. */
export interface SnapshotToRestore extends SnapshotRef {
  readonly time: string;
}

export type SnapshotStart =
  { readonly add: SnapshotToAdd } | { readonly restore: SnapshotToRestore };

export interface StartAnswer {
  /**
   * State read in the same command line, before the start: '' when that part of the answer was lost. Of a group its state; for a snapshot to add
   * `absent` when the volume group holds as many volumes as it must and has no snapshot of that name, for one to restore its own state.
   */
  readonly stateRead: string;
  /** `done` only when our own start exited 0. `unknown`: the answer was lost, or a code says "already copying". */
  readonly started: 'done' | 'not-done' | 'unknown';
  /** The array's code or the transport's, '' when done. */
  readonly code: string;
  readonly message: string;
  /** Of `unknown`: the array said neither yes nor no, so that what it is seen to do next tells. Never with "already copying". */
  readonly unheard?: true;
  /** What the array said besides, verbatim, when it carried the start out. */
  readonly warnings?: readonly string[];
  /** ms from sending to the answer. */
  readonly durationMs: number;
}

/** A tested session that belongs to one start. */
export interface StartSession {
  /**
   * Reads the group and starts it, without anybody else's command between the two where the wire allows; never throws for what the array answers.
   * Never with -prep. `restore`: also while a target is the source of other active mappings.
   */
  startPrepared(
    group: string,
    timeoutMs: number,
    options?: { readonly restore?: boolean },
  ): Promise<StartAnswer>;
  /**
   * Reads volume group and snapshot, then adds or restores, in the same way. `done` when the array exited 0 and, for a new snapshot, told its id;
   * "exists" is not-done: that snapshot is another command's.
   */
  startSnapshot(order: SnapshotStart, timeoutMs: number): Promise<StartAnswer>;
  release(): void;
}

export interface StorageArray {
  readonly name: string;
  readSystem(): Promise<ArraySystem>;
  /** Those of the named volumes that exist; a missing name is simply not in the answer. */
  readVDisks(names: readonly string[]): Promise<VDisk[]>;
  /** Those whose name begins so. */
  readVDisksCalled(prefix: string): Promise<VDisk[]>;
  readPools(): Promise<Pool[]>;
  readHosts(): Promise<ArrayHost[]>;
  readHostMaps(vdisk: string): Promise<HostMap[]>;
  /** The same for many volumes: a few are asked for one by one, more with one listing of all. */
  readHostMapsOf(vdisks: readonly string[]): Promise<HostMap[]>;
  /** I/O groups that have nodes, with their bitmap room; those that do not tell it are not in the answer. */
  readIoGroups(): Promise<IoGroup[]>;
  /**
   * All mappings of the system, or those of one group. Here and in the other listings: a row that cannot be read
   * whole has its names all the same; whatever else is asked of it throws UNREADABLE_OUTPUT.
   */
  readMappings(of?: { readonly group?: string }): Promise<FlashCopyMapping[]>;
  /** Of a volume in remote copy; undefined where it cannot be told. */
  readRelationship(of: {
    readonly relationship: string;
    readonly volume: string;
    readonly system: string;
  }): Promise<Relationship | undefined>;
  /** Names of the snapshots that hold this volume. None where the array does not have them. */
  readSnapshotsOfVolume(volume: string): Promise<string[]>;
  /** With grain size and clean rate, which the listing lacks. Undefined when there is no such mapping. */
  readMapping(name: string): Promise<FlashCopyMapping | undefined>;
  readGroups(): Promise<ConsistencyGroup[]>;
  /** With the names of its mappings, which the listing lacks. Undefined when there is no such group. */
  readGroup(name: string): Promise<ConsistencyGroup | undefined>;

  /** Undefined when there is none of that name. COMMAND_UNSUPPORTED on levels without volume groups. */
  readVolumeGroup(name: string): Promise<VolumeGroup | undefined>;
  /** Of one volume group; none when it does not exist. COMMAND_UNSUPPORTED below 8.5.1, here and in all that follows. */
  readSnapshots(volumeGroup: string): Promise<VolumeGroupSnapshot[]>;
  /** Names of the volumes it was taken of, as they are called now. A missing snapshot has none. */
  readSnapshotMembers(snapshot: SnapshotRef): Promise<string[]>;
  /** Volumes of a group that were made from a snapshot, and from what. One read for each volume. */
  readClonedVolumes(volumeGroup: string): Promise<ClonedVolume[]>;
  /** Volumes that still are being filled from a snapshot, by clone or restore, with percent; a finished one is not in the answer. */
  readPopulation(): Promise<{ readonly volume: string; readonly progressPercent: number }[]>;

  createVDisk(
    vdisk: NewTarget & { readonly name: string; readonly capacityBytes: number },
  ): Promise<void>;
  removeVDisk(name: string): Promise<void>;
  createGroup(name: string): Promise<void>;
  renameGroup(from: string, to: string): Promise<void>;
  /** Only an empty group. A missing one is success. */
  removeGroup(name: string): Promise<void>;
  createMapping(mapping: NewMapping): Promise<void>;
  changeMapping(
    name: string,
    change: {
      readonly copyRate?: number;
      readonly cleanRate?: number;
      /** '' takes it out of its group. */
      readonly group?: string;
      /** The mapping goes at 100 %, at once when it is there already. */
      readonly autodelete?: boolean;
    },
  ): Promise<void>;
  /** Only idle_or_copied. A missing one is success. */
  removeMapping(name: string): Promise<void>;
  /** `restore`: also while targets are sources of other active mappings. */
  prepareGroup(name: string, options?: { readonly restore?: boolean }): Promise<void>;
  /** `force`: mappings that depend on it stop too; `split`: they are set free, at 100 % only. */
  stopGroup(name: string, how?: StopMode): Promise<void>;
  /** A mapping that stands alone. Stopped already is success. */
  stopMapping(name: string, how?: StopMode): Promise<void>;
  /** Whether the group goes with its last mapping. */
  setGroupAutodelete(name: string, on: boolean): Promise<void>;
  /**
   * A volume group `name` with new volumes, all as the snapshot is; the array names them. One of that name, made from that snapshot, is success.
   * `pool`: default the one of each source.
   */
  cloneSnapshot(
    clone: SnapshotRef & { readonly as: string; readonly kind: CloneKind; readonly pool?: string },
  ): Promise<void>;
  /** A repeat finds the old name gone and the new one there: success. */
  renameVDisk(from: string, to: string): Promise<void>;
  /** Only an empty one. A missing one is success. */
  removeVolumeGroup(name: string): Promise<void>;
  /** A missing one is success. What clones or restores still need goes by itself later. A safeguarded one is refused until it expires. */
  removeSnapshot(snapshot: SnapshotRef): Promise<void>;
  reserveStart(timeoutMs: number): Promise<StartSession>;
  /** Already mapped to that host is success. */
  mapVDisk(map: {
    readonly vdisk: string;
    readonly host: string;
    readonly scsiId?: number;
  }): Promise<void>;
  /** Not mapped is success. */
  unmapVDisk(map: { readonly vdisk: string; readonly host: string }): Promise<void>;
  close(): Promise<void>;
}
