// Nodes and I/O groups: one I/O group with two online nodes, as on a small real system; bitmap memory is kept per I/O group.
import type { Machine } from '../../machine.js';
import type { Node } from '../../model/network.js';
import { bitmapBytes, bitmapTotal } from '../../model/bitmap.js';
import { refuse } from '../../model/codes.js';
import { checkName } from '../../model/object-names.js';
import type { Arguments } from '../arguments.js';
import { change, listing, must, shown, type Commands } from '../command.js';
import { attributesOf, capacity, concise, detailed, type Row } from '../view.js';

/** The one that has nodes. */
export const IO_GROUP = 0;

export const ioGroupName = ({ state }: Machine, id = IO_GROUP): string =>
  state.settings.ioGroupNames[id] ?? '';

/** By id or name. Throws CMMVC5804E for none, CMMVC5729E for one without nodes. */
export function checkIoGroup(machine: Machine, reference: string | undefined): void {
  if (reference === undefined) return;
  for (const part of reference.split(':')) {
    const id = ioGroups(machine).find(
      (group) => group.name === part || String(group.id) === part,
    )?.id;
    if (id === undefined) throw refuse('CMMVC5804E', part);
    if (id !== IO_GROUP) throw refuse('CMMVC5729E', part);
  }
}

const ioGroups = ({ state }: Machine): { id: number; name: string }[] =>
  state.settings.ioGroupNames.map((name, id) => ({ id, name }));

const NODE_COLUMNS = [
  ...[
    'id',
    'name',
    'UPS_serial_number',
    'WWNN',
    'status',
    'IO_group_id',
    'IO_group_name',
    'config_node',
  ],
  ...[
    'UPS_unique_id',
    'hardware',
    'iscsi_name',
    'iscsi_alias',
    'panel_name',
    'enclosure_id',
    'canister_id',
  ],
  ...['enclosure_serial_number', 'site_id', 'site_name'],
];

function nodeRow(machine: Machine, node: Node): Row {
  return {
    id: String(node.id),
    name: node.name,
    UPS_serial_number: '',
    WWNN: node.wwnn,
    status: 'online',
    IO_group_id: String(IO_GROUP),
    IO_group_name: ioGroupName(machine),
    config_node: machine.state.settings.configNode === node.id ? 'yes' : 'no',
    hardware: 'SV3',
    iscsi_name: node.iscsiName,
    panel_name: `SIM000${node.id}`,
    service_IP_address: node.serviceAddress,
  };
}

const nodes = listing((machine, args) => {
  const { nodes: all } = machine.network;
  if (args.object === undefined)
    return concise(
      args,
      NODE_COLUMNS,
      all.map((node) => nodeRow(machine, node)),
    );
  const node = shown(all, args.object);
  const ports = node.fibre.map(({ portId, wwpn }): [string, string][] => [
    ['port_id', wwpn],
    ['port_status', 'active'],
    ['port_speed', '16Gb'],
    ['port_number', String(portId)],
  ]);
  const columns = [...NODE_COLUMNS, 'service_IP_address'];
  return detailed(args, attributesOf(nodeRow(machine, node), columns), { blocks: ports });
}, 'optional');

const IO_GROUP_COLUMNS = [
  'id',
  'name',
  'node_count',
  'vdisk_count',
  'host_count',
  'site_id',
  'site_name',
];
const IO_GROUP_DETAIL = [
  ...[
    'id',
    'name',
    'node_count',
    'vdisk_count',
    'host_count',
    'flash_copy_total_memory',
    'flash_copy_free_memory',
  ],
  ...[
    'remote_copy_total_memory',
    'remote_copy_free_memory',
    'mirroring_total_memory',
    'mirroring_free_memory',
  ],
  ...[
    'raid_total_memory',
    'raid_free_memory',
    'maintenance',
    'compression_active',
    'accessible_vdisk_count',
  ],
  ...[
    'compression_supported',
    'max_enclosures',
    'encryption_supported',
    'flash_copy_maximum_memory',
    'site_id',
  ],
  ...[
    'site_name',
    'fctargetportmode',
    'compression_total_memory',
    'deduplication_supported',
    'deduplication_active',
  ],
];

