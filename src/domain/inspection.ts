// What was found before anything is touched: the facts the plan's rules judge. Read-only observations of arrays and hosts.
import type {
  ArrayHost,
  ArraySystem,
  HostMap,
  IoGroup,
  Pool,
  Relationship,
  VDisk,
} from './vdisk.js';
import type { ConsistencyGroup, FlashCopyMapping } from './mapping.js';
import type { VolumeGroup, VolumeGroupSnapshot } from './snapshot.js';

/** One array, as far as the request is concerned. */
export interface ArrayInspection {
  readonly array: string;
  readonly system: ArraySystem;
  /** The requested volumes that exist. */
  readonly vdisks: readonly VDisk[];
  readonly pools: readonly Pool[];
  /** Read when the request names hosts. */
  readonly hosts: readonly ArrayHost[];
  /** Maps of the requested volumes. */
  readonly hostMaps: readonly HostMap[];
  /** Mappings that touch a requested volume, in either role. */
  readonly mappings: readonly FlashCopyMapping[];
  /** Not read, and empty, when all mappings are in one group of the set and in one state: they tell the group's. */
  readonly groups: readonly ConsistencyGroup[];
  /** What a run of this set began to make and did not end: `mappings` are not among those above. */
  readonly leftovers?: {
    readonly mappings: readonly FlashCopyMapping[];
    readonly volumes: readonly VDisk[];
  };
  /** Read when mappings are to be made; groups without nodes are not among them. */
  readonly ioGroups?: readonly IoGroup[];
  /** Of the targets that are in remote copy; one that could not be read is not among them. */
  readonly relationships?: readonly Relationship[];
  /** Snapshots that volumes of the request are in. */
  readonly snapshotsOf?: readonly { readonly volume: string; readonly snapshot: string }[];
  /** Read for snapshots; absent where the array does not have them. */
  readonly snapshots?: SnapshotInspection;
}

/** The volume group of the request, as it is. */
export interface SnapshotInspection {
  readonly group?: VolumeGroup;
  readonly taken: readonly VolumeGroupSnapshot[];
  /** Volumes in the snapshot that is to be restored. */
  readonly members: readonly string[];
  /** The volume group of the clone's name exists. */
  readonly cloneGroupTaken: boolean;
}

export interface InspectedDisk {
  /** VDisk UID, upper case. */
  readonly uid: string;
  /** e.g. /dev/mapper/36005...; '' when the host does not see the disk. */
  readonly device: string;
  readonly paths: number;
  readonly sizeBytes: number;
}

export interface InspectedFileSystem {
  readonly mountPoint: string;
  /** Stable name of the block device, e.g. /dev/vg/lv or /dev/mapper/36005... */
  readonly device: string;
  readonly fsType: string;
  readonly uuid: string;
  /** Absent where the host does not tell. */
  readonly label?: string;
  readonly options: string;
  /** UIDs of all VDisks beneath; a disk without a VDisk UID appears as its kernel name. */
  readonly disks: readonly string[];
  /** Volume group, '' when the file system lies on a disk itself. */
  readonly volumeGroup: string;
  /** `systemd:<unit>`, `autofs`, `cluster:<name>`, or '' when only mounted by hand. */
  readonly managedBy: string;
  /** Also mounted in other mount namespaces (containers): how many. */
  readonly otherNamespaces: number;
  /** Holds the root, the holder's own files, or what sshd needs: must never stand still. */
  readonly essential: boolean;
}

export interface InspectedVolumeGroup {
  readonly name: string;
  readonly uuid: string;
  /** Every PV: the VDisk UID beneath, or the device's name when it is not a VDisk, or `missing:<pv uuid>`. */
  readonly physicalVolumes: readonly string[];
  /** UUID of each of them, in that order. */
  readonly pvUuids?: readonly string[];
  readonly logicalVolumes: readonly {
    readonly name: string;
    readonly device: string;
    readonly active: boolean;
    readonly fsType: string;
    readonly uuid: string;
    readonly label?: string;
    /** `linear`, `striped`, or a layer this library does not know (thin, cache, raid...). */
    readonly segmentType: string;
  }[];
}

/** One host, as far as the disks it was asked about are concerned. */
export interface HostInspection {
  readonly host: string;
  readonly privileged: boolean;
  /** Tools the plan needs and the host lacks, by name. */
  readonly missingTools: readonly string[];
  readonly disks: readonly InspectedDisk[];
  readonly fileSystems: readonly InspectedFileSystem[];
  readonly volumeGroups: readonly InspectedVolumeGroup[];
  /** Names of all other volume groups on this host: none of them can be given twice. */
  readonly otherVolumeGroups?: readonly string[];
  /** Whatever else uses a disk: `swap`, `crypto_LUKS`, `linux_raid_member`, `open by 1234 (postgres)`... */
  readonly otherUses: readonly { readonly disk: string; readonly use: string }[];
  /** Units of the request that this host does not know. */
  readonly unknownUnits: readonly string[];
  /** Mount points of the request that are taken on this host by something else, or not mounted. */
  readonly mountPoints: readonly { readonly path: string; readonly device: string }[];
  /** A holder of another run that is armed here: its run id, '' when none. */
  readonly heldBy: string;
}
