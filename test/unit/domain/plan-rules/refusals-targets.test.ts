// Refusals for what stands on target hosts.
import { type Row, target, askedTarget, both, describeRefusals } from './rows.js';
import { withFormerCopyMounted } from './situation.js';

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
      target(f).volumeGroups.push({
        name: 'vg_data_copy',
        uuid: 'x',
        physicalVolumes: ['sda3'],
        logicalVolumes: [],
      }),
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
    change: both(withFormerCopyMounted, (f) =>
      target(f).volumeGroups[0]!.physicalVolumes.push('sdz'),
    ),
    neighbour: withFormerCopyMounted,
  },
];

describeRefusals('the targets', TARGETS);
