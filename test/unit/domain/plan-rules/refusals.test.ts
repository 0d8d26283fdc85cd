// Every refusal, by one fact changed in a situation that is accepted; where the accepted neighbour is another one, the row names it.
import { describe, expect, it } from 'vitest';
import { planCopy, type Planned } from '../../../../src/domain/plan-rules/plan-copy.js';
import {
  fileSystem,
  GiB,
  host,
  logicalVolume,
  mapping,
  soundSituation,
  uid,
  withFormerCopyMounted,
  withFormerRun,
  type Facts,
} from './situation.js';

type Change = (facts: Facts) => void;
interface Row {
  readonly title: string;
  readonly code: string;
  readonly field: string;
  readonly change: Change;
  /** Accepted, and one fact away from the change. Default: the sound situation itself. */
  readonly neighbour?: Change;
  /** Part of the remedy. */
  readonly says?: string;
}

const array = (facts: Facts) => facts.arrays[0]!;
const group = (facts: Facts) => facts.request.groups[0]!;
const source = (facts: Facts) => facts.sources[0]!;
const target = (facts: Facts) => facts.targets[0]!;
const askedSource = (facts: Facts) => facts.request.sources[0]!;
const askedTarget = (facts: Facts) => facts.request.targets[0]!;
const addMap = (facts: Facts, n: number, hostName: string) =>
  array(facts).hostMaps.push({ vdiskName: `n${n}`, vdiskUid: uid(n), hostName, scsiId: 9 });
const created = (facts: Facts) => {
  array(facts).vdisks = array(facts).vdisks.filter(({ name }) => name !== 'db_copy2');
  group(facts).volumes[1] = { source: 'db_data2', target: 'db_copy2', create: { pool: 'pool0' } };
};
const ours = (facts: Facts) => withFormerRun(facts, 'idle_or_copied');
const oneMapping = (changes: Parameters<typeof mapping>[0]) => (facts: Facts) => {
  array(facts).mappings = [mapping(changes)];
};
const both =
  (...changes: Change[]) =>
  (facts: Facts) =>
    changes.forEach((change) => change(facts));
const twoTargets = (second: 'own mount' | 'same mount' | 'none') => (facts: Facts) => {
  // Two file systems straight on their disks, so that two hosts can share them out.
  source(facts).volumeGroups = [];
  source(facts).fileSystems = [1, 2].map((n) => ({
    ...fileSystem(n === 1 ? '/data' : '/web', ''),
    ...{ device: source(facts).disks[n - 1]!.device, disks: [uid(n)], volumeGroup: '' },
  }));
  facts.request.targets.push({
    ...{ host: 'spare1', synthesis: 'auto', volumeGroups: {}, keepMapped: false },
    mounts:
      second === 'none' ? [] : [{ from: second === 'own mount' ? '/web' : '/data', at: '/copy', readOnly: false }],
  });
  facts.targets.push(host('spare1'));
  array(facts).hosts.push({ id: '9', name: 'spare1', portCount: 1 });
};

const REQUEST: Row[] = [
  { title: 'an array that was not inspected', code: 'UNKNOWN_ARRAY', field: 'array', change: (f) => (f.arrays = []) },
  {
    title: 'a host that was not inspected',
    code: 'UNKNOWN_HOST',
    field: 'targets[0].host',
    change: (f) => (f.targets = []),
  },
  {
    ...{ title: 'a volume copied onto itself', code: 'SOURCE_IS_TARGET', field: 'volumes[0].target' },
    change: (f) => (group(f).volumes[0]!.target = 'db_data1'),
  },
  {
    ...{ title: 'an application', code: 'APPLICATION_NOT_SUPPORTED', field: 'sources[0].applications[0]' },
    change: (f) => (askedSource(f).applications = ['postgresql']),
  },
  {
    ...{ title: 'waiting for a copy that never ends', code: 'NEVER_COPIED', field: 'copy.rate' },
    change: (f) => (f.request.copy = { ...f.request.copy, waitFor: 'copied', rate: 0 }),
    neighbour: (f) => (f.request.copy = { ...f.request.copy, waitFor: 'copied', rate: 1 }),
  },
  {
    ...{ title: 'grade application by frozen file systems', code: 'GRADE_OUT_OF_REACH', field: 'sources[0].method' },
    change: both(
      (f) => (f.request.grade = 'application'),
      (f) => (askedSource(f).method = 'quiesce'),
      (f) => (askedSource(f).units = []),
    ),
    neighbour: (f) => (f.request.grade = 'application'),
  },
  {
    ...{ title: 'source and target on one host', code: 'SOURCE_AND_TARGET_ON_ONE_HOST', field: 'targets[0].host' },
    change: both(
      (f) => (askedTarget(f).host = 'source1'),
      (f) => (target(f).host = 'source1'),
    ),
  },
];

