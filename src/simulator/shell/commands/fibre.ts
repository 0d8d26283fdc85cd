// Fibre Channel as hosts meet it: two ports a node, all in portset64, all seen by every port of a host.
import type { Machine } from '../../machine.js';
import type { FibrePort, Node } from '../../model/network.js';
import type { Host } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { listing, listingWith, named, type Commands } from '../command.js';
import { concise, withoutObject, type Row } from '../view.js';
import { table } from './addresses.js';

/** `fc_io_port_id` numbers the ports of one node: two ports of two nodes share it. */
function ports({ network }: Machine): { node: Node; port: FibrePort; id: string }[] {
  return network.nodes.flatMap((node) =>
    node.fibre.map((port) => ({
      node,
      port,
      id: String((node.id - 1) * node.fibre.length + port.portId),
    })),
  );
}

const PORT_COLUMNS = [
  ...[
    'id',
    'fc_io_port_id',
    'port_id',
    'type',
    'port_speed',
    'node_id',
    'node_name',
    'WWPN',
    'nportid',
    'status',
  ],
  ...['attachment', 'cluster_use', 'adapter_location', 'adapter_port_id'],
];
const TARGET_COLUMNS = [
  ...[
    'id',
    'WWPN',
    'WWNN',
    'port_id',
    'owning_node_id',
    'current_node_id',
    'nportid',
    'host_io_permitted',
  ],
  ...[
    'virtualized',
    'protocol',
    'fc_io_port_id',
    'portset_count',
    'host_count',
    'active_login_count',
  ],
];
const MEMBER_COLUMNS = ['fc_io_port_id', 'portset_id', 'portset_name', 'owner_id', 'owner_name'];
const FABRIC_COLUMNS = [
  ...[
    'remote_wwpn',
    'remote_nportid',
    'id',
    'node_name',
    'local_wwpn',
    'local_port',
    'local_nportid',
    'state',
  ],
  ...['name', 'cluster_name', 'type'],
];

const lsportfc = (machine: Machine): Row[] =>
  ports(machine).map(({ node, port, id }) => ({
    ...{
      id,
      fc_io_port_id: String(port.portId),
      port_id: String(port.portId),
      type: 'fc',
      port_speed: '16Gb',
    },
    ...{
      node_id: String(node.id),
      node_name: node.name,
      WWPN: port.wwpn,
      nportid: `01${id}000`,
      status: 'active',
    },
    ...{ attachment: 'switch', cluster_use: 'local_partner' },
  }));

const lstargetportfc = (machine: Machine): Row[] =>
  ports(machine).map(({ node, port, id }) => ({
    ...{
      id,
      WWPN: port.wwpn,
      WWNN: node.wwnn,
      port_id: String(port.portId),
      owning_node_id: String(node.id),
    },
    ...{
      current_node_id: String(node.id),
      nportid: `01${id}000`,
      host_io_permitted: 'yes',
      virtualized: 'no',
    },
    ...{ protocol: 'scsi', fc_io_port_id: String(port.portId), portset_count: '1' },
  }));

const lsfcportsetmember = ({ network }: Machine): Row[] =>
  (network.nodes[0]?.fibre ?? []).map(({ portId }) => ({
    ...{ fc_io_port_id: String(portId), portset_id: '64', portset_name: 'portset64' },
  }));

function lsfabric(machine: Machine, args: Arguments): Row[] {
  const { hosts } = machine.state;
  const [host, wwpn] = [args.value('host'), args.value('wwpn')?.toUpperCase()];
  const chosen: readonly Host[] = host === undefined ? hosts : [named(hosts, host)];
  const remotes = chosen.flatMap(({ name, wwpns }) => wwpns.map((remote) => ({ name, remote })));
  return remotes
    .filter(({ remote }) => wwpn === undefined || remote === wwpn)
    .flatMap(({ name, remote }) =>
      ports(machine).map(({ node, port, id }) => ({
        ...{
          remote_wwpn: remote,
          remote_nportid: '020000',
          id: String(node.id),
          node_name: node.name,
          name,
        },
        ...{
          local_wwpn: port.wwpn,
          local_port: String(port.portId),
          local_nportid: `01${id}000`,
          state: 'active',
        },
        type: 'host',
      })),
    );
}

export const fibreCommands: Commands = {
  lsportfc: table(PORT_COLUMNS, lsportfc),
  lstargetportfc: table(TARGET_COLUMNS, lstargetportfc),
  lsfcportsetmember: { ...table(MEMBER_COLUMNS, lsfcportsetmember), since: '8.5' },
  lsfabric: listingWith(
    { values: ['host', 'wwpn', 'node', 'port'] },
    listing((machine, args) =>
      concise(withoutObject(args), FABRIC_COLUMNS, lsfabric(machine, args)),
    ),
  ),
};
