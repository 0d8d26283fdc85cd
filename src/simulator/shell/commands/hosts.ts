// Hosts: made, changed, removed, listed. Their ports are in host-ports.ts.
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { checkName } from '../../model/object-names.js';
import { drop, type Host } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { acted, change, listing, shown, type Commands } from '../command.js';
import { attributesOf, concise, detailed, type Attribute, type Row } from '../view.js';
import { PORTSET_NAMES } from './addresses.js';
import { checkPorts, noPorts, portsNamed, type Ports } from './host-ports.js';
import { checkIoGroup, ioGroupName } from './nodes.js';

const COLUMNS = [
  ...[
    'id',
    'name',
    'port_count',
    'iogrp_count',
    'status',
    'site_id',
    'site_name',
    'host_cluster_id',
  ],
  ...['host_cluster_name', 'protocol', 'owner_id', 'owner_name', 'portset_id', 'portset_name'],
];
const DETAIL = [
  ...[
    'id',
    'name',
    'port_count',
    'type',
    'mask',
    'iogrp_count',
    'status',
    'site_id',
    'site_name',
    'host_cluster_id',
  ],
  ...[
    'host_cluster_name',
    'protocol',
    'status_policy',
    'status_site',
    'owner_id',
    'owner_name',
    'portset_id',
  ],
  ...['portset_name', 'partition_id', 'partition_name'],
];

/** Throws what a port that is malformed or another host's is refused with. */
export function createHost(
  machine: Machine,
  wanted: Ports & { name: string | undefined; forced?: boolean } & Partial<
      Omit<Host, 'name' | keyof Ports>
    >,
): Host {
  const { hosts } = machine.state;
  const id = hosts.freeId();
  const name = checkName(wanted.name ?? `host${id}`, hosts);
  checkPorts(machine, wanted, wanted.forced);
  const { iscsiNames, wwpns, nqns } = wanted;
  const host: Host = {
    ...{
      id,
      name,
      iscsiNames: [...iscsiNames],
      wwpns: [...wwpns],
      nqns: [...nqns],
      type: wanted.type ?? 'generic',
    },
    ...{
      portset: wanted.portset ?? (wwpns.length > 0 ? 'portset64' : 'portset0'),
      protocol: wanted.protocol ?? 'scsi',
    },
    ...(wanted.chapSecret === undefined ? {} : { chapSecret: wanted.chapSecret }),
    ioGroups: wanted.ioGroups ?? [0, 1, 2, 3],
  };
  hosts.push(host);
  return host;
}

function mkhost(machine: Machine, args: Arguments): string {
  const ports = portsNamed(args);
  if (noPorts(ports)) throw refuse('CMMVC5707E', 'a port');
  checkIoGroup(machine, withNodes(args.value('iogrp')));
  const portset = portsetNamed(args);
  const host = createHost(machine, {
    ...{
      ...ports,
      name: args.value('name'),
      type: args.value('type') ?? 'generic',
      forced: args.has('force'),
    },
    ...(portset === undefined ? {} : { portset }),
    protocol:
      args.choice('protocol', ['scsi', 'nvme']) ?? (ports.nqns.length > 0 ? 'nvme' : 'scsi'),
  });
  return `Host, id [${host.id}], successfully created\n`;
}

/** Hosts may be in I/O groups that have no nodes yet: `0:1:2:3` is what clients send. */
const withNodes = (list: string | undefined): string | undefined =>
  list?.split(':').every((part) => /^[0-4]$/.test(part)) === true ? undefined : list;

function portsetNamed(args: Arguments): string | undefined {
  const name = args.value('portset');
  if (name !== undefined && !PORTSET_NAMES.includes(name)) throw refuse('CMMVC5804E', name);
  return name === '0' ? 'portset0' : name === '64' ? 'portset64' : name;
}

function chhost({ state }: Machine, args: Arguments): string {
  const host = acted(state.hosts, args.target());
  const [name, secret, portset] = [
    args.value('name'),
    args.value('chapsecret'),
    portsetNamed(args),
  ];
  const protocol = args.choice('protocol', ['scsi', 'nvme']);
  if (name !== undefined)
    host.name = checkName(
      name,
      state.hosts.filter((other) => other !== host),
    );
  if (secret !== undefined) host.chapSecret = secret;
  if (args.has('nochapsecret')) delete host.chapSecret;
  if (portset !== undefined) host.portset = portset;
  if (protocol !== undefined) host.protocol = protocol;
  host.type = args.value('type') ?? host.type ?? 'generic';
  return '';
}

