// What the array says of itself. Each read is one command, answered in domain values or not at all.
import type { StorageArray } from '../array.js';
import { checkObjectName } from '../../domain/names.js';
import type { VDisk } from '../../domain/vdisk.js';
import { list, show, type SvcCommand } from './command.js';
import { refusalClass } from './errors.js';
import { toGroup, toHost, toHostMap, toMapping, toPool, toSystem, toVDisk } from './objects.js';
import { parseDetails, parseListing, type Row } from './table.js';
import type { Wire } from './wire.js';

export type Reads = Pick<
  StorageArray,
  'readSystem' | 'readVDisks' | 'readPools' | 'readHosts' | 'readHostMaps' | 'readMappings' | 'readGroups' | 'readGroup'
>;

/** Up to this many volumes are asked for by name; above, one listing of all is cheaper for an array that runs commands in sequence. */
const FEW = 4;

export function createReads(wire: Wire): Reads {
  const rows = async (command: SvcCommand): Promise<Row[]> => parseListing(command.verb, await wire.read(command));
  return {
    readSystem: async () => toSystem(parseDetails('lssystem', await wire.read(list('lssystem')))),
    readVDisks: (names) => readVDisks(rows, names),
    readPools: async () => (await rows(list('lsmdiskgrp', { bytes: true }))).map(toPool),
    readHosts: async () => (await rows(list('lshost'))).map(toHost),
    readHostMaps: async (vdisk) => (await rows(show('lsvdiskhostmap', vdisk))).map(toHostMap),
    readMappings: async () => (await rows(list('lsfcmap'))).map(toMapping),
    readGroups: async () => (await rows(list('lsfcconsistgrp'))).map(toGroup),
    readGroup: async (name) => {
      const row = await findByName(wire, 'lsfcconsistgrp', name);
      return row === undefined ? undefined : toGroup(row);
    },
  };
}

/** The detailed view of an object, undefined when there is none of that name. */
export async function findByName(wire: Wire, verb: string, name: string): Promise<Row | undefined> {
  try {
    return parseDetails(verb, await wire.read(show(verb, name)));
  } catch (error) {
    if (refusalClass(error) === 'missing') return undefined;
    throw error;
  }
}

async function readVDisks(rows: (command: SvcCommand) => Promise<Row[]>, names: readonly string[]): Promise<VDisk[]> {
  const wanted = new Set(names.map(checkObjectName));
  const bytes = { bytes: true } as const;
  const commands =
    wanted.size > FEW
      ? [list('lsvdisk', bytes)]
      : [...wanted].map((name) => list('lsvdisk', { ...bytes, filtervalue: `name=${name}` }));
  const found: VDisk[] = [];
  for (const command of commands) {
    const named = (await rows(command)).filter((row) => wanted.has(row.text('name')));
    found.push(...named.map(toVDisk));
  }
  return found;
}
