// Ports of hosts: iSCSI names, Fibre Channel WWPNs, NVMe names. A port belongs to one host at most.
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import type { Arguments } from '../arguments.js';
import { acted, change, type Commands } from '../command.js';

export interface Ports {
  readonly iscsiNames: readonly string[];
  readonly wwpns: readonly string[];
  readonly nqns: readonly string[];
}

/** Ports of one kind; throws CMMVC5713E for two kinds. */
export function portsNamed(args: Arguments): Ports {
  const list = (text: string | undefined, separator: string): string[] =>
    (text ?? '').split(separator).filter((name) => name !== '');
  const fibre = args.value('fcwwpn') ?? args.value('hbawwpn') ?? args.value('saswwpn');
  const ports = {
    iscsiNames: list(args.value('iscsiname'), ','),
    wwpns: list(fibre, ':').map((name) => name.toUpperCase()),
    nqns: list(args.value('nqn'), ','),
  };
  if (Object.values(ports).filter((names) => names.length > 0).length > 1)
    throw refuse('CMMVC5713E', 'ports of two kinds');
  return ports;
}

export const noPorts = ({ iscsiNames, wwpns, nqns }: Ports): boolean =>
  iscsiNames.length + wwpns.length + nqns.length === 0;

/**
 * Throws CMMVC6578E (iSCSI name), CMMVC5867E (WWPN), CMMVC9328E (NVMe name) for a port that is malformed or taken.
 * With -force nobody asks whether a WWPN has logged in; what is left to refuse is an object that exists, CMMVC6035E:
 * Cinder, which always forces, finds the host of a port by that code; the CSI driver, which never does, by the other.
 */
export function checkPorts(machine: Machine, ports: Ports, forced = false): void {
  const { hosts } = machine.state;
  for (const name of ports.iscsiNames)
    if (!/^(iqn|eui)\.\S+$/.test(name) || hosts.some(({ iscsiNames }) => iscsiNames.includes(name)))
      throw refuse('CMMVC6578E', name);
  for (const name of ports.wwpns)
    if (!/^[0-9A-F]{16}$/.test(name)) throw refuse('CMMVC5867E', name);
    else if (hosts.some(({ wwpns }) => wwpns.includes(name)))
      throw refuse(forced ? 'CMMVC6035E' : 'CMMVC5867E', name);
  for (const name of ports.nqns)
    if (!name.startsWith('nqn.') || hosts.some(({ nqns }) => nqns?.includes(name) === true))
      throw refuse('CMMVC9328E', name);
}

/** A data plane lets a new port in at once, for every volume the host has. */
async function addhostport(machine: Machine, args: Arguments): Promise<string> {
  const host = acted(machine.state.hosts, args.target());
  const ports = portsNamed(args);
  if (noPorts(ports)) throw refuse('CMMVC5707E', 'a port');
  checkPorts(machine, ports, args.has('force'));
  host.iscsiNames.push(...ports.iscsiNames);
  host.wwpns.push(...ports.wwpns);
  host.nqns = [...(host.nqns ?? []), ...ports.nqns];
  const only = { ...host, iscsiNames: [...ports.iscsiNames] };
  for (const map of machine.state.hostMaps)
    if (map.host === host.id) await machine.reach.map(machine.state.volume(map.volume), only);
  return '';
}

async function rmhostport(machine: Machine, args: Arguments): Promise<string> {
  const host = acted(machine.state.hosts, args.target());
  const ports = portsNamed(args);
  if (noPorts(ports)) throw refuse('CMMVC5707E', 'a port');
  const has = [...host.iscsiNames, ...host.wwpns, ...(host.nqns ?? [])];
  const gone = [...ports.iscsiNames, ...ports.wwpns, ...ports.nqns];
  const stranger = gone.find((name) => !has.includes(name));
  if (stranger !== undefined) throw refuse('CMMVC5753E', stranger);
  const only = { ...host, iscsiNames: [...ports.iscsiNames] };
  for (const map of machine.state.hostMaps)
    if (map.host === host.id) await machine.reach.unmap(machine.state.volume(map.volume), only);
  host.iscsiNames = host.iscsiNames.filter((name) => !gone.includes(name));
  host.wwpns = host.wwpns.filter((name) => !gone.includes(name));
  host.nqns = (host.nqns ?? []).filter((name) => !gone.includes(name));
  return '';
}

const PORT_FLAGS = ['iscsiname', 'fcwwpn', 'hbawwpn', 'saswwpn', 'nqn', 'iscsiportset'];

export const hostPortCommands: Commands = {
  addhostport: {
    ...change({ values: PORT_FLAGS, switches: ['force'], object: 'required' }, addhostport),
    objectName: 'host_name',
  },
  rmhostport: {
    ...change({ values: PORT_FLAGS, switches: ['force'], object: 'required' }, rmhostport),
    objectName: 'host_name',
  },
};
