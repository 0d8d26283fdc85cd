// lshost and mkhost.
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { checkName } from '../../model/object-names.js';
import { freeId, type Host } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { change, listing, shown, type Commands } from '../command.js';
import { concise, detailed, type Attribute, type Row } from '../view.js';

const COLUMNS = [
  ...['id', 'name', 'port_count', 'iogrp_count', 'status', 'site_id', 'site_name', 'host_cluster_id'],
  ...['host_cluster_name', 'protocol'],
];

/** Throws CMMVC6578E (iSCSI name) or CMMVC5867E (FC port) for a port that is malformed or another host's. */
export function createHost(machine: Machine, wanted: Omit<Host, 'id' | 'name'> & { name: string | undefined }): Host {
  const { hosts } = machine.state;
  const id = freeId(hosts);
  const name = checkName(wanted.name ?? `host${id}`, hosts);
  for (const iqn of wanted.iscsiNames)
    if (!/^(iqn|eui)\.\S+$/.test(iqn) || hosts.some((host) => host.iscsiNames.includes(iqn)))
      throw refuse('CMMVC6578E', iqn);
  for (const wwpn of wanted.wwpns)
    if (!/^[0-9A-F]{16}$/.test(wwpn) || hosts.some((host) => host.wwpns.includes(wwpn)))
      throw refuse('CMMVC5867E', wwpn);
  const host: Host = { id, name, iscsiNames: wanted.iscsiNames, wwpns: wanted.wwpns };
  hosts.push(host);
  return host;
}

function mkhost(machine: Machine, args: Arguments): string {
  const iscsiNames = (args.value('iscsiname') ?? '').split(',').filter((name) => name !== '');
  const fibre = args.value('fcwwpn') ?? args.value('hbawwpn') ?? '';
  const wwpns = fibre
    .split(':')
    .filter((name) => name !== '')
    .map((name) => name.toUpperCase());
  if (iscsiNames.length === 0 && wwpns.length === 0) throw refuse('CMMVC5707E', 'a port');
  if (iscsiNames.length > 0 && wwpns.length > 0) throw refuse('CMMVC5713E', 'ports of two kinds');
  const host = createHost(machine, { name: args.value('name'), iscsiNames, wwpns });
  return `Host, id [${host.id}], successfully created\n`;
}

const row = (host: Host): Row => ({
  id: String(host.id),
  name: host.name,
  port_count: String(host.iscsiNames.length + host.wwpns.length),
  iogrp_count: '4',
  status: 'online',
  protocol: 'scsi',
});

function detail(host: Host): Attribute[] {
  const main = { ...row(host), type: 'generic' };
  const ports = [
    ...host.iscsiNames.map((name) => ['iscsi_name', name] as const),
    ...host.wwpns.map((name) => ['WWPN', name] as const),
  ];
  const names = ['id', 'name', 'port_count', 'type', 'iogrp_count', 'status', 'protocol'];
  return [
    ...names.map((name) => [name, (main as Row)[name] ?? ''] as const),
    ...ports.flatMap((port) => [port, ['node_logged_in_count', '1'] as const, ['state', 'active'] as const]),
  ];
}

export const hostCommands: Commands = {
  lshost: listing(({ state }, args) => {
    if (args.object === undefined) return concise(args, COLUMNS, state.hosts.map(row));
    return detailed(args, detail(shown(state.hosts, args.object)));
  }, 'optional'),
  mkhost: change(
    { values: ['name', 'fcwwpn', 'hbawwpn', 'iscsiname', 'portset', 'site', 'type'], switches: ['force'] },
    mkhost,
  ),
};
