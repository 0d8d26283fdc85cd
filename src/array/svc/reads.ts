// What the array says of itself. Each read is one command, answered in domain values or not at all.
import type { StorageArray } from '../array.js';
import { checkObjectName } from '../../domain/names.js';
import type { HostMap, IoGroup, VDisk } from '../../domain/vdisk.js';
import { list, show, type SvcCommand } from './command.js';
import { refusalClass } from './errors.js';
import {
  hostMapNames,
  hostMapOfHostNames,
  mappingNames,
  names,
  poolName,
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
import { byName } from './stranger.js';
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
    readVDisks: (called) => readVDisks(rows, called),
    readVDisksCalled: async (prefix) => {
      const filtervalue = `name=${checkObjectName(prefix)}*`;
      const found = await rows(list('lsvdisk', { bytes: true, filtervalue }));
      return found.filter((row) => row.text('name').startsWith(prefix)).map(byName(toVDisk, names));
    },
    readPools: async () =>
      (await rows(list('lsmdiskgrp', { bytes: true }))).map(byName(toPool, poolName)),
    readHosts: async () => (await rows(list('lshost'))).map(byName(toHost, names)),
    readHostMaps: (vdisk) => mapsOf(rows, vdisk),
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
    readMappings: async ({ group } = {}) => {
      const filter =
        group === undefined ? {} : { filtervalue: `group_name=${checkObjectName(group)}` };
      return (await rows(list('lsfcmap', filter)))
        .filter((row) => group === undefined || row.text('group_name') === group)
        .map(byName(toMapping, mappingNames));
    },
    readGroups: async () => (await rows(list('lsfcconsistgrp'))).map(byName(toGroup, names)),
    readGroup: async (name) => {
      const row = await findByName(wire, 'lsfcconsistgrp', name);
      return row === undefined ? undefined : toDetailedGroup(row);
    },
  };
}

async function mapsOf(
  rows: (command: SvcCommand) => Promise<Row[]>,
  vdisk: string,
): Promise<HostMap[]> {
  const found = await rows(show('lsvdiskhostmap', vdisk));
  return found.map(byName(toHostMap, hostMapNames));
}

/** One volume is asked about by its name, several by one listing of all: the array runs commands in sequence, and a copy of any size is to cost it the same few. */
async function readHostMapsOf(
  rows: (command: SvcCommand) => Promise<Row[]>,
  vdisks: readonly string[],
): Promise<HostMap[]> {
  const wanted = new Set(vdisks.map(checkObjectName));
  const [name] = wanted;
  if (name === undefined) return [];
  if (wanted.size === 1) return mapsOf(rows, name);
  const all = await rows(list('lshostvdiskmap'));
  return all
    .filter((row) => wanted.has(row.text('vdisk_name')))
    .map(byName(toHostMapOfHost, hostMapOfHostNames));
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
  called: readonly string[],
): Promise<VDisk[]> {
  const wanted = new Set(called.map(checkObjectName));
  const [name] = wanted;
  if (name === undefined) return [];
  const prefix = commonPrefix([...wanted]);
  const filter =
    wanted.size === 1
      ? { filtervalue: `name=${name}` }
      : prefix === ''
        ? {}
        : { filtervalue: `name=${prefix}*` };
  const found = await rows(list('lsvdisk', { bytes: true, ...filter }));
  return found.filter((row) => wanted.has(row.text('name'))).map(toVDisk);
}

/** What all begin with; one filter can ask for that much, and a REST door warns above 2,000 objects. */
function commonPrefix([first = '', ...others]: readonly string[]): string {
  let prefix = first;
  for (const name of others) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix.trimEnd();
}
