// Refusals for what stands on the source volumes.
import {
  type Row,
  source,
  target,
  askedSource,
  both,
  twoTargets,
  describeRefusals,
} from './rows.js';
import { fileSystem, logicalVolume, uid, type Facts } from './situation.js';

const SOURCES: Row[] = [
  {
    title: 'a source no host sees',
    code: 'SOURCE_NOT_SEEN',
    field: 'volumes[1].source',
    change: (f) => (source(f).disks[1]!.device = ''),
  },
  {
    ...{
      title: 'a source without a mounted file system',
      code: 'SOURCE_NOT_MOUNTED',
      field: 'volumes[1].source',
    },
    change: both(
      (f) => (source(f).volumeGroups = []),
      (f) =>
        (source(f).fileSystems = [
          {
            ...fileSystem('/data', ''),
            device: source(f).disks[0]!.device,
            volumeGroup: '',
            disks: [uid(1)],
          },
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
    change: (f) =>
      source(f).volumeGroups[0]!.logicalVolumes.push({
        ...logicalVolume('x'),
        fsType: 'crypto_LUKS',
      }),
    neighbour: (f) =>
      source(f).volumeGroups[0]!.logicalVolumes.push({ ...logicalVolume('x'), fsType: '' }),
  },
  ...['swap', 'crypto_LUKS', 'linux_raid_member', 'zfs_member'].map((use) => ({
    ...{
      title: `a disk used as ${use}`,
      code: 'LAYER_NOT_SUPPORTED',
      field: 'sources[0].host',
      says: use,
    },
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

describeRefusals('the sources', SOURCES);
describeRefusals('layers', LAYERS);