const VOLUMES: Row[] = [
  {
    ...{ title: 'a source that does not exist', code: 'UNKNOWN_VOLUME', field: 'volumes[1].source' },
    change: (f) => (group(f).volumes[1]!.source = 'db_dta2'),
  },
  {
    ...{ title: 'a target that neither exists nor is created', code: 'UNKNOWN_VOLUME', field: 'volumes[1].target' },
    change: both(created, (f) => delete group(f).volumes[1]!.create),
    neighbour: created,
  },
  {
    ...{
      title: 'a target of another size',
      code: 'SIZES_DIFFER',
      field: 'volumes[1].target',
      says: `${GiB} bytes, target ${GiB + 512}`,
    },
    change: (f) => (array(f).vdisks[3]!.capacityBytes += 512),
  },
  {
    ...{ title: 'a source that is offline', code: 'SOURCE_OFFLINE', field: 'volumes[0].source' },
    change: (f) => (array(f).vdisks[0]!.status = 'offline'),
    neighbour: (f) => (array(f).vdisks[0]!.status = 'degraded'),
  },
  {
    title: 'a replicated source',
    code: 'REPLICATED_VOLUME',
    field: 'volumes[0].source',
    change: (f) => (array(f).vdisks[0]!.replicated = true),
  },
  {
    title: 'a replicated target',
    code: 'REPLICATED_VOLUME',
    field: 'volumes[0].target',
    change: (f) => (array(f).vdisks[2]!.replicated = true),
  },
  {
    ...{ title: 'a pool that does not exist', code: 'UNKNOWN_POOL', field: 'volumes[1].create.pool' },
    change: both(created, (f) => (array(f).pools[0]!.name = 'pool1')),
    neighbour: created,
  },
  {
    ...{ title: 'a pool without room', code: 'POOL_FULL', field: 'volumes[1].create.pool' },
    change: both(created, (f) => (array(f).pools[0]!.freeBytes -= 1)),
    neighbour: created,
  },
];

