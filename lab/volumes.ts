// The lab's VDisks and hosts: what the array is set up with, and what the guests' iSCSI node records are written for.
const MiB = 1024 * 1024;

export interface LabVolume {
  name: string;
  id: number;
  capacityBytes: number;
  /** The host that logs in to it by itself; the other one can, by hand. */
  usedBy?: string;
  /** The host it is mapped to when the lab comes up. */
  mappedTo?: string;
}

const numbers = [1, 2, 3, 4];
/** So many of the sources are mapped at first: each one costs an emulated guest seconds, and only the bench wants four. */
const mappedSources = Number(process.env['LAB_SOURCES'] ?? 2);

export const labVolumes: LabVolume[] = [
  ...numbers.map((n) => ({
    ...{ name: `db_data${n}`, id: n - 1, capacityBytes: 256 * MiB, usedBy: 'source1' },
    ...(n <= mappedSources ? { mappedTo: 'source1' } : {}),
  })),
  ...numbers.map((n) => ({
    name: `db_copy${n}`,
    id: n + 3,
    capacityBytes: 256 * MiB,
    usedBy: 'backup1',
  })),
  // Of another size, for what a plan must refuse.
  { name: 'odd_size', id: 8, capacityBytes: 128 * MiB },
];

export const labHosts = ['source1', 'backup1'] as const;

export const initiatorOf = (host: string) => `iqn.1994-05.org.debian:${host}`;

export const arrayName = 'svc-lab';
export const arrayUser = 'flashcopy';
