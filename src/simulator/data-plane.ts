// Port between the simulated array and hosts that do real I/O. The array decides who may read and write; a data plane obeys.
// The memory-only array needs none of this: `noDataPlane` serves it.

/** One volume as a data plane serves it: a plain image file. */
export interface ServedVolume {
  readonly name: string;
  /** The array's id of the volume, unique and stable while it exists. */
  readonly id: number;
  readonly capacityBytes: number;
  readonly imagePath: string;
}

export interface DataPlane {
  /** Starts to serve a volume, mapped to nobody. Answers the UID hosts will see on page 0x83 (32 hex digits, upper case). Idempotent. */
  serve(volume: ServedVolume): Promise<{ uid: string }>;
  /** Stops to serve it; nobody can reach it any more. Idempotent. */
  withdraw(volumeName: string): Promise<void>;
  /** Lets an initiator (iSCSI name) in. Idempotent. */
  map(volumeName: string, initiator: string): Promise<void>;
  /** Shuts an initiator out, open sessions included: when this returns, no read or write of it succeeds. Idempotent. */
  unmap(volumeName: string, initiator: string): Promise<void>;
  /** Offline: every host I/O fails at once (never hangs); online: I/O works again after the host has looked anew. Idempotent. */
  setOnline(volumeName: string, online: boolean): Promise<void>;
  /** Runs `cut` while no write of any host reaches any volume: one instant for all of them. Writes resume even if `cut` throws. */
  atOneInstant<T>(cut: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