const MAPPINGS: Row[] = [
  {
    ...{
      title: 'a target that nobody confirmed',
      code: 'TARGET_NOT_CONFIRMED',
      field: 'volumes[0].target',
      says: uid(11),
    },
    change: (f) => delete group(f).volumes[0]!.overwrite,
  },
  {
    ...{
      title: "a target that was this set's own under another source",
      code: 'TARGET_OF_ANOTHER_MAPPING',
      field: 'volumes[0].target',
    },
    change: both(
      ours,
      (f) => (group(f).volumes[0]!.overwrite = uid(11)),
      (f) => (array(f).mappings[0]!.source = 'db_old'),
    ),
    neighbour: both(ours, (f) => (group(f).volumes[0]!.overwrite = uid(11))),
  },
  {
    ...{
      title: 'the UID of another volume',
      code: 'OVERWRITE_UID_WRONG',
      field: 'volumes[0].overwrite',
      says: uid(11),
    },
    change: (f) => (group(f).volumes[0]!.overwrite = uid(12)),
  },
  {
    ...{ title: 'the UID of a volume that is gone', code: 'OVERWRITE_UID_WRONG', field: 'volumes[1].overwrite' },
    change: both(created, (f) => (group(f).volumes[1]!.overwrite = uid(12))),
    neighbour: created,
  },
  {
    ...{ title: 'a mapping in a group of others', code: 'GROUP_OF_OTHERS', field: 'volumes[0].target' },
    change: both(
      ours,
      (f) => (group(f).volumes[0]!.overwrite = uid(11)),
      (f) => (array(f).mappings[0]!.group = 'weekly_abc123'),
    ),
    neighbour: both(ours, (f) => (group(f).volumes[0]!.overwrite = uid(11))),
  },
  {
    ...{
      title: 'a stand-alone mapping of the pair',
      code: 'GROUP_OF_OTHERS',
      field: 'volumes[0].target',
      says: 'no group',
    },
    change: oneMapping({ group: '' }),
  },
  {
    ...{ title: 'a pair the other way round', code: 'DIRECTION_REVERSED', field: 'volumes[0].source' },
    change: oneMapping({ source: 'db_copy1', target: 'db_data1', name: 'back', group: '' }),
  },
  {
    ...{ title: "a source that is a target of this set's", code: 'DIRECTION_REVERSED', field: 'volumes[0].source' },
    change: oneMapping({ source: 'gold', target: 'db_data1', name: 'fc_db_data1' }),
    neighbour: oneMapping({ source: 'gold', target: 'db_data1', name: 'fc_db_data1', group: 'weekly_abc123' }),
  },
  {
    ...{
      title: 'a source that is an unfinished target of others',
      code: 'SOURCE_NOT_READABLE',
      field: 'volumes[0].source',
    },
    change: oneMapping({ source: 'gold', target: 'db_data1', name: 'gold', group: '', state: 'stopped' }),
    neighbour: oneMapping({ source: 'gold', target: 'db_data1', name: 'gold', group: '', state: 'copying' }),
  },
  {
    ...{ title: 'a target others copy from', code: 'TARGET_IS_A_SOURCE', field: 'volumes[0].target' },
    change: oneMapping({ source: 'db_copy1', target: 'dev', name: 'dev', group: '', state: 'copying' }),
    neighbour: oneMapping({ source: 'db_copy1', target: 'dev', name: 'dev', group: '', state: 'idle_or_copied' }),
  },
  {
    ...{ title: 'a mapping controlled by replication', code: 'REPLICATION_CONTROLLED', field: 'volumes[0].target' },
    change: both(ours, (f) => (array(f).mappings[0]!.replicationControlled = true)),
    neighbour: ours,
  },
  {
    ...{ title: 'a mapping that restores', code: 'RESTORING', field: 'volumes[0].target' },
    change: both(ours, (f) => (array(f).mappings[0]!.restoring = true)),
    neighbour: ours,
  },
  {
    ...{ title: 'a mapping made otherwise', code: 'MAPPING_DIFFERS', field: 'copy.incremental' },
    change: both(ours, (f) => array(f).mappings.forEach((one) => (one.incremental = true))),
    neighbour: both(
      ours,
      (f) => array(f).mappings.forEach((one) => (one.incremental = true)),
      (f) => (f.request.copy.incremental = true),
    ),
  },
  {
    ...{ title: 'a name that another mapping has', code: 'MAPPING_NAME_TAKEN', field: 'volumes[0].target' },
    change: oneMapping({ source: 'db_data1', target: 'elsewhere', group: '', name: 'fc_db_copy1' }),
    neighbour: oneMapping({ source: 'db_data1', target: 'elsewhere', group: '', name: 'another' }),
  },
  {
    ...{ title: 'a set in two groups', code: 'SET_IN_SEVERAL_GROUPS', field: 'array' },
    change: both(ours, (f) => (array(f).mappings[1]!.group = 'nightly_zzz999')),
    neighbour: ours,
  },
  {
    ...{ title: 'a group that holds a pair nobody asked for', code: 'GROUP_HOLDS_MORE', field: 'volumes' },
    change: both(ours, (f) => array(f).mappings.push(mapping({ name: 'fc_x', source: 'x', target: 'y' }))),
    neighbour: both(ours, (f) =>
      array(f).mappings.push(mapping({ name: 'fc_x', source: 'x', target: 'y', group: 'nightly_other1' })),
    ),
  },
  {
    ...{ title: 'a new pair for a group that copies', code: 'GROUP_BUSY', field: 'volumes' },
    change: both(
      (f) => withFormerRun(f, 'copying', 20),
      (f) => (group(f).volumes[1]!.overwrite = uid(12)),
      (f) => array(f).mappings.pop(),
    ),
    neighbour: both(
      ours,
      (f) => (group(f).volumes[1]!.overwrite = uid(12)),
      (f) => array(f).mappings.pop(),
    ),
  },
];

