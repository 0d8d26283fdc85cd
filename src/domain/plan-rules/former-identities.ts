// What production is known by before it is restored: names, UUIDs, labels, mount options. A restore gives exactly these back, unless it is asked to keep those of the copy.
import type { InspectedVolumeGroup } from '../inspection.js';
import type { PlannedFileSystem, PlannedTarget, PlannedVolumeGroup } from '../plan.js';
import { goesBack } from './kinds.js';
import { outermostFirst } from './mount-order.js';
import type { TargetView, View } from './view.js';

/** True where production gets back what it had. */
export const givesBack = (view: View, { asked }: TargetView): boolean =>
  goesBack(view) && asked.synthesis === 'auto';

type Former = Pick<PlannedTarget, 'volumeGroups' | 'fileSystems'>;

/** What stands on the targets of this host now. */
export function formerOf(target: TargetView): Former {
  const volumeGroups = groupsHere(target);
  const mounted = mountedHere(target);
  const devices = new Set(mounted.map(({ device }) => device));
  const unmounted = volumeGroups
    .flatMap(({ logicalVolumes }) => logicalVolumes)
    .filter(({ device, fsType }) => fsType !== '' && !devices.has(device))
    .map(({ device, fsType, uuid, label }) => ({
      ...{ from: '', at: '', readOnly: false, fsType, sourceUuid: uuid, device },
      ...labelled(label),
    }));
  return {
    volumeGroups: volumeGroups.map(plannedGroup),
    fileSystems: outermostFirst([...mounted, ...unmounted], ({ at }) => at),
  };
}

const plannedGroup = ({
  name,
  uuid,
  physicalVolumes,
  pvUuids,
}: InspectedVolumeGroup): PlannedVolumeGroup => ({
  ...{ sourceName: name, sourceUuid: uuid, name, disks: physicalVolumes },
  ...(pvUuids === undefined ? {} : { pvUuids }),
});

const mountedHere = (target: TargetView): PlannedFileSystem[] =>
  target.found.fileSystems
    .filter(({ disks }) => isHere(target, disks))
    .map((mount) => ({
      ...{ from: '', at: mount.mountPoint, fsType: mount.fsType, sourceUuid: mount.uuid },
      readOnly: mount.options.split(',').includes('ro'),
      device: mount.volumeGroup === '' ? `uid:${mount.disks[0] ?? ''}` : mount.device,
      options: mount.options,
      ...labelled(mount.label),
    }));

const labelled = (label: string | undefined) => (label === undefined ? {} : { label });

const targetUidsOf = ({ pairs }: TargetView): readonly string[] =>
  pairs.flatMap(({ target }) => (target === undefined ? [] : [target.uid]));

function isHere(target: TargetView, disks: readonly string[]): boolean {
  const uids = new Set(targetUidsOf(target));
  return disks.some((disk) => uids.has(disk));
}

const groupsHere = (target: TargetView): InspectedVolumeGroup[] =>
  target.found.volumeGroups.filter(({ physicalVolumes }) => isHere(target, physicalVolumes));

/** Volumes on which this host shows nothing now: neither a file system nor an active volume group. */
export function unknownDisks(target: TargetView): string[] {
  const known = new Set([
    ...target.found.fileSystems.flatMap(({ disks }) => disks),
    ...target.found.volumeGroups
      .filter(({ logicalVolumes }) => logicalVolumes.every(({ active }) => active))
      .flatMap(({ physicalVolumes }) => physicalVolumes),
  ]);
  return target.pairs.flatMap(({ target: vdisk }) =>
    vdisk === undefined || known.has(vdisk.uid) ? [] : [vdisk.name],
  );
}

interface Copied {
  readonly fsType: string;
  /** Where its host has it mounted; '' where it has not. */
  readonly mountPoint: string;
}

/** What the copy has in the place of a device of production: the logical volume of that name, or the disk that is copied there. */
export function copyOf(view: View, target: TargetView, device: string): Copied | undefined {
  const sourceOf = new Map(
    target.pairs.flatMap((pair) =>
      pair.source === undefined || pair.target === undefined
        ? []
        : [[pair.target.uid, pair.source.uid] as const],
    ),
  );
  if (device.startsWith('uid:')) {
    const disk = sourceOf.get(device.slice('uid:'.length)) ?? '';
    return mountsOf(view).find(
      ({ volumeGroup, disks }) => volumeGroup === '' && disks.includes(disk),
    );
  }
  const group = groupsHere(target).find(({ logicalVolumes }) =>
    logicalVolumes.some((volume) => volume.device === device),
  );
  const name = group?.logicalVolumes.find((volume) => volume.device === device)?.name;
  const disks = new Set((group?.physicalVolumes ?? []).map((disk) => sourceOf.get(disk)));
  const volume = view.sourceViews
    .flatMap(({ found }) => found.volumeGroups)
    .filter(({ physicalVolumes }) => physicalVolumes.some((disk) => disks.has(disk)))
    .flatMap(({ logicalVolumes }) => logicalVolumes)
    .find((one) => one.name === name);
  if (volume === undefined) return undefined;
  const mount = mountsOf(view).find((one) => one.device === volume.device);
  return { fsType: volume.fsType, mountPoint: mount?.mountPoint ?? '' };
}

const mountsOf = ({ sourceViews }: View) => sourceViews.flatMap(({ mounts }) => mounts);

/** What a restored host gets back; where the copy is mounted, its marks are looked for in the same place. */
export function asBefore(
  view: View,
  target: TargetView,
): Pick<PlannedTarget, 'volumeGroups' | 'fileSystems' | 'synthesis'> {
  const { volumeGroups, fileSystems } = formerOf(target);
  return {
    volumeGroups: volumeGroups.map(withoutLost),
    fileSystems: fileSystems.map((one) => ({
      ...one,
      ...{ from: one.at === '' ? '' : (copyOf(view, target, one.device)?.mountPoint ?? '') },
      ...wantedAt(view, target, one),
    })),
    synthesis: target.asked.synthesis === 'keep' ? 'keep' : 'former',
  };
}

/** Only with `keep`: the copy has all its disks, whatever production lacks. */
const withoutLost = (group: PlannedVolumeGroup): PlannedVolumeGroup => ({
  ...group,
  disks: group.disks.filter((disk) => !disk.startsWith('missing:')),
});

/** Production that nobody has mounted now is mounted where the request says; what is mounted stays where it was. */
function wantedAt(
  view: View,
  target: TargetView,
  { at, device }: PlannedFileSystem,
): Partial<PlannedFileSystem> {
  if (at !== '') return {};
  const from = copyOf(view, target, device)?.mountPoint ?? '';
  const wanted = target.asked.mounts.find((mount) => mount.from === from);
  return wanted === undefined ? {} : { from, at: wanted.at, readOnly: wanted.readOnly };
}