function rmhost({ state }: Machine, args: Arguments): string {
  const host = acted(state.hosts, args.target());
  if (!args.has('force') && state.hostMaps.some((map) => map.host === host.id))
    throw refuse('CMMVC5871E', host.name);
  drop(state.hostMaps, (map) => map.host === host.id);
  drop(state.hosts, (other) => other === host);
  return '';
}

const row = (host: Host): Row => ({
  id: String(host.id),
  name: host.name,
  port_count: String(host.iscsiNames.length + host.wwpns.length + (host.nqns?.length ?? 0)),
  type: host.type ?? 'generic',
  mask: '1'.repeat(64),
  iogrp_count: String((host.ioGroups ?? [0, 1, 2, 3]).length),
  status: 'online',
  protocol: host.protocol ?? 'scsi',
  status_policy: 'redundant',
  status_site: 'all',
  portset_id: host.portset === 'portset64' ? '64' : '0',
  portset_name: host.portset ?? 'portset0',
});

function ports(host: Host): Attribute[][] {
  const names = [
    ...host.wwpns.map((name): Attribute => ['WWPN', name]),
    ...host.iscsiNames.map((name): Attribute => ['iscsi_name', name]),
    ...(host.nqns ?? []).map((name): Attribute => ['nqn', name]),
  ];
  return names.map((port) => [port, ['node_logged_in_count', '2'], ['state', 'active']]);
}

export const hostCommands: Commands = {
  lshost: listing(({ state }, args) => {
    if (args.object === undefined) return concise(args, COLUMNS, state.hosts.map(row));
    const host = shown(state.hosts, args.object);
    return detailed(args, attributesOf(row(host), DETAIL), { blocks: ports(host), list: 'nodes' });
  }, 'optional'),
  mkhost: change(
    {
      values: [
        ...[
          'name',
          'fcwwpn',
          'saswwpn',
          'hbawwpn',
          'iscsiname',
          'nqn',
          'portset',
          'site',
          'type',
          'iogrp',
          'mask',
        ],
        ...['protocol', 'hostcluster', 'ownershipgroup', 'partition'],
      ],
      switches: ['force'],
    },
    mkhost,
  ),
  chhost: change(
    {
      values: [
        'name',
        'type',
        'mask',
        'chapsecret',
        'site',
        'portset',
        'protocol',
        'ownershipgroup',
        'partition',
      ],
      switches: ['nosite', 'nochapsecret', 'noownershipgroup', 'nopartition'],
      object: 'required',
    },
    chhost,
  ),
  rmhost: change({ switches: ['force'], object: 'required' }, rmhost),
  lshostiogrp: listing((machine, args) => {
    const host = shown(machine.state.hosts, args.target());
    const rows = (host.ioGroups ?? [0, 1, 2, 3]).map((id) => ({
      id: String(id),
      name: ioGroupName(machine, id),
    }));
    return concise(
      { value: (name) => args.value(name), has: (name) => args.has(name), object: undefined },
      ['id', 'name'],
      rows,
    );
  }, 'required'),
  addhostiogrp: change(
    { values: ['iogrp'], switches: ['iogrpall'], object: 'required' },
    (machine, args) => {
      const host = acted(machine.state.hosts, args.target());
      host.ioGroups = args.has('iogrpall')
        ? [0, 1, 2, 3]
        : [...new Set([...(host.ioGroups ?? []), ...ids(args)])].sort();
      return '';
    },
  ),
  rmhostiogrp: change(
    { values: ['iogrp'], switches: ['iogrpall', 'force'], object: 'required' },
    (machine, args) => {
      const host = acted(machine.state.hosts, args.target());
      const gone = args.has('iogrpall') ? [0, 1, 2, 3] : ids(args);
      const used = gone.includes(0) && machine.state.hostMaps.some((map) => map.host === host.id);
      if (used && !args.has('force'))
        throw refuse('CMMVC5871E', 'volumes of that I/O group are mapped');
      host.ioGroups = (host.ioGroups ?? [0, 1, 2, 3]).filter((id) => !gone.includes(id));
      return '';
    },
  ),
};

function ids(args: Arguments): number[] {
  return args
    .required('iogrp')
    .split(':')
    .map((text) => {
      if (!/^[0-3]$/.test(text)) throw refuse('CMMVC5729E', text);
      return Number(text);
    });
}