const HOSTS: Row[] = [
  {
    ...{
      title: 'a host the inventory does not tie to the array',
      code: 'UNKNOWN_ARRAY_HOST',
      field: 'targets[0].host',
    },
    change: (f) => (f.arrayHosts = (name): Record<string, string> => (name === 'backup1' ? {} : { 'svc-lab': name })),
  },
  {
    ...{ title: 'a host object the array does not have', code: 'UNKNOWN_ARRAY_HOST', field: 'targets[0].host' },
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
    ...{ title: 'one target for two hosts', code: 'TARGET_FOR_TWO_HOSTS', field: 'targets[1].mounts' },
    change: twoTargets('same mount'),
    neighbour: twoTargets('own mount'),
  },
  {
    ...{ title: 'a second target host without mounts', code: 'NOTHING_FOR_TARGET', field: 'targets[1].mounts' },
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
    ...{ title: 'units to stop for a freeze', code: 'UNITS_WITHOUT_UNMOUNT', field: 'sources[0].units' },
    change: (f) => (askedSource(f).method = 'quiesce'),
    neighbour: both(
      (f) => (askedSource(f).method = 'quiesce'),
      (f) => (askedSource(f).units = []),
    ),
  },
];

const SOURCES: Row[] = [
  {
    title: 'a source no host sees',
    code: 'SOURCE_NOT_SEEN',
    field: 'volumes[1].source',
    change: (f) => (source(f).disks[1]!.device = ''),
  },
  {
    ...{ title: 'a source without a mounted file system', code: 'SOURCE_NOT_MOUNTED', field: 'volumes[1].source' },
    change: both(
      (f) => (source(f).volumeGroups = []),
      (f) =>
        (source(f).fileSystems = [
          { ...fileSystem('/data', ''), device: source(f).disks[0]!.device, volumeGroup: '', disks: [uid(1)] },
        ]),
    ),
    neighbour: both(
      (f) => (source(f).volumeGroups = []),
      (f) =>
        (source(f).fileSystems = [1, 2].map((n) => ({
          ...fileSystem(n === 1 ? '/data' : '/web', ''),
          device: source(f).disks[n - 1]!.device,
          volumeGroup: '',
          disks: [uid(n)],
        }))),
    ),
  },
  {
    title: 'a mount that is not there',
    code: 'MOUNT_NOT_FOUND',
    field: 'sources[0].mounts[2]',
    change: (f) => (askedSource(f).mounts = ['/data', '/data/log', '/dta']),
    neighbour: (f) => (askedSource(f).mounts = ['/data', '/data/log']),
  },
  {
    title: 'a file system that goes on writing',
    code: 'NOT_MADE_STILL',
    field: 'sources[0].mounts',
    change: (f) => (askedSource(f).mounts = ['/data']),
    neighbour: (f) => (askedSource(f).mounts = ['/data', '/data/log']),
  },
  {
    title: 'a volume group with a PV outside the request',
    code: 'VOLUME_GROUP_NOT_WHOLE',
    field: 'sources[0].host',
    says: uid(7),
    change: (f) => source(f).volumeGroups[0]!.physicalVolumes.push(uid(7)),
  },
  {
    title: 'a volume group with a missing PV',
    code: 'VOLUME_GROUP_INCOMPLETE',
    field: 'sources[0].host',
    change: (f) => source(f).volumeGroups[0]!.physicalVolumes.push('missing:pv-9'),
  },
];

