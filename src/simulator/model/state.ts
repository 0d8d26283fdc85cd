// The array's objects and how they are found by id or name. Plain data: persistence writes it down as it is.
import type { GrainSet } from './grain-set.js';

export type MappingState =
  'idle_or_copied' | 'preparing' | 'prepared' | 'copying' | 'stopping' | 'stopped' | 'suspended';
export type GroupState = MappingState | 'empty';

export interface Pool {
  readonly id: number;
  readonly name: string;
  readonly capacityBytes: number;
}

export interface Volume {
  readonly id: number;
  readonly name: string;
  readonly pool: number;
  readonly capacityBytes: number;
  uid: string;
}

export interface Host {
  readonly id: number;
  readonly name: string;
  readonly iscsiNames: readonly string[];
  readonly wwpns: readonly string[];
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
}

export class ArrayState {
  readonly pools: Pool[] = [];
  readonly volumes: Volume[] = [];
  readonly hosts: Host[] = [];
  readonly hostMaps: HostMap[] = [];
  readonly groups: Group[] = [];
  readonly mappings: Mapping[] = [];
  /** Counts volumes ever made: a vdisk_UID is never used twice, ids are. */
  serial = 0;

  constructor(
    readonly id: string,
    readonly name: string,
  ) {}

  volume(id: number): Volume {
    return present(this.volumes.find((volume) => volume.id === id));
  }

  mappingsOf(group: number): Mapping[] {
    return group === 0 ? [] : this.mappings.filter((mapping) => mapping.group === group);
  }

  /** A volume is the target of one mapping at most. */
  mappingTo(target: number): Mapping | undefined {
    return this.mappings.find((mapping) => mapping.target === target);
  }

  partnerOf(mapping: Mapping): Mapping | undefined {
    return this.mappings.find((other) => other.source === mapping.target && other.target === mapping.source);
  }
}

export const grainBytes = (mapping: Mapping): number => mapping.grainKiB * 1024;

/** Lowest free integer: ids are used again after a removal. */
export function freeId(objects: readonly { readonly id: number }[], from = 0): number {
  const taken = new Set(objects.map((object) => object.id));
  let id = from;
  while (taken.has(id)) id++;
  return id;
}

/** By id or by name, as every command takes its object. */
export function find<T extends { readonly id: number; readonly name: string }>(
  objects: readonly T[],
  reference: string,
): T | undefined {
  const byId = /^\d+$/.test(reference) ? Number(reference) : -1;
  return objects.find((object) => object.name === reference || object.id === byId);
}

export function drop<T>(objects: T[], gone: (object: T) => boolean): void {
  for (let index = objects.length - 1; index >= 0; index--) if (gone(objects[index] as T)) objects.splice(index, 1);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the array refers to an object it does not hold');
  return value;
}
