// What will be done: computed by pure rules from request and inspection, printable, hashed; nothing outside it is touched.
import type { FlashCopyRequest, Grade, Method, NewTarget } from './request.js';
import type { MappingState } from './mapping.js';
import type { CloneKind } from './snapshot.js';

export interface PlannedVolume {
  readonly name: string;
  readonly uid: string;
  readonly capacityBytes: number;
}

export interface PlannedMapping {
  /** Of a snapshot: the name of the volume that is in it. */
  readonly name: string;
  /** '' without UID when a snapshot is restored. */
  readonly source: PlannedVolume;
  /** uid is '' for a target that is created first; as large as its source where nothing else is said. '' for a snapshot without clone. */
  readonly target: Pick<PlannedVolume, 'name' | 'uid'> & Partial<PlannedVolume>;
  readonly createTarget?: NewTarget;
  /** The mapping as found; absent when the run creates it. */
  readonly existing?: {
    readonly group: string;
    readonly state: MappingState;
    readonly startTime: string;
    /** It would go at 100 %: switched off before anything runs. */
    readonly autodelete?: true;
  };
  /** True when the mapping found is not yet this set's: its fixed attributes are compared before it is moved into the group. */
  readonly adopted?: true;
}

/** What must be true of a mapping of the group whenever it is looked at: what a listing tells. */
export interface ExpectedMapping {
  readonly name: string;
  readonly source?: string;
  readonly target: string;
  readonly incremental?: boolean;
  readonly grainSize?: 64 | 256;
  /** The plan found a start time: a mapping keeps one as long as it lives. */
  readonly started?: boolean;
}

/** `remade`: it went by itself at 100 %, and this run made it again. */
export const expectedMapping = (
  { name, source, target, existing }: PlannedMapping,
  { incremental }: Pick<PlannedGroup, 'incremental'>,
  remade = false,
): ExpectedMapping => ({
  ...{ name, source: source.name, target: target.name, incremental },
  ...((existing?.startTime ?? '') === '' || remade ? {} : { started: true }),
});

/** An active mapping of others that has a target of ours as its source. */
export interface PlannedDependent {
  readonly mapping: string;
  /** '' when stand-alone. */
  readonly group: string;
}

/** A snapshot of a volume group instead of mappings in a group: the run's own name, with its token, is the snapshot's. */
export interface PlannedSnapshot {
  readonly volumeGroup: string;
  /** The array's UID of the volume group: another one of that name is not meant. */
  readonly groupUid: string;
  readonly retentionDays?: number;
  readonly retentionMinutes?: number;
  readonly safeguarded?: true;
  readonly ignoreLegacy?: true;
  /** The clone's volume group has the run's name too. */
  readonly clone?: { readonly kind: CloneKind; readonly pool?: string };
  /** Nothing is taken: this one, and no other of its name, is restored. */
  readonly restoreFrom?: { readonly name: string; readonly time: string };
}

/** What a run of this set began to make and did not end, by name. Removed before anything is made. */
export interface PlannedLeftovers {
  readonly mappings: readonly string[];
  readonly volumes: readonly string[];
  /** Empty groups. */
  readonly groups: readonly string[];
}

/** One group on one array: its mappings are started at one instant. */
export interface PlannedGroup {
  readonly array: string;
  /** This run's name of the group. */
  readonly name: string;
  readonly leftovers?: PlannedLeftovers;
  /** The group of an earlier run of this set, to be renamed; `empty` when it holds nothing. */
  readonly existing?: { readonly name: string; readonly state: string };
  readonly mappings: readonly PlannedMapping[];
  /** The group is the plan's to the last attribute: it gets its new name and is left as it is. Looked at once more right before prepare. */
  readonly asFound?: true;
  readonly copyRate: number;
  readonly cleanRate: number;
  readonly incremental: boolean;
  readonly grainSize: 64 | 256;
  /** Prepared and started with -restore: targets may be sources of other active mappings. */
  readonly restore?: true;
  readonly snapshot?: PlannedSnapshot;
  /** How long the background copy takes at its rate; absent for rate 0 and for snapshots. */
  readonly expectedCopyMs?: number;
  /** Mappings and group go by themselves once everything is copied. */
  readonly autodelete?: true;
  /** How a group that still copies is stopped: `force` stops dependents with it, `split` sets them free from a complete copy. */
  readonly stop?: 'force' | 'split';
  /** Stopped before prepare, and unusable afterwards. */
  readonly stopFirst?: readonly PlannedDependent[];
}

