// The array's objects and how they are found by id or name. Plain data: persistence writes it down as it is.
import { GrainSet } from './grain-set.js';
import { Objects } from './objects.js';
import type { Snapshot, VolumeGroup } from './snapshot.js';
import type { SnapshotPolicy } from './snapshot-policy.js';
import { defaultSettings, type Settings } from './settings.js';

export type MappingState =
  'idle_or_copied' | 'preparing' | 'prepared' | 'copying' | 'stopping' | 'stopped' | 'suspended';
export type GroupState = MappingState | 'empty';

export interface Pool {
  readonly id: number;
  readonly name: string;
  readonly capacityBytes: number;
}

/** Space-efficient: only what is written takes room in the pool. */
export interface Thin {
  /** Bytes set aside; grows with `autoexpand`, else the volume goes offline when they are full. */
  realBytes: number;
  autoexpand: boolean;
  readonly grainKiB: number;
  warningPercent: number;
  readonly compressed: boolean;
  readonly deduplicated: boolean;
}

export interface Volume {
  readonly id: number;
  name: string;
  pool: number;
  capacityBytes: number;
  uid: string;
  /** Name of its image file and towards a data plane: that of its creation, whatever it is called later. */
  readonly storedAs: string;
  readonly thin?: Thin;
  /** Volume group, if any. */
  group?: number;
  /** Belongs to a snapshot: no host and no listing sees it. */
  readonly hidden?: boolean;
  /** No I/O works: its space is used up, or its storage fails. */
  offline?: 'space' | 'failed';
  /** Of a clone or thin clone: what it was made from. */
  origin?: {
    readonly kind: 'clone' | 'thinclone';
    readonly volume: string;
    readonly snapshot: string;
  };
  /** Held by a function that is not simulated: no mapping of it is prepared, with this code. */
  refuses?: string;
  /** ms: the last host I/O, for volume protection. */
  lastIo?: number;
  warned?: boolean;
}

export interface Host {
  readonly id: number;
  name: string;
  iscsiNames: string[];
  wwpns: string[];
  nqns?: string[];
  type?: string;
  portset?: string;
  chapSecret?: string;
  ioGroups?: number[];
  protocol?: string;
}

export interface HostMap {
  readonly volume: number;
  readonly host: number;
  readonly scsiId: number;
}

export interface Group {
  readonly id: number;
  name: string;
  autodelete: boolean;
  startTime: string;
}

export interface Mapping {
  readonly id: number;
  name: string;
  readonly source: number;
  readonly target: number;
  readonly grainKiB: 64 | 256;
  readonly incremental: boolean;
  readonly keepTarget: boolean;
  /** 0: stand-alone. */
  group: number;
  state: MappingState;
  copyRate: number;
  cleanRate: number;
  autodelete: boolean;
  restoring: boolean;
  /** Of the last start, '' before the first. */
  startTime: string;
  /** Grains whose content the target does not hold by itself. */
  pending: GrainSet;
  /** Incremental only: grains written on either side since the last start. */
  changed: GrainSet;
  /** A complete copy existed when prepare began. */
  completeBefore: boolean;
  /** ms of the array's clock: flush done (preparing), cleaning done (stopping), background copy accounted up to (copying). */
  due: number;
  flushFails: boolean;
  /** Image files only: the cut is done, what changed is still being found. Cut short by a restart, the next copy is a full one. */
  comparing: boolean;
  /** Made by the system for a snapshot, a clone of one or a restore; listed only with `-showhidden`. */
  readonly owner?: 'snapshot' | 'clone' | 'thinclone' | 'restore';
  /** Order of starts, system-wide: tells which copies of one source are older. */
  startedAs?: number;
  /** Bytes that cleaning had to move when it began, for clean_progress. */
  cleaning?: number;
  /** Of these, moved so far. */
  cleaned?: number;
  /** What it was when the I/O group went. */
  suspendedFrom?: MappingState;
}

type Beginning =
  | 'state'
  | 'startTime'
  | 'restoring'
  | 'completeBefore'
  | 'flushFails'
  | 'pending'
  | 'changed'
  | 'due'
  | 'comparing';

/** What every new mapping begins with. */
export const idleMapping = (grains: number): Pick<Mapping, Beginning> => ({
  ...{
    state: 'idle_or_copied',
    startTime: '',
    restoring: false,
    completeBefore: false,
    flushFails: false,
  },
  ...{ pending: GrainSet.full(grains), changed: GrainSet.empty(grains), due: 0, comparing: false },
});

export class ArrayState {
  readonly pools = new Objects<Pool>();
  readonly volumes = new Objects<Volume>();
  readonly hosts = new Objects<Host>();
  readonly hostMaps: HostMap[] = [];
  readonly groups = new Objects<Group>();
  readonly mappings = new Objects<Mapping>();
  readonly volumeGroups = new Objects<VolumeGroup>();
  readonly snapshots = new Objects<Snapshot>();
  /** Without the predefined ones. */
  readonly snapshotPolicies = new Objects<SnapshotPolicy>();
  readonly settings: Settings = defaultSettings();
  /** Counts volumes ever made: a vdisk_UID is never used twice, ids are. */
  serial = 0;
  private index: { version: number; byVolume: Map<number, Mapping[]> } = {
    version: -1,
    byVolume: new Map(),
  };

  constructor(
    readonly id: string,
    readonly name: string,
  ) {}

  volume(id: number): Volume {
    return present(this.volumes.byId(id));
  }

  mappingsOf(group: number): Mapping[] {
    return group === 0 ? [] : this.mappings.filter((mapping) => mapping.group === group);
  }

  /** Every mapping the volume is in, as source or target, hidden ones too. */
  mappingsOn(volume: number): readonly Mapping[] {
    if (this.index.version !== this.mappings.version) this.index = indexed(this.mappings);
    return this.index.byVolume.get(volume) ?? [];
  }

  /** A volume is the target of one mapping at most; a restore is the exception while it runs, and comes first. */
  mappingTo(target: number): Mapping | undefined {
    const inbound = this.mappingsOn(target).filter((mapping) => mapping.target === target);
    return inbound.find(({ owner }) => owner === 'restore') ?? inbound[0];
  }

  mappingsFrom(source: number): Mapping[] {
    return this.mappingsOn(source).filter((mapping) => mapping.source === source);
  }

  partnerOf(mapping: Mapping): Mapping | undefined {
    return this.mappingsFrom(mapping.target).find((other) => other.target === mapping.source);
  }
}

function indexed(mappings: Objects<Mapping>): {
  version: number;
  byVolume: Map<number, Mapping[]>;
} {
  const byVolume = new Map<number, Mapping[]>();
  const note = (volume: number, mapping: Mapping): void => {
    const known = byVolume.get(volume);
    if (known) known.push(mapping);
    else byVolume.set(volume, [mapping]);
  };
  for (const mapping of mappings) {
    note(mapping.source, mapping);
    note(mapping.target, mapping);
  }
  return { version: mappings.version, byVolume };
}

export const grainBytes = (mapping: Mapping): number => mapping.grainKiB * 1024;

/** By id or by name, as every command takes its object. */
export function find<T extends { readonly id: number; readonly name: string }>(
  objects: readonly T[],
  reference: string,
): T | undefined {
  const byId = /^\d+$/.test(reference) ? Number(reference) : -1;
  return objects.find((object) => object.name === reference || object.id === byId);
}

export function drop<T>(objects: T[], gone: (object: T) => boolean): void {
  for (let index = objects.length - 1; index >= 0; index--)
    if (gone(objects[index] as T)) objects.splice(index, 1);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the array refers to an object it does not hold');
  return value;
}
