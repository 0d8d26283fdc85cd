// iSCSI addresses of the two nodes: lsip with portsets (8.4.2 on), lsportip before that, CHAP secrets of hosts.
import type { Machine } from '../../machine.js';
import { listing, type Command, type Commands } from '../command.js';
import { attributesOf, concise, detailed, withoutObject, type Row } from '../view.js';

/** A listing whose object, if any, is not looked up by name. */
export const table = (
  columns: readonly string[],
  rows: (machine: Machine) => readonly Row[],
): Command =>
  listing((machine, args) => concise(withoutObject(args), columns, rows(machine)), 'optional');

const IP_COLUMNS = [
  ...[
    'id',
    'node_id',
    'node_name',
    'port_id',
    'portset_id',
    'portset_name',
    'IP_address',
    'prefix',
    'vlan',
  ],
  ...['gateway', 'owner_id', 'owner_name'],
];

const lsip = ({ network }: Machine): Row[] =>
  network.nodes.map((node, id) => ({
    ...{
      id: String(id),
      node_id: String(node.id),
      node_name: node.name,
      port_id: '1',
      portset_id: '0',
    },
    ...{
      portset_name: 'portset0',
      IP_address: node.iscsiAddress,
      prefix: '24',
      gateway: '192.0.2.1',
    },
  }));

const PORT_IP_COLUMNS = [
  ...[
    'id',
    'node_id',
    'node_name',
    'IP_address',
    'mask',
    'gateway',
    'IP_address_6',
    'prefix_6',
    'gateway_6',
    'MAC',
  ],
  ...[
    'duplex',
    'state',
    'speed',
    'failover',
    'link_state',
    'host',
    'remote_copy',
    'host_6',
    'remote_copy_6',
  ],
  ...[
    'remote_copy_status',
    'remote_copy_status_6',
    'vlan',
    'vlan_6',
    'adapter_location',
    'adapter_port_id',
  ],
  ...['lossless_iscsi', 'lossless_iscsi6', 'storage', 'storage_6'],
];

/** Each address twice: where it is, and where it would fail over to. */
const lsportip = ({ network }: Machine): Row[] =>
  network.nodes.flatMap((node) => {
    const port = {
      id: '1',
      node_id: String(node.id),
      node_name: node.name,
      duplex: 'Full',
      speed: '10Gb/s',
    };
    const address = { IP_address: node.iscsiAddress, mask: '255.255.255.0', gateway: '192.0.2.1' };
    return [
      {
        ...port,
        ...address,
        state: 'configured',
        failover: 'no',
        link_state: 'active',
        host: 'yes',
        remote_copy: '0',
      },
      { ...port, state: 'unconfigured', failover: 'yes', link_state: 'active' },
    ];
  });

const PORTSET_COLUMNS = [
  ...[
    'id',
    'name',
    'type',
    'port_count',
    'host_count',
    'lossless',
    'owner_id',
    'owner_name',
    'port_type',
  ],
  ...['is_default'],
];
const PORTSETS: readonly Row[] = [
  {
    id: '0',
    name: 'portset0',
    type: 'host',
    port_count: '2',
    host_count: '0',
    port_type: 'ethernet',
    is_default: 'yes',
  },
  {
    id: '64',
    name: 'portset64',
    type: 'host',
    port_count: '4',
    host_count: '0',
    port_type: 'fc',
    is_default: 'yes',
  },
];

export const PORTSET_NAMES: readonly string[] = PORTSETS.flatMap(({ id, name }) => [
  id ?? '',
  name ?? '',
]);

const lsportset = listing((_machine, args) => {
  const one = PORTSETS.find(({ id, name }) => args.object === id || args.object === name);
  if (one) return detailed(args, attributesOf(one, PORTSET_COLUMNS));
  return concise(withoutObject(args), PORTSET_COLUMNS, args.object === undefined ? PORTSETS : []);
}, 'optional');

const AUTH_COLUMNS = ['type', 'id', 'name', 'iscsi_auth_method', 'iscsi_chap_secret'];

const lsiscsiauth = ({ network, state }: Machine): Row[] => [
  ...network.nodes.map(({ id, name }) => ({
    type: 'node',
    id: String(id),
    name,
    iscsi_auth_method: 'none',
  })),
  ...state.hosts.map(({ id, name, chapSecret }) => ({
    ...{
      type: 'host',
      id: String(id),
      name,
      iscsi_auth_method: chapSecret === undefined ? 'none' : 'chap',
    },
    iscsi_chap_secret: chapSecret ?? '',
  })),
];

export const addressCommands: Commands = {
  lsip: { ...table(IP_COLUMNS, lsip), since: '8.4.2' },
  lsportip: table(PORT_IP_COLUMNS, lsportip),
  lsportset: { ...lsportset, since: '8.4.2' },
  lsiscsiauth: table(AUTH_COLUMNS, lsiscsiauth),
};
