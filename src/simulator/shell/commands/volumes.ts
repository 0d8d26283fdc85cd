// mkvdisk and rmvdisk. A new volume reads as zeros; one that is mapped or part of a FlashCopy is not removed without saying so.
import { stop } from '../../flashcopy/lifecycle.js';
import { removeMapping } from '../../flashcopy/passage.js';
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { checkName } from '../../model/object-names.js';
import { drop, freeId, type Pool, type Volume } from '../../model/state.js';
import { newUid } from '../../model/uid.js';
import type { Arguments } from '../arguments.js';
import { change, named, type Commands } from '../command.js';
import { freeBytes, IO_GROUP } from './system.js';
import { findVolume } from './volume-views.js';

const UNITS = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40, pb: 2 ** 50 } as const;
const UNIT_NAMES = Object.keys(UNITS) as (keyof typeof UNITS)[];

/** Throws CMMVC6035E, CMMVC5860E, CMMVC7019E and what names may break. */
export async function createVolume(
  machine: Machine,
  wanted: { name: string | undefined; pool: Pool; bytes: number },
): Promise<Volume> {
  const { state, engine, reach } = machine;
  const id = freeId(state.volumes);
  const name = checkName(wanted.name ?? `vdisk${id}`, state.volumes);
  if (wanted.bytes % 512 !== 0 || wanted.bytes === 0) throw refuse('CMMVC7019E');
  if (wanted.bytes > freeBytes(machine, wanted.pool)) throw refuse('CMMVC5860E');
  const volume: Volume = { id, name, pool: wanted.pool.id, capacityBytes: wanted.bytes, uid: newUid(state) };
  await engine.create(volume, false);
  volume.uid = (await reach.serve(volume, engine.imagePath(volume))) ?? volume.uid;
  state.volumes.push(volume);
  return volume;
}

async function mkvdisk(machine: Machine, args: Arguments): Promise<string> {
  const pool = named(machine.state.pools, args.required('mdiskgrp'));
  const iogrp = args.value('iogrp') ?? '0';
  if (iogrp !== String(IO_GROUP.id) && iogrp !== IO_GROUP.name) throw refuse('CMMVC5729E', '-iogrp');
  const unit = UNITS[args.choice('unit', UNIT_NAMES) ?? 'mb'];
  const size = args.required('size');
  if (!/^\d+$/.test(size)) throw refuse('CMMVC5767E', '-size');
  const volume = await createVolume(machine, { name: args.value('name'), pool, bytes: Number(size) * unit });
  return `Virtual Disk, id [${volume.id}], successfully created\n`;
}

async function rmvdisk(machine: Machine, args: Arguments): Promise<string> {
  const { state } = machine;
  const volume = findVolume(machine, args.target());
  if (!volume) throw refuse('CMMVC5753E', args.target());
  const mapped = state.hostMaps.filter((map) => map.volume === volume.id);
  const copies = state.mappings.filter(({ source, target }) => source === volume.id || target === volume.id);
  const force = args.has('force');
  if ((mapped.length > 0 && !force && !args.has('removehostmappings')) || (copies.length > 0 && !force))
    throw refuse('CMMVC5840E', volume.name);
  await stop(machine, copies, true);
  for (const mapping of copies) await removeMapping(machine, mapping);
  drop(state.hostMaps, (map) => map.volume === volume.id);
  drop(state.volumes, (other) => other === volume);
  await machine.reach.withdraw(volume);
  await machine.engine.remove(volume);
  return '';
}

const MKVDISK_VALUES = [
  ...['name', 'mdiskgrp', 'iogrp', 'size', 'unit', 'rsize', 'warning', 'grainsize', 'easytier', 'copies', 'cache'],
  ...['udid', 'vtype', 'preferrednode', 'node'],
];

export const volumeCommands: Commands = {
  mkvdisk: change({ values: MKVDISK_VALUES, switches: ['autoexpand', 'compressed', 'nofmtdisk'] }, mkvdisk),
  rmvdisk: change({ switches: ['force', 'removehostmappings'], object: 'required' }, rmvdisk),
};
