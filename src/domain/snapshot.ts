// Volume groups of the array and their snapshots (Storage Virtualize 8.5.1 on), with the array's own words.

export const SNAPSHOT_STATES = ['ready', 'active', 'deleting', 'dependent_deleting'] as const;
/** `active`: holds a point in time. `dependent_deleting`: goes by itself once no clone or restore needs it. */
export type SnapshotState = (typeof SNAPSHOT_STATES)[number];

/** `clone` becomes independent by itself; `thinclone` reads through its snapshot for ever. */
export type CloneKind = 'clone' | 'thinclone';

/** What is snapshot together. Not a volume group of LVM. */
export interface VolumeGroup {
  readonly name: string;
  /** The array gives no UID twice; ids it does. */
  readonly uid: string;
  /** Names of its volumes. */
  readonly volumes: readonly string[];
  /** Made from a snapshot of that name; '' when made by hand. */
  readonly fromSnapshot: string;
}

export interface VolumeGroupSnapshot {
  /** Used again once it is gone: tells nothing alone. */
  readonly id: string;
  readonly name: string;
  readonly state: SnapshotState;
  /** `YYMMDDhhmmss` of the array's clock: the point in time. */
  readonly time: string;
  /** When it goes by itself, in the same form; '' never. */
  readonly expires: string;
  /** Nobody can remove it before it expires. */
  readonly safeguarded: boolean;
  /** A snapshot policy of the array took it: whatever it is called, it is no run's. */
  readonly byPolicy: boolean;
}

/** A volume that was made from a snapshot. */
export interface ClonedVolume {
  readonly name: string;
  readonly uid: string;
  readonly online: boolean;
  /** Volume and snapshot it was made from. */
  readonly source: string;
  readonly snapshot: string;
}
