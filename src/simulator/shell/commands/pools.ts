// lsmdiskgrp and the room in a pool: fully allocated volumes take their size, thin ones what they hold or have set aside.
import type { Machine } from '../../machine.js';
import { freeBytes } from '../../flashcopy/room.js';
import type { Pool } from '../../model/state.js';
import { listing, shown, type Commands } from '../command.js';
import { attributesOf, capacity, concise, detailed, type Row } from '../view.js';
import type { Arguments } from '../arguments.js';

const COLUMNS = [
  ...[
    'id',
    'name',
    'status',
    'mdisk_count',
    'vdisk_count',
    'capacity',
    'extent_size',
    'free_capacity',
  ],
  ...[
    'virtual_capacity',
    'used_capacity',
    'real_capacity',
    'overallocation',
    'warning',
    'easy_tier',
  ],
  ...[
    'easy_tier_status',
    'compression_active',
    'compression_virtual_capacity',
    'compression_compressed_capacity',
  ],
  ...[
    'compression_uncompressed_capacity',
    'parent_mdisk_grp_id',
    'parent_mdisk_grp_name',
    'child_mdisk_grp_count',
  ],
  ...[
    'child_mdisk_grp_capacity',
    'type',
    'encrypt',
    'owner_type',
    'owner_id',
    'owner_name',
    'site_id',
    'site_name',
  ],
  ...[
    'data_reduction',
    'used_capacity_before_reduction',
    'used_capacity_after_reduction',
    'overhead_capacity',
  ],
  ...[
    'deduplication_capacity_saving',
    'reclaimable_capacity',
    'physical_capacity',
    'physical_free_capacity',
  ],
];

function row(machine: Machine, pool: Pool, args: Arguments): Row {
  const volumes = machine.state.volumes.filter((volume) => volume.pool === pool.id);
  const free = freeBytes(machine, pool);
  const virtual = volumes.reduce((sum, { capacityBytes }) => sum + capacityBytes, 0);
  const used = volumes.reduce(
    (sum, volume) => sum + (volume.thin ? machine.engine.usedBytes(volume) : volume.capacityBytes),
    0,
  );
  const [zero, whole] = [capacity(0, args), capacity(pool.capacityBytes, args)];
  return {
    id: String(pool.id),
    name: pool.name,
    status: 'online',
    mdisk_count: '1',
    vdisk_count: String(volumes.filter(({ hidden }) => hidden !== true).length),
    capacity: whole,
    extent_size: '1024',
    free_capacity: capacity(free, args),
    virtual_capacity: capacity(virtual, args),
    used_capacity: capacity(used, args),
    real_capacity: capacity(pool.capacityBytes - free, args),
    overallocation: String(Math.round((virtual / pool.capacityBytes) * 100)),
    warning: '0',
    easy_tier: 'auto',
    easy_tier_status: 'balanced',
    compression_active: 'no',
    compression_virtual_capacity: zero,
    compression_compressed_capacity: zero,
    compression_uncompressed_capacity: zero,
    parent_mdisk_grp_id: String(pool.id),
    parent_mdisk_grp_name: pool.name,
    child_mdisk_grp_count: '0',
    child_mdisk_grp_capacity: zero,
    type: 'parent',
    encrypt: 'no',
    owner_type: 'none',
    data_reduction: 'no',
    used_capacity_before_reduction: zero,
    used_capacity_after_reduction: zero,
    overhead_capacity: zero,
    deduplication_capacity_saving: zero,
    reclaimable_capacity: zero,
    physical_capacity: whole,
    physical_free_capacity: capacity(free, args),
  };
}

export const poolCommands: Commands = {
  lsmdiskgrp: listing((machine, args) => {
    const { pools } = machine.state;
    if (args.object !== undefined)
      return detailed(args, attributesOf(row(machine, shown(pools, args.object), args), COLUMNS));
    const rows = pools.map((pool) => row(machine, pool, args));
    return concise(args, COLUMNS, rows);
  }, 'optional'),
};