const LAYERS: Row[] = [
  {
    title: 'btrfs',
    code: 'LAYER_NOT_SUPPORTED',
    field: 'sources[0].mounts',
    says: 'btrfs',
    change: (f) => (source(f).fileSystems[1]!.fsType = 'btrfs'),
  },
  {
    title: 'a thin volume',
    code: 'LAYER_NOT_SUPPORTED',
    field: 'sources[0].host',
    says: 'thin',
    change: (f) => (source(f).volumeGroups[0]!.logicalVolumes[0]!.segmentType = 'thin'),
    neighbour: (f) => (source(f).volumeGroups[0]!.logicalVolumes[0]!.segmentType = 'linear'),
  },
  {
    title: 'a logical volume with LUKS',
    code: 'LAYER_NOT_SUPPORTED',
    field: 'sources[0].host',
    says: 'crypto_LUKS',
    change: (f) => source(f).volumeGroups[0]!.logicalVolumes.push({ ...logicalVolume('x'), fsType: 'crypto_LUKS' }),
    neighbour: (f) => source(f).volumeGroups[0]!.logicalVolumes.push({ ...logicalVolume('x'), fsType: '' }),
  },
  ...['swap', 'crypto_LUKS', 'linux_raid_member', 'zfs_member'].map((use) => ({
    ...{ title: `a disk used as ${use}`, code: 'LAYER_NOT_SUPPORTED', field: 'sources[0].host', says: use },
    change: (f: Facts) => source(f).otherUses.push({ disk: uid(1), use }),
  })),
  {
    title: 'a disk a process has open',
    code: 'DISK_IN_USE',
    field: 'targets[0].host',
    says: 'postgres',
    change: (f) => target(f).otherUses.push({ disk: uid(11), use: 'open by 7 (postgres)' }),
  },
  {
    title: 'the root',
    code: 'ESSENTIAL_FILE_SYSTEM',
    field: 'sources[0].mounts',
    change: (f) => (source(f).fileSystems[0]!.essential = true),
  },
  {
    title: 'an autofs mount',
    code: 'MOUNT_MANAGED',
    field: 'sources[0].mounts',
    change: (f) => (source(f).fileSystems[0]!.managedBy = 'autofs'),
    neighbour: (f) => (source(f).fileSystems[0]!.managedBy = 'systemd:data.mount'),
  },
  {
    title: 'a mount under a cluster manager',
    code: 'MOUNT_MANAGED',
    field: 'sources[0].mounts',
    says: 'pacemaker',
    change: (f) => (source(f).fileSystems[0]!.managedBy = 'cluster:pacemaker'),
  },
  {
    ...{
      title: 'an unmount that a container would not see',
      code: 'MOUNTED_IN_OTHER_NAMESPACES',
      field: 'sources[0].mounts',
    },
    change: (f) => (source(f).fileSystems[0]!.otherNamespaces = 2),
    neighbour: both(
      (f) => (source(f).fileSystems[0]!.otherNamespaces = 2),
      (f) => (askedSource(f).method = 'quiesce'),
      (f) => (askedSource(f).units = []),
    ),
  },
  {
    title: 'a mount point with a blank',
    code: 'NAME_NOT_SUPPORTED',
    field: 'sources[0].mounts',
    change: (f) => (source(f).fileSystems[1]!.mountPoint = '/data/my log'),
  },
  {
    ...{
      title: 'a file system on a partition',
      code: 'LAYER_NOT_SUPPORTED',
      field: 'sources[0].mounts',
      says: '-part1',
    },
    change: both(twoTargets('own mount'), (f) => (source(f).fileSystems[0]!.device += '-part1')),
    neighbour: twoTargets('own mount'),
  },
];

const TARGETS: Row[] = [
  {
    title: 'a `from` that is no mount of a source',
    code: 'FROM_NOT_MOUNTED',
    field: 'targets[0].mounts[0].from',
    says: '/data/log',
    change: (f) => (askedTarget(f).mounts[0]!.from = '/dta'),
  },
  {
    title: 'a mount point taken by something else',
    code: 'MOUNT_POINT_TAKEN',
    field: 'targets[0].mounts[0].at',
    change: (f) => (target(f).mountPoints[0]!.device = '/dev/sda5'),
    neighbour: withFormerCopyMounted,
  },
  {
    title: 'a mount point the host could not be told',
    code: 'NAME_NOT_SUPPORTED',
    field: 'targets[0].mounts[0].at',
    change: (f) => (askedTarget(f).mounts[0]!.at = '/backup/$(reboot)'),
  },
  {
    title: 'a volume group name that is taken',
    code: 'VOLUME_GROUP_NAME_TAKEN',
    field: 'targets[0].volumeGroups.vg_data',
    change: (f) =>
      target(f).volumeGroups.push({ name: 'vg_data_copy', uuid: 'x', physicalVolumes: ['sda3'], logicalVolumes: [] }),
    neighbour: withFormerCopyMounted,
  },
  {
    title: 'a name for a volume group that is not copied',
    code: 'UNKNOWN_VOLUME_GROUP',
    field: 'targets[0].volumeGroups.vg_dta',
    change: (f) => (askedTarget(f).volumeGroups = { vg_dta: 'vg_backup' }),
    neighbour: (f) => (askedTarget(f).volumeGroups = { vg_data: 'vg_backup' }),
  },
  {
    title: 'a volume group name LVM refuses',
    code: 'NAME_NOT_SUPPORTED',
    field: 'targets[0].volumeGroups.vg_data',
    change: (f) => (askedTarget(f).volumeGroups = { vg_data: '-x' }),
  },
  {
    title: 'a target the target host itself needs',
    code: 'TARGET_IN_USE',
    field: 'targets[0].host',
    change: both(withFormerCopyMounted, (f) => (target(f).fileSystems[0]!.essential = true)),
    neighbour: withFormerCopyMounted,
  },
  {
    title: 'a target mounted in containers',
    code: 'TARGET_IN_USE',
    field: 'targets[0].host',
    change: both(withFormerCopyMounted, (f) => (target(f).fileSystems[0]!.otherNamespaces = 1)),
    neighbour: withFormerCopyMounted,
  },
  {
    title: 'a target in a volume group with other disks',
    code: 'TARGET_IN_USE',
    field: 'targets[0].host',
    says: 'vg_data_copy',
    change: both(withFormerCopyMounted, (f) => target(f).volumeGroups[0]!.physicalVolumes.push('sdz')),
    neighbour: withFormerCopyMounted,
  },
];

