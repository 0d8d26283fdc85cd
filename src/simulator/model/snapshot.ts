// Volume groups and their snapshots (code level 8.5.1 on). A snapshot is a set of hidden volumes with hidden mappings of rate 0: the same grains.

import type { PolicyAssignment } from './snapshot-policy.js';

export interface VolumeGroup {
  readonly id: number;
  name: string;
  readonly uid: string;
  /** Made from a snapshot. */
  origin?: {
    readonly kind: 'clone' | 'thinclone';
    readonly snapshot: string;
    readonly group: string;
  };
  policy?: PolicyAssignment;
  /** Mappings that users made on its volumes do not stand in the way of snapshots. */
  ignoreUserMaps?: boolean;
}

export interface SnapshotMember {
  /** The volume it was taken of. */
  readonly volume: number;
  /** Its name then: the volume may go while its snapshot stays. */
  readonly volumeName: string;
  /** Hidden: holds the point in time. */
  readonly image: number;
}

export interface Snapshot {
  readonly id: number;
  name: string;
  /** Undefined: of loose volumes, found by its parent UID. */
  readonly group?: number;
  readonly groupName: string;
  /** UID of the volume group, or of the set of loose volumes. */
  readonly parentUid: string;
  /** YYMMDDhhmmss of the point in time. */
  readonly time: string;
  readonly members: readonly SnapshotMember[];
  readonly safeguarded: boolean;
  /** A policy took it. */
  readonly auto?: boolean;
  /** ms: goes by itself then. */
  expires?: number;
  /** Deletion was asked for; it goes when nothing needs it any more. */
  deleting?: boolean;
}
