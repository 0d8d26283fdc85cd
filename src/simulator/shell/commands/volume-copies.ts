// The copies of a volume: one each here. Commands that mirror answer as a system without a second pool would.
import type { Machine } from '../../machine.js';
import { realBytes } from '../../flashcopy/room.js';
import { refuse } from '../../model/codes.js';
import type { Volume } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { change, listing, listingWith, must, named, type Commands } from '../command.js';
import {
  attributesOf,
  capacity,
  concise,
  detailed,
  withoutObject,
  type Attribute,
  type Row,
} from '../view.js';
import { findVolume, volumeOffline } from './volume-lookup.js';

const DETAIL = [
  ...[
    'copy_id',
    'status',
    'sync',
    'auto_delete',
    'primary',
    'mdisk_grp_id',
    'mdisk_grp_name',
    'type',
    'mdisk_id',
  ],
  ...[
    'mdisk_name',
    'fast_write_state',
    'used_capacity',
    'real_capacity',
    'free_capacity',
    'overallocation',
  ],
  ...[
    'autoexpand',
    'warning',
    'grainsize',
    'se_copy',
    'easy_tier',
    'easy_tier_status',
    'compressed_copy',
  ],
  ...[
    'uncompressed_used_capacity',
    'parent_mdisk_grp_id',
    'parent_mdisk_grp_name',
    'encrypt',
    'deduplicated_copy',
  ],
  ...['used_capacity_before_reduction', 'safeguarded_mdisk_grp_id', 'safeguarded_mdisk_grp_name'],
];
const COLUMNS = [
  ...[
    'vdisk_id',
    'vdisk_name',
    'copy_id',
    'status',
    'sync',
    'primary',
    'mdisk_grp_id',
    'mdisk_grp_name',
    'capacity',
  ],
  ...['type', 'se_copy', 'easy_tier', 'easy_tier_status', 'compressed_copy', 'parent_mdisk_grp_id'],
  ...['parent_mdisk_grp_name', 'encrypt', 'deduplicated_copy'],
];

function row(machine: Machine, volume: Volume, args: Arguments): Row {
  const { thin } = volume;
  const pool = machine.state.pools.byId(volume.pool)?.name ?? '';
  const real = realBytes(machine, volume);
  const used = thin ? machine.engine.usedBytes(volume) : volume.capacityBytes;
  return {
    vdisk_id: String(volume.id),
    vdisk_name: volume.name,
    copy_id: '0',
    sync: 'yes',
    auto_delete: 'no',
    primary: 'yes',
    mdisk_grp_id: String(volume.pool),
    mdisk_grp_name: pool,
    type: 'striped',
    parent_mdisk_grp_id: String(volume.pool),
    parent_mdisk_grp_name: pool,
    encrypt: 'no',
    fast_write_state: 'empty',
    easy_tier: 'on',
    easy_tier_status: 'balanced',
    status: volumeOffline(machine, volume) ? 'offline' : 'online',
    capacity: capacity(volume.capacityBytes, args),
    used_capacity: capacity(used, args),
    real_capacity: capacity(real, args),
    free_capacity: capacity(Math.max(0, real - used), args),
    overallocation: String(Math.round((volume.capacityBytes / real) * 100)),
    autoexpand: thin ? (thin.autoexpand ? 'on' : 'off') : '',
    warning: thin ? String(thin.warningPercent) : '',
    grainsize: thin ? String(thin.grainKiB) : '',
    se_copy: thin && !thin.compressed ? 'yes' : 'no',
    compressed_copy: thin?.compressed === true ? 'yes' : 'no',
    uncompressed_used_capacity: capacity(used, args),
    deduplicated_copy: thin?.deduplicated === true ? 'yes' : 'no',
  };
}

/** The part of the detailed view of a volume that stands for its copy. */
export const copyBlock = (machine: Machine, volume: Volume, args: Arguments): Attribute[] =>
  attributesOf(row(machine, volume, args), DETAIL);

const lsvdiskcopy = listing((machine, args) => {
  const chosen =
    args.object === undefined
      ? machine.state.volumes.filter(({ hidden }) => hidden !== true)
      : [must(findVolume(machine, args.object), 'CMMVC5754E', args.object)];
  const [only] = chosen;
  if (args.value('copy') === undefined)
    return concise(
      withoutObject(args),
      COLUMNS,
      chosen.map((volume) => row(machine, volume, args)),
    );
  if (args.value('copy') !== '0' || args.object === undefined || !only)
    throw refuse('CMMVC6353E', 'no such copy');
  const attributes = attributesOf(row(machine, only, args), [
    'vdisk_id',
    'vdisk_name',
    'capacity',
    ...DETAIL,
  ]);
  return detailed(
    { value: (name) => args.value(name), has: (name) => args.has(name), object: undefined },
    attributes,
  );
}, 'optional');

const PROGRESS = ['vdisk_id', 'vdisk_name', 'copy_id', 'progress', 'estimated_completion_time'];

export const volumeCopyCommands: Commands = {
  lsvdiskcopy: listingWith({ values: ['copy'] }, lsvdiskcopy),
  lsvdisksyncprogress: listingWith(
    { values: ['copy'] },
    listing((machine, args) => {
      const volume = args.object === undefined ? undefined : findVolume(machine, args.object);
      const rows = volume
        ? [{ vdisk_id: String(volume.id), vdisk_name: volume.name, copy_id: '0', progress: '100' }]
        : [];
      return concise(withoutObject(args), PROGRESS, rows);
    }, 'optional'),
  ),
  migratevdisk: change(
    { values: ['mdiskgrp', 'vdisk', 'copy', 'threads'], switches: ['force'] },
    (machine, args) => {
      const volume = must(
        findVolume(machine, args.required('vdisk')),
        'CMMVC5804E',
        args.required('vdisk'),
      );
      volume.pool = named(machine.state.pools, args.required('mdiskgrp')).id;
      return '';
    },
  ),
  lsmigrate: listing((_machine, args) =>
    concise(args, ['migrate_type', 'progress', 'migrate_source_vdisk_index'], []),
  ),
};