const plannedBy = (change: Change = () => undefined): Planned => {
  const facts = soundSituation();
  change(facts);
  return planCopy(facts);
};

describe.each([
  ['the request', REQUEST],
  ['the volumes', VOLUMES],
  ['mappings and groups', MAPPINGS],
  ['the hosts', HOSTS],
  ['the sources', SOURCES],
  ['layers', LAYERS],
  ['the targets', TARGETS],
])('planCopy, %s', (_, rows) => {
  it.each(rows)('refuses $title ($code)', ({ code, field, change, says = '' }) => {
    const planned = plannedBy(change);
    const refusals = 'refusals' in planned ? planned.refusals : [];
    const found = refusals.find((refusal) => refusal.code === code && refusal.field === field);
    expect(found ?? refusals).toMatchObject({ code, field });
    expect(found?.remedy).toContain(says);
    expect(found?.remedy).not.toContain('\n');
  });

  it.each(rows)('accepts the neighbour of: $title', ({ neighbour }) => {
    const planned = plannedBy(neighbour);
    expect('refusals' in planned ? planned.refusals : []).toEqual([]);
  });
});

describe('planCopy', () => {
  it('collects every refusal, not only the first', () => {
    const planned = plannedBy((facts) => {
      source(facts).privileged = false;
      array(facts).vdisks[3]!.capacityBytes += 512;
      addMap(facts, 11, 'stranger');
    });
    const codes = 'refusals' in planned ? planned.refusals.map(({ code }) => code) : [];
    expect(codes).toEqual(['SIZES_DIFFER', 'TARGET_MAPPED_ELSEWHERE', 'NOT_PRIVILEGED']);
  });

  it('refuses an approval that belongs to another plan, and takes the one of this', () => {
    const planned = plannedBy();
    const hash = 'plan' in planned ? planned.plan.hash : '';
    expect(plannedBy((facts) => (facts.request.approval = hash))).toHaveProperty('plan');
    const refused = plannedBy((facts) => (facts.request.approval = '0123456789abcdef'));
    expect(refused).toMatchObject({ refusals: [{ code: 'PLAN_NOT_APPROVED', field: 'approval' }] });
  });

  it('does not refuse a copy of its own set that still runs', () => {
    const planned = plannedBy((facts) => withFormerRun(facts, 'copying', 20));
    expect(planned).toHaveProperty('plan');
  });

  it('needs no source host for a copy of grade crash of volumes nobody uses', () => {
    const unused = (facts: Facts) => {
      facts.request.sources = [];
      facts.sources = [];
      array(facts).hostMaps = [];
      askedTarget(facts).mounts = [];
    };
    expect(plannedBy(both(unused, (facts) => (facts.request.grade = 'crash')))).toHaveProperty('plan');
    expect(plannedBy(unused)).toMatchObject({ refusals: [{ code: 'GRADE_OUT_OF_REACH' }] });
  });
});
