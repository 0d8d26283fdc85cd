// What the array says of itself. Each read is one command, answered in domain values or not at all.
import type { StorageArray } from '../array.js';
import { checkObjectName } from '../../domain/names.js';
import type { HostMap, IoGroup, VDisk } from '../../domain/vdisk.js';
import { list, show, type SvcCommand } from './command.js';
import { refusalClass } from './errors.js';
import {
  toDetailedGroup,
  toDetailedMapping,
  toGroup,
  toHost,
  toHostMap,
  toHostMapOfHost,
  toIoGroup,
  toMapping,
  toPool,
  toRelationship,
  toSystem,
  toVDisk,
} from './objects.js';
import type { Row } from './row.js';
import type { Wire } from './wire.js';

export type Reads = Pick<
  StorageArray,
  | 'readSystem'
  | 'readVDisks'
  | 'readVDisksCalled'
  | 'readPools'
  | 'readHosts'
  | 'readHostMaps'
  | 'readHostMapsOf'
  | 'readIoGroups'
  | 'readRelationship'
  | 'readMappings'
  | 'readMapping'
  | 'readGroups'
  | 'readGroup'
>;

export function createReads(wire: Wire): Reads {
  const rows = (command: SvcCommand): Promise<Row[]> => wire.list(command);
  return {
    readSystem: async () => toSystem(await wire.show(list('lssystem'))),
    readVDisks: (names) => readVDisks(rows, names),
    readVDisksCalled: async (prefix) => {
      const filtervalue = `name=${checkObjectName(prefix)}*`;
      return (await rows(list('lsvdisk', { bytes: true, filtervalue }))).map(toVDisk);
    },
    readPools: async () => (await rows(list('lsmdiskgrp', { bytes: true }))).map(toPool),
    readHosts: async () => (await rows(list('lshost'))).map(toHost),
    readHostMaps: async (vdisk) => (await rows(show('lsvdiskhostmap', vdisk))).map(toHostMap),
    readHostMapsOf: (vdisks) => readHostMapsOf(rows, vdisks),
    readIoGroups: () => readIoGroups(wire),
    readRelationship: async ({ relationship, ...of }) => {
      const row = await findByName(wire, 'lsrcrelationship', relationship);
      return row === undefined ? undefined : toRelationship(row, of);
    },
    readMapping: async (name) => {
      const row = await findByName(wire, 'lsfcmap', name);
      return row === undefined ? undefined : toDetailedMapping(row);
    },
    readMappings: async () => (await rows(list('lsfcmap'))).map(toMapping),
    readGroups: async () => (await rows(list('lsfcconsistgrp'))).map(toGroup),
    readGroup: async (name) => {
      const row = await findByName(wire, 'lsfcconsistgrp', name);
      return row === undefined ? undefined : toDetailedGroup(row);
    },
  };
}

/** One volume is asked about by its name, several by one listing of all: the array runs commands in sequence, and a copy of any size is to cost it the same few. */
async function readHostMapsOf(
  rows: (command: SvcCommand) => Promise<Row[]>,
  vdisks: readonly string[],
): Promise<HostMap[]> {
  const wanted = new Set(vdisks.map(checkObjectName));
  const [name] = wanted;
  if (name === undefined) return [];
  if (wanted.size === 1) return (await rows(show('lsvdiskhostmap', name))).map(toHostMap);
  const all = (await rows(list('lshostvdiskmap'))).map(toHostMapOfHost);
  return all.filter(({ vdiskName }) => wanted.has(vdiskName));
}

/** Only the detailed view tells of bitmap memory. */
async function readIoGroups(wire: Wire): Promise<IoGroup[]> {
  const found: IoGroup[] = [];
  for (const row of await wire.list(list('lsiogrp'))) {
    if (row.integer('node_count') === 0) continue;
    const details = await wire.show(show('lsiogrp', row.filled('name')));
    const group = toIoGroup(details);
    if (group !== undefined) found.push(group);
  }
  return found;
}

/** The detailed view of an object, undefined when there is none of that name. */
export async function findByName(wire: Wire, verb: string, name: string): Promise<Row | undefined> {
  try {
    return await wire.show(show(verb, name));
  } catch (error) {
    if (refusalClass(error) === 'missing') return undefined;
    throw error;
  }
}

async function readVDisks(
  rows: (command: SvcCommand) => Promise<Row[]>,
  names: readonly string[],
): Promise<VDisk[]> {
  const wanted = new Set(names.map(checkObjectName));
  const [name] = wanted;
  if (name === undefined) return [];
  const filter = wanted.size === 1 ? { filtervalue: `name=${name}` } : {};
  const found = await rows(list('lsvdisk', { bytes: true, ...filter }));
  return found.filter((row) => wanted.has(row.text('name'))).map(toVDisk);
}