/** What an activity needs of a group that is a snapshot; undefined for one of mappings. */
export function snapshotPart({ snapshot, mappings }: PlannedGroup):
  | {
      readonly planned: PlannedSnapshot;
      readonly volumes: readonly { readonly source: string; readonly target: string }[];
    }
  | undefined {
  if (snapshot === undefined) return undefined;
  return {
    planned: snapshot,
    volumes: mappings.map(({ source, target }) => ({ source: source.name, target: target.name })),
  };
}

export interface PlannedMount {
  readonly mountPoint: string;
  readonly device: string;
  readonly fsType: string;
  readonly options: string;
  readonly uuid: string;
  /** UIDs of the VDisks beneath. No longer written: nothing reads it, and each mount of a group of 512 would name all of them. */
  readonly disks?: readonly string[];
  /** Mount unit that owns it, '' when none. */
  readonly unit: string;
}

export interface PlannedSource {
  readonly host: string;
  readonly method: Method;
  readonly units: readonly string[];
  /** Deepest first: the order in which they are made still. */
  readonly mounts: readonly PlannedMount[];
  /** When the holder gives back by itself, ms after arming. */
  readonly deadlineMs: number;
}

/** A volume to show to a target host. */
export interface PlannedPresentation {
  readonly array: string;
  readonly vdisk: string;
  readonly uid: string;
  /** No longer written: nothing reads it, and a plan of 512 mappings has to stay small. */
  readonly sourceUid?: string;
  readonly arrayHost: string;
  /** SCSI id under which the host saw it when the plan was made: it is mapped under that one again. */
  readonly scsiId?: number;
}

export interface PlannedVolumeGroup {
  readonly sourceName: string;
  readonly sourceUuid: string;
  /** Its name on the target host. */
  readonly name: string;
  /** UIDs of the target VDisks, all of the group. */
  readonly disks: readonly string[];
  /** With synthesis `former`: the UUID of the PV on each of them. */
  readonly pvUuids?: readonly string[];
}

export interface PlannedFileSystem {
  /** Mount point on the source. */
  readonly from: string;
  /** Mount point here, '' when it is not mounted here (but given a new identity). */
  readonly at: string;
  readonly readOnly: boolean;
  readonly fsType: string;
  readonly sourceUuid: string;
  /** With synthesis `former`: its label and its mount options, as they are to be again. */
  readonly label?: string;
  readonly options?: string;
  /** On this host after synthesis: /dev/<vg>/<lv>, or `uid:<target uid>` for a file system on the disk itself. */
  readonly device: string;
}

/**
 * `auto`: new identities. `keep`: those of the copy. `former`: a restore gives back what production had;
 * names and UUIDs of the source are then those of production itself.
 */
export type Synthesis = 'auto' | 'keep' | 'former';

export interface PlannedTarget {
  readonly host: string;
  readonly keepMapped: boolean;
  readonly synthesis: Synthesis;
  readonly presentations: readonly PlannedPresentation[];
  /** What stands on the targets now and must be let go. Mounts deepest first. */
  readonly release: {
    readonly mounts: readonly string[];
    readonly volumeGroups: readonly string[];
    readonly uids: readonly string[];
  };
  readonly volumeGroups: readonly PlannedVolumeGroup[];
  /** Outermost first: the order in which they are mounted. */
  readonly fileSystems: readonly PlannedFileSystem[];
}

export interface Plan {
  readonly set: string;
  /** 6 characters drawn for this run; part of group names and holder ids. */
  readonly token: string;
  readonly groups: readonly PlannedGroup[];
  readonly sources: readonly PlannedSource[];
  readonly targets: readonly PlannedTarget[];
  readonly copy: FlashCopyRequest['copy'];
  readonly grade: Grade;
  readonly maxPauseMs: number;
  readonly maxOutageMs: number;
  readonly maxPreparedMs: number;
  readonly verify: FlashCopyRequest['verify'];
  /** Every action in order, one line each, for people. */
  readonly lines: readonly string[];
  /** What is lost: data on targets, the former generation. */
  readonly losses: readonly string[];
  /** Over everything but token and hash itself: the same situation gives the same hash. */
  readonly hash: string;
}
