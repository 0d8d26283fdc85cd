// lsvdisk: the columns of 8.x. Clients must go by header; FC_id is the word `many` when a volume is in more than one mapping.
import type { Machine } from '../../machine.js';
import type { Volume } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { listing, must, type Commands } from '../command.js';
import { attributesOf, capacity, concise, detailed, type Row } from '../view.js';
import { IO_GROUP, ioGroupName } from './nodes.js';
import { copyBlock } from './volume-copies.js';
import { findVolume, volumeOffline } from './volume-lookup.js';

const COLUMNS = [
  ...[
    'id',
    'name',
    'IO_group_id',
    'IO_group_name',
    'status',
    'mdisk_grp_id',
    'mdisk_grp_name',
    'capacity',
    'type',
  ],
  ...[
    'FC_id',
    'FC_name',
    'RC_id',
    'RC_name',
    'vdisk_UID',
    'fc_map_count',
    'copy_count',
    'fast_write_state',
  ],
  ...[
    'se_copy_count',
    'RC_change',
    'compressed_copy_count',
    'parent_mdisk_grp_id',
    'parent_mdisk_grp_name',
  ],
  ...['owner_id', 'owner_name', 'formatting', 'encrypt', 'volume_id', 'volume_name', 'function'],
  ...[
    'volume_group_id',
    'volume_group_name',
    'protocol',
    'is_snapshot',
    'snapshot_count',
    'volume_type',
  ],
  ...['replication_mode', 'is_safeguarded_snapshot', 'safeguarded_snapshot_count'],
];
const DETAIL = [
  ...[
    'formatted',
    'mdisk_id',
    'mdisk_name',
    'throttling',
    'preferred_node_id',
    'cache',
    'udid',
    'sync_rate',
  ],
  ...['mirror_write_priority', 'access_IO_group_count', 'last_access_time', 'cloud_backup_enabled'],
  ...['cloud_account_id', 'cloud_account_name', 'backup_status', 'deduplicated_copy_count'],
  ...[
    'protection_provisioned_capacity',
    'protection_written_capacity',
    'source_volume_id',
    'source_volume_name',
  ],
  ...['source_snapshot'],
];

/** The word lsvdisk has for it: in some documents a target stays `online` while prepared, though no I/O works. */
function statusOf(machine: Machine, volume: Volume): string {
  const inbound = machine.state.mappingTo(volume.id);
  const preparing = inbound?.state === 'preparing' || inbound?.state === 'prepared';
  if (volume.offline === undefined && preparing && machine.profile.preparedTarget === 'online')
    return 'online';
  return volumeOffline(machine, volume) ? 'offline' : 'online';
}

/** `mapped`: ids of volumes that any host has. */
function row(
  machine: Machine,
  volume: Volume,
  how: { args: Arguments; mapped: ReadonlySet<number> },
): Row {
  const { args, mapped } = how;
  const { state } = machine;
  const mappings = state.mappingsOn(volume.id).filter(({ owner }) => owner === undefined);
  const pool = state.pools.byId(volume.pool)?.name ?? '';
  const group = volume.group === undefined ? undefined : state.volumeGroups.byId(volume.group);
  const only = mappings.length === 1 ? mappings[0] : undefined;
  const snapshots = state.snapshots.filter(({ members }) =>
    members.some((member) => member.volume === volume.id),
  );
  return {
    id: String(volume.id),
    name: volume.name,
    IO_group_id: String(IO_GROUP),
    IO_group_name: ioGroupName(machine),
    status: statusOf(machine, volume),
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
    se_copy_count: volume.thin && !volume.thin.compressed ? '1' : '0',
    RC_change: 'no',
    compressed_copy_count: volume.thin?.compressed === true ? '1' : '0',
    parent_mdisk_grp_id: String(volume.pool),
    parent_mdisk_grp_name: pool,
    formatting: 'no',
    encrypt: 'no',
    volume_id: String(volume.id),
    volume_name: volume.name,
    volume_group_id: String(group?.id ?? ''),
    volume_group_name: group?.name ?? '',
    protocol: mapped.has(volume.id) ? 'scsi' : '',
    is_snapshot: 'no',
    snapshot_count: String(snapshots.length),
    volume_type: volume.origin?.kind ?? '',
    is_safeguarded_snapshot: 'no',
    safeguarded_snapshot_count: String(snapshots.filter(({ safeguarded }) => safeguarded).length),
    formatted: 'no',
    throttling: '0',
    preferred_node_id: '1',
    cache: 'readwrite',
    sync_rate: '50',
    mirror_write_priority: 'latency',
    access_IO_group_count: '1',
    cloud_backup_enabled: 'no',
    backup_status: 'off',
    deduplicated_copy_count: volume.thin?.deduplicated === true ? '1' : '0',
    protection_provisioned_capacity: capacity(volume.capacityBytes * snapshots.length, args),
    protection_written_capacity: capacity(0, args),
    source_volume_name: volume.origin?.volume ?? '',
    source_snapshot: volume.origin?.snapshot ?? '',
  };
}

export const volumeViews: Commands = {
  lsvdisk: listing((machine, args) => {
    const mapped = new Set(machine.state.hostMaps.map((map) => map.volume));
    const volumes = machine.state.volumes.filter(({ hidden }) => hidden !== true);
    if (args.object === undefined)
      return concise(
        args,
        COLUMNS,
        volumes.map((volume) => row(machine, volume, { args, mapped })),
      );
    const volume = must(findVolume(machine, args.object), 'CMMVC5754E', args.object);
    const attributes = attributesOf(row(machine, volume, { args, mapped }), [
      ...COLUMNS,
      ...DETAIL,
    ]);
    return detailed(args, attributes, { blocks: [copyBlock(machine, volume, args)], apart: true });
  }, 'optional'),
};
