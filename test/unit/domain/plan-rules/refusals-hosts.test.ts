// Refusals for hosts: what is mapped to whom, rights, tools, units.
import {
  type Row,
  array,
  source,
  target,
  askedSource,
  addMap,
  both,
  twoTargets,
  describeRefusals,
} from './rows.js';

const HOSTS: Row[] = [
  {
    ...{
      title: 'a host the inventory does not tie to the array',
      code: 'UNKNOWN_ARRAY_HOST',
      field: 'targets[0].host',
    },
    change: (f) =>
      (f.arrayHosts = (name): Record<string, string> =>
        name === 'backup1' ? {} : { 'svc-lab': name }),
  },
  {
    ...{
      title: 'a host object the array does not have',
      code: 'UNKNOWN_ARRAY_HOST',
      field: 'targets[0].host',
    },
    change: (f) => (array(f).hosts = array(f).hosts.filter(({ name }) => name !== 'backup1')),
  },
  {
    ...{
      title: 'a source mapped to an undeclared host',
      code: 'SOURCE_MAPPED_ELSEWHERE',
      field: 'volumes[0].source',
      says: 'stranger',
    },
    change: (f) => addMap(f, 1, 'stranger'),
    neighbour: (f) => addMap(f, 1, 'source1'),
  },
  {
    ...{
      title: 'a target mapped to an undeclared host',
      code: 'TARGET_MAPPED_ELSEWHERE',
      field: 'volumes[0].target',
      says: 'stranger',
    },
    change: (f) => addMap(f, 11, 'stranger'),
    neighbour: (f) => addMap(f, 11, 'backup1'),
  },
  {
    ...{
      title: 'one target for two hosts',
      code: 'TARGET_FOR_TWO_HOSTS',
      field: 'targets[1].mounts',
    },
    change: twoTargets('same mount'),
    neighbour: twoTargets('own mount'),
  },
  {
    ...{
      title: 'a second target host without mounts',
      code: 'NOTHING_FOR_TARGET',
      field: 'targets[1].mounts',
    },
    change: twoTargets('none'),
    neighbour: twoTargets('own mount'),
  },
  {
    title: 'a user without rights',
    code: 'NOT_PRIVILEGED',
    field: 'sources[0].host',
    change: (f) => (source(f).privileged = false),
  },
  {
    title: 'a missing tool',
    code: 'TOOL_MISSING',
    field: 'targets[0].host',
    says: 'xfs_admin',
    change: (f) => (target(f).missingTools = ['xfs_admin']),
  },
  {
    title: 'a host held by another run',
    code: 'HELD_BY_OTHER',
    field: 'sources[0].host',
    says: 'weekly-qqqqqq',
    change: (f) => (source(f).heldBy = 'weekly-qqqqqq'),
  },
  {
    title: 'a unit systemd does not know',
    code: 'UNKNOWN_UNIT',
    field: 'sources[0].units[0]',
    change: (f) => (source(f).unknownUnits = ['db.service']),
  },
  {
    ...{
      title: 'units to stop for a freeze',
      code: 'UNITS_WITHOUT_UNMOUNT',
      field: 'sources[0].units',
    },
    change: (f) => (askedSource(f).method = 'quiesce'),
    neighbour: both(
      (f) => (askedSource(f).method = 'quiesce'),
      (f) => (askedSource(f).units = []),
    ),
  },
];

describeRefusals('the hosts', HOSTS);