function ioGroupRow(machine: Machine, group: { id: number; name: string }, args: Arguments): Row {
  const { state } = machine;
  const used = group.id === IO_GROUP;
  const total = used ? bitmapTotal(state) : 0;
  const volumes = used ? String(state.volumes.filter(({ hidden }) => hidden !== true).length) : '0';
  return {
    id: String(group.id),
    name: group.name,
    node_count: used ? '2' : '0',
    vdisk_count: volumes,
    host_count: used ? String(state.hosts.length) : '0',
    flash_copy_total_memory: capacity(total, args),
    flash_copy_free_memory: capacity(Math.max(0, total - bitmapBytes(state)), args),
    remote_copy_total_memory: capacity(0, args),
    remote_copy_free_memory: capacity(0, args),
    mirroring_total_memory: capacity(0, args),
    mirroring_free_memory: capacity(0, args),
    raid_total_memory: capacity(0, args),
    raid_free_memory: capacity(0, args),
    maintenance: 'no',
    compression_active: 'no',
    accessible_vdisk_count: volumes,
    compression_supported: 'yes',
    max_enclosures: '20',
    encryption_supported: 'no',
    flash_copy_maximum_memory: capacity(2048 * 2 ** 20, args),
    fctargetportmode: 'enabled',
    compression_total_memory: capacity(0, args),
    deduplication_supported: 'yes',
    deduplication_active: 'no',
  };
}

/** `-feature flash -size MiB`: the room of all bitmaps; never below what is in use. */
function chiogrp(machine: Machine, args: Arguments): string {
  const { state } = machine;
  const group = must(
    ioGroups(machine).find(({ id, name }) => [name, String(id)].includes(args.target())),
    'CMMVC5753E',
    args.target(),
  );
  const name = args.value('name');
  const feature = args.choice('feature', ['flash', 'remote', 'mirror', 'raid']);
  const size = args.integer('size', { min: 0, max: 2048 });
  if ((feature === undefined) !== (size === undefined))
    throw refuse('CMMVC5707E', feature === undefined ? '-feature' : '-size');
  if (name === undefined && feature === undefined) throw refuse('CMMVC5707E');
  if (name !== undefined)
    state.settings.ioGroupNames[group.id] = checkName(
      name,
      ioGroups(machine).filter(({ id }) => id !== group.id),
    );
  if (feature !== 'flash' || size === undefined) return '';
  if (size * 2 ** 20 < bitmapBytes(state)) throw refuse('CMMVC5917E', 'less than the mappings use');
  state.settings.flashBitmapMiB = size;
  return '';
}

export const nodeCommands: Commands = {
  lsnode: nodes,
  lsnodecanister: nodes,
  lsnodestats: listing((machine, args) => {
    const rows = machine.network.nodes.map(({ id, name }) => ({
      ...{
        node_id: String(id),
        node_name: name,
        stat_name: 'cpu_pc',
        stat_current: '1',
        stat_peak: '1',
      },
    }));
    return concise(args, ['node_id', 'node_name', 'stat_name', 'stat_current', 'stat_peak'], rows);
  }, 'optional'),
  lsiogrp: listing((machine, args) => {
    const groups = ioGroups(machine);
    if (args.object === undefined)
      return concise(
        args,
        IO_GROUP_COLUMNS,
        groups.map((group) => ioGroupRow(machine, group, args)),
      );
    return detailed(
      args,
      attributesOf(ioGroupRow(machine, shown(groups, args.object), args), IO_GROUP_DETAIL),
    );
  }, 'optional'),
  chiogrp: change(
    { values: ['name', 'feature', 'size', 'kind'], switches: ['force'], object: 'required' },
    chiogrp,
  ),
};
