// chvdisk, expandvdisksize, shrinkvdisksize and the small commands around a volume.
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { checkName } from '../../model/object-names.js';
import type { Volume } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { change, listing, must, named, type Commands } from '../command.js';
import { concise, withoutObject } from '../view.js';
import { checkIoGroup, IO_GROUP, ioGroupName } from './nodes.js';
import { freeBytes } from '../../flashcopy/room.js';
import { findVolume } from './volume-lookup.js';
import { sizeBytes } from './volumes.js';

const volumeOf = (machine: Machine, args: Arguments): Volume =>
  must(findVolume(machine, args.target()), 'CMMVC5753E', args.target());

function chvdisk(machine: Machine, args: Arguments): string {
  const { state } = machine;
  const volume = volumeOf(machine, args);
  const [name, group, warning] = [
    args.value('name'),
    args.value('volumegroup'),
    args.value('warning'),
  ];
  if (group !== undefined && args.has('novolumegroup'))
    throw refuse('CMMVC5713E', '-novolumegroup');
  const found = group === undefined ? undefined : named(state.volumeGroups, group);
  const autoexpand = args.choice('autoexpand', ['on', 'off']);
  // The last thing that may be refused: what follows takes effect as a whole.
  if (name !== undefined)
    volume.name = checkName(
      name,
      state.volumes.filter((other) => other !== volume),
    );
  if (found) volume.group = found.id;
  if (args.has('novolumegroup')) delete volume.group;
  if (volume.thin && warning !== undefined)
    volume.thin.warningPercent = Number.parseInt(warning, 10);
  if (volume.thin && autoexpand !== undefined) volume.thin.autoexpand = autoexpand === 'on';
  return '';
}

/** `-size` is the difference, never the new size. A volume in a mapping is resized from 8.4.2 on only, one that hosts prepare never. */
async function resize(machine: Machine, args: Arguments, direction: 1 | -1): Promise<string> {
  const volume = volumeOf(machine, args);
  const delta = args.has('size') ? sizeBytes(args) : volume.capacityBytes;
  const after = volume.capacityBytes + direction * delta;
  const copies = machine.state.mappingsOn(volume.id);
  if (
    copies.length > 0 &&
    (direction < 0 || !machine.profile.expandWithMappings || copies.some(isBusy))
  )
    throw refuse('CMMVC5837E', volume.name);
  if (after <= 0 || after % 512 !== 0)
    throw refuse(after <= 0 ? 'CMMVC5767E' : 'CMMVC7019E', '-size');
  const pool = machine.state.pools.byId(volume.pool);
  if (direction > 0 && !volume.thin && pool && delta > freeBytes(machine, pool))
    throw refuse('CMMVC5860E', pool.name);
  await machine.engine.resize(volume, after);
  volume.capacityBytes = after;
  return '';
}

/** Only a copy at rest bears another size. */
const isBusy = ({ state, pending }: { state: string; pending: { size: number } }): boolean =>
  state !== 'idle_or_copied' && !(state === 'copying' && pending.size === 0);

const CHVDISK = {
  values: [
    ...[
      'name',
      'warning',
      'autoexpand',
      'easytier',
      'primary',
      'volumegroup',
      'cache',
      'udid',
      'syncrate',
      'rate',
    ],
    ...['mirrorwritepriority', 'preferrednode', 'iogrp', 'backup', 'account', 'throttle'],
  ],
  switches: ['novolumegroup', 'unitmb', 'force', 'enable', 'disable'],
  object: 'required',
} as const;
const resizing = (direction: 1 | -1): Commands[string] & object => ({
  ...change(
    { values: ['size', 'unit'], switches: ['force', 'rsize'], object: 'required' },
    (machine, args) => resize(machine, args, direction),
  ),
  objectName: 'vdisk_id',
});

export const volumeChanges: Commands = {
  chvdisk: { ...change(CHVDISK, chvdisk), objectName: 'vdisk_id' },
  chvolume: change(CHVDISK, chvdisk),
  expandvdisksize: resizing(1),
  shrinkvdisksize: resizing(-1),
  expandvolume: { ...resizing(1), objectName: 'object_id' },
  shrinkvolume: { ...resizing(-1), objectName: 'object_id' },
  lsvdiskaccess: listing((machine, args) => {
    const volume = must(findVolume(machine, args.target()), 'CMMVC5754E', args.target());
    const row = {
      VDisk_id: String(volume.id),
      VDisk_name: volume.name,
      IO_group_id: '0',
      IO_group_name: ioGroupName(machine),
    };
    return concise(withoutObject(args), Object.keys(row), [row]);
  }, 'required'),
  addvdiskaccess: change({ values: ['iogrp'], object: 'required' }, (machine, args) => {
    volumeOf(machine, args);
    checkIoGroup(machine, args.required('iogrp'));
    return '';
  }),
  rmvdiskaccess: change({ values: ['iogrp'], object: 'required' }, (machine, args) => {
    volumeOf(machine, args);
    if (args.required('iogrp') === String(IO_GROUP))
      throw refuse('CMMVC5767E', 'the caching I/O group');
    return '';
  }),
  lsthrottle: listing((_machine, args) =>
    concise(
      args,
      [
        'throttle_id',
        'throttle_name',
        'object_id',
        'object_name',
        'throttle_type',
        'IOPs_limit',
        'bandwidth_limit_MB',
      ],
      [],
    ),
  ),
};
