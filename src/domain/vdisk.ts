// Nouns of the array: volumes (VDisks), pools, hosts and what is mapped to whom.

/** A volume as the array lists it. */
export interface VDisk {
  readonly id: string;
  readonly name: string;
  /** 32 hex digits, upper case: what hosts see on page 0x83 (behind its leading 3). */
  readonly uid: string;
  readonly capacityBytes: number;
  readonly status: 'online' | 'degraded' | 'offline';
  readonly pool: string;
  readonly ioGroup: string;
  readonly fcMapCount: number;
  /** True when the volume is in remote copy or replication. */
  readonly replicated: boolean;
  /** Its remote-copy relationship, by name; replicated without one: by a policy. */
  readonly relationship?: string;
  /** A change volume: replication itself copies to it. */
  readonly changeVolume?: true;
  /** Snapshots of the array's own function; absent without. */
  readonly snapshotCount?: number;
  /** True when the volume takes room only for what was written. */
  readonly thin?: boolean;
}

export interface IoGroup {
  readonly name: string;
  /** Room for FlashCopy bitmaps, 1 bit for each grain of each mapping. */
  readonly bitmapFreeBytes: number;
}

export interface Pool {
  readonly name: string;
  readonly freeBytes: number;
  /** Room behind it, where that is less: data-reduction pools promise more than they have. */
  readonly physicalFreeBytes?: number;
  readonly offline?: true;
}

/** A remote-copy relationship as a volume of this array sees it. */
export interface Relationship {
  readonly volume: string;
  readonly role: 'primary' | 'secondary';
  /** Something is copied now. */
  readonly active: boolean;
  /** In the array's words. */
  readonly state: string;
}

/** A host object of the array. */
export interface ArrayHost {
  readonly id: string;
  readonly name: string;
  readonly portCount: number;
}

/** One volume mapped to one host. */
export interface HostMap {
  readonly vdiskName: string;
  readonly vdiskUid: string;
  readonly hostName: string;
  readonly scsiId: number;
}

export interface ArraySystem {
  readonly id: string;
  readonly name: string;
  readonly codeLevel: string;
  /** Volume protection: unmapping and removing is refused after recent I/O. */
  readonly vdiskProtection: boolean;
}
