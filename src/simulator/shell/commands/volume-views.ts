// lsvdisk: the columns of 8.x. Clients must go by header; FC_id is the word `many` when a volume is in more than one mapping.
import type { Machine } from '../../machine.js';
import { targetOffline } from '../../model/legality.js';
import type { Volume } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { listing, type Commands } from '../command.js';
import { capacity, concise, detailed, type Attribute, type Row } from '../view.js';
import { find } from '../../model/state.js';
import { refuse } from '../../model/codes.js';
import { IO_GROUP } from './system.js';

const COLUMNS = [
  ...['id', 'name', 'IO_group_id', 'IO_group_name', 'status', 'mdisk_grp_id', 'mdisk_grp_name', 'capacity', 'type'],
  ...['FC_id', 'FC_name', 'RC_id', 'RC_name', 'vdisk_UID', 'fc_map_count', 'copy_count', 'fast_write_state'],
  ...[
    'se_copy_count',
    'RC_change',
    'compressed_copy_count',
    'parent_mdisk_grp_id',
    'parent_mdisk_grp_name',
    'owner_id',
  ],
  ...['owner_name', 'formatting', 'encrypt', 'volume_id', 'volume_name', 'function'],
];

export function volumeOffline(machine: Machine, volume: Volume): boolean {
  const inbound = machine.state.mappingTo(volume.id);
  return inbound !== undefined && targetOffline(inbound);
}

/** By id, name or UID. */
export const findVolume = (machine: Machine, reference: string): Volume | undefined =>
  find(machine.state.volumes, reference) ?? machine.state.volumes.find(({ uid }) => uid === reference.toUpperCase());

function row(machine: Machine, volume: Volume, args: Arguments): Row {
  const mappings = machine.state.mappings.filter(({ source, target }) => source === volume.id || target === volume.id);
  const pool = machine.state.pools.find(({ id }) => id === volume.pool)?.name ?? '';
  const only = mappings.length === 1 ? mappings[0] : undefined;
  return {
    id: String(volume.id),
    name: volume.name,
    IO_group_id: String(IO_GROUP.id),
    IO_group_name: IO_GROUP.name,
    status: volumeOffline(machine, volume) ? 'offline' : 'online',
    mdisk_grp_id: String(volume.pool),
    mdisk_grp_name: pool,
    capacity: capacity(volume.capacityBytes, args),
    type: 'striped',
    FC_id: mappings.length > 1 ? 'many' : String(only?.id ?? ''),
    FC_name: mappings.length > 1 ? 'many' : (only?.name ?? ''),
    vdisk_UID: volume.uid,
    fc_map_count: String(mappings.length),
    copy_count: '1',
    fast_write_state: 'empty',
    se_copy_count: '0',
    RC_change: 'no',
    compressed_copy_count: '0',
    parent_mdisk_grp_id: String(volume.pool),
    parent_mdisk_grp_name: pool,
    formatting: 'no',
    encrypt: 'no',
    volume_id: String(volume.id),
    volume_name: volume.name,
  };
}

function detail(machine: Machine, volume: Volume, args: Arguments): Attribute[] {
  const main = row(machine, volume, args);
  const status = main['status'] ?? '';
  return [
    ...COLUMNS.map((name) => [name, main[name] ?? ''] as const),
    ['formatted', 'no'],
    ['throttling', '0'],
    ['preferred_node_id', '1'],
    ['cache', 'readwrite'],
    ['udid', ''],
    ['sync_rate', '50'],
    ['access_IO_group_count', '1'],
    ['last_access_time', ''],
    ['protection_provisioned_capacity', capacity(0, args)],
    ['protection_written_capacity', capacity(0, args)],
    ['', ''],
    ['copy_id', '0'],
    ['status', status],
    ['sync', 'yes'],
    ['auto_delete', 'no'],
    ['primary', 'yes'],
    ['mdisk_grp_id', String(volume.pool)],
    ['mdisk_grp_name', main['mdisk_grp_name'] ?? ''],
    ['type', 'striped'],
    ['fast_write_state', 'empty'],
    ['used_capacity', capacity(volume.capacityBytes, args)],
    ['real_capacity', capacity(volume.capacityBytes, args)],
    ['free_capacity', capacity(0, args)],
    ['overallocation', '100'],
    ['se_copy', 'no'],
    ['easy_tier', 'on'],
    ['compressed_copy', 'no'],
    ['deduplicated_copy', 'no'],
  ];
}

export const volumeViews: Commands = {
  lsvdisk: listing((machine, args) => {
    if (args.object === undefined)
      return concise(
        args,
        COLUMNS,
        machine.state.volumes.map((volume) => row(machine, volume, args)),
      );
    const volume = findVolume(machine, args.object);
    if (!volume) throw refuse('CMMVC5754E', args.object);
    return detailed(args, detail(machine, volume, args));
  }, 'optional'),
};
