// What an administrator sets on the running system: licence, bitmap memory, volume protection. Faults of operation are made with these, as on a real array.

export interface Settings {
  /** FlashCopy may be used. Off: mkfcmap and addsnapshot are refused. */
  flashCopyLicensed: boolean;
  /** MiB of bitmap memory for FlashCopy in the I/O group (`chiogrp -feature flash -size`). */
  flashBitmapMiB: number;
  /** Volume protection: what had host I/O lately is not unmapped or deleted. */
  protection: { enabled: boolean; minutes: number };
  /** No policy takes a snapshot. */
  snapshotPoliciesSuspended: boolean;
  ioGroupNames: string[];
  /** The node that answers commands: it moves at a failover. */
  configNode: 1 | 2;
  /** Starts so far: older copies have smaller numbers. */
  starts: number;
}

export const defaultSettings = (): Settings => ({
  flashCopyLicensed: true,
  flashBitmapMiB: 20,
  protection: { enabled: false, minutes: 15 },
  snapshotPoliciesSuspended: false,
  ioGroupNames: ['io_grp0', 'io_grp1', 'io_grp2', 'io_grp3', 'recovery_io_grp'],
  configNode: 1,
  starts: 0,
});
