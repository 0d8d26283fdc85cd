// The system itself: lssystem, lscurrentuser, lsiogrp, lsmdiskgrp. One I/O group that is in use, as on a small real box.
import type { Machine } from '../../machine.js';
import type { Pool } from '../../model/state.js';
import { listing, shown, type Commands } from '../command.js';
import { capacity, concise, detailed, type Row } from '../view.js';
import type { Arguments } from '../arguments.js';

export const IO_GROUP = { id: 0, name: 'io_grp0' } as const;

/** Bytes no volume has taken yet. */
export function freeBytes(machine: Machine, pool: Pool): number {
  const used = machine.state.volumes.filter((volume) => volume.pool === pool.id);
  return used.reduce((free, volume) => free - volume.capacityBytes, pool.capacityBytes);
}

const IO_GROUP_COLUMNS = ['id', 'name', 'node_count', 'vdisk_count', 'host_count', 'site_id', 'site_name'];
const POOL_COLUMNS = [
  ...['id', 'name', 'status', 'mdisk_count', 'vdisk_count', 'capacity', 'extent_size', 'free_capacity'],
  ...[
    'virtual_capacity',
    'used_capacity',
    'real_capacity',
    'overallocation',
    'warning',
    'easy_tier',
    'easy_tier_status',
  ],
  ...['parent_mdisk_grp_id', 'parent_mdisk_grp_name', 'child_mdisk_grp_count', 'child_mdisk_grp_capacity', 'type'],
];

function poolRow(machine: Machine, pool: Pool, args: Arguments): Row {
  const free = freeBytes(machine, pool);
  const used = capacity(pool.capacityBytes - free, args);
  return {
    id: String(pool.id),
    name: pool.name,
    status: 'online',
    mdisk_count: '1',
    vdisk_count: String(machine.state.volumes.filter((volume) => volume.pool === pool.id).length),
    capacity: capacity(pool.capacityBytes, args),
    extent_size: '1024',
    free_capacity: capacity(free, args),
    virtual_capacity: used,
    used_capacity: used,
    real_capacity: used,
    overallocation: String(Math.round((1 - free / pool.capacityBytes) * 100)),
    warning: '0',
    easy_tier: 'auto',
    easy_tier_status: 'balanced',
    parent_mdisk_grp_id: String(pool.id),
    parent_mdisk_grp_name: pool.name,
    child_mdisk_grp_count: '0',
    child_mdisk_grp_capacity: capacity(0, args),
    type: 'parent',
  };
}

export const systemCommands: Commands = {
  lssystem: listing(({ state, profile }, args) =>
    detailed(args, [
      ['id', state.id],
      ['name', state.name],
      ['location', 'local'],
      ['partnership', ''],
      ['code_level', `${profile.codeLevel} (build 169.8.2211211556000)`],
      ['console_IP', '127.0.0.1:443'],
      ['id_alias', state.id],
      ['layer', 'replication'],
      ['topology', 'standard'],
      ['topology_status', ''],
      ['vdisk_protection_time', '15'],
      ['vdisk_protection_enabled', 'no'],
      ['product_name', 'IBM SAN Volume Controller'],
    ]),
  ),
  lscurrentuser: listing((_machine, args, caller) =>
    detailed(args, [
      ['name', caller.user],
      ['role', 'Administrator'],
    ]),
  ),
  lsiogrp: listing(({ state }, args) => {
    const rows = [0, 1, 2, 3].map((id) => ({
      id: String(id),
      name: `io_grp${id}`,
      node_count: id === IO_GROUP.id ? '2' : '0',
      vdisk_count: id === IO_GROUP.id ? String(state.volumes.length) : '0',
      host_count: id === IO_GROUP.id ? String(state.hosts.length) : '0',
    }));
    return concise(args, IO_GROUP_COLUMNS, rows);
  }),
  lsmdiskgrp: listing((machine, args) => {
    const rows = (pools: readonly Pool[]): Row[] => pools.map((pool) => poolRow(machine, pool, args));
    if (args.object === undefined) return concise(args, POOL_COLUMNS, rows(machine.state.pools));
    const [row = {}] = rows([shown(machine.state.pools, args.object)]);
    return detailed(
      args,
      POOL_COLUMNS.map((name) => [name, row[name] ?? ''] as const),
    );
  }, 'optional'),
};
