// The targets' part of the plan: what is let go, what is shown, which new identities are given, and what is mounted where.
import type { InspectedFileSystem } from '../inspection.js';
import type {
  PlannedFileSystem,
  PlannedPresentation,
  PlannedTarget,
  PlannedVolumeGroup,
} from '../plan.js';
import { deepestFirst, outermostFirst } from './mount-order.js';
import { copiedGroups, targetUid, targetUids, type CopiedGroup } from './names-on-target.js';
import { asBefore, givesBack } from './former-identities.js';
import { goesBack } from './kinds.js';
import type { TargetView, View } from './view.js';

export const buildTargets = (view: View): PlannedTarget[] =>
  view.targetViews.map((target) => {
    const { asked } = target;
    const groups = copiedGroups(view, target);
    return {
      ...{ host: asked.host, keepMapped: asked.keepMapped, synthesis: asked.synthesis },
      presentations: presentations(view, target),
      release: release(target),
      volumeGroups: groups.map((copied) => volumeGroup(copied, target)),
      fileSystems: fileSystems(view, target, groups),
      ...(isAsBefore(view, target) ? asBefore(view, target) : {}),
    };
  });

/** Also with `keep`, where no host has the copy: nothing else tells what stands on it. */
const isAsBefore = (view: View, target: TargetView): boolean =>
  givesBack(view, target) || (goesBack(view) && view.sourceViews.length === 0);

const presentations = (view: View, target: TargetView): PlannedPresentation[] =>
  target.pairs.map((pair) => {
    const arrayHost = view.arrayHosts(target.asked.host)[pair.array.array] ?? '';
    const map = pair.array.hostMaps.find(
      (one) => one.vdiskName === pair.asked.target && one.hostName === arrayHost,
    );
    return {
      ...{ array: pair.array.array, vdisk: pair.asked.target, uid: targetUid(pair) },
      ...{ arrayHost, ...(map === undefined ? {} : { scsiId: map.scsiId }) },
    };
  });

/** What the target host sees now of the volumes it is about to lose. */
function release({ pairs, found }: TargetView): PlannedTarget['release'] {
  const existing = new Set(
    pairs.flatMap(({ target }) => (target === undefined ? [] : [target.uid])),
  );
  const onTargets = (disks: readonly string[]): boolean => disks.some((disk) => existing.has(disk));
  const mounts = found.fileSystems
    .filter(({ disks }) => onTargets(disks))
    .map(({ mountPoint }) => mountPoint);
  return {
    mounts: deepestFirst(mounts, (mountPoint) => mountPoint),
    volumeGroups: found.volumeGroups
      .filter(({ physicalVolumes }) => onTargets(physicalVolumes))
      .filter(({ logicalVolumes }) => logicalVolumes.some(({ active }) => active))
      .map(({ name }) => name),
    uids: found.disks
      .filter(({ uid, device }) => existing.has(uid) && device !== '')
      .map(({ uid }) => uid),
  };
}

function volumeGroup({ group, name }: CopiedGroup, target: TargetView): PlannedVolumeGroup {
  const uids = targetUids(target);
  const disks = group.physicalVolumes.flatMap((pv) => uids.get(pv) ?? []);
  return { sourceName: group.name, sourceUuid: group.uuid, name, disks };
}

/** Mounted or not: every file system that arrives gets an identity of its own. Unmounted ones first, then outermost first. */
function fileSystems(
  view: View,
  target: TargetView,
  groups: readonly CopiedGroup[],
): PlannedFileSystem[] {
  const uids = targetUids(target);
  const mounted = view.sourceViews.flatMap(({ mounts }) =>
    mounts.filter(({ disks }) => disks.some((disk) => uids.has(disk))),
  );
  const planned = [
    ...mounted.map((mount) => fromMount(mount, target, groups)),
    ...groups.flatMap((copied) => unmounted(copied, mounted)),
  ];
  return outermostFirst(planned, ({ at }) => at);
}

function fromMount(
  mount: InspectedFileSystem,
  target: TargetView,
  groups: readonly CopiedGroup[],
): PlannedFileSystem {
  const wanted = target.asked.mounts.find(({ from }) => from === mount.mountPoint);
  const copied = groups.find(
    ({ group, source }) => group.name === mount.volumeGroup && source.mounts.includes(mount),
  );
  const volume = copied?.group.logicalVolumes.find(({ device }) => device === mount.device);
  const disk = mount.disks[0] ?? '';
  return {
    ...{ from: mount.mountPoint, at: wanted?.at ?? '', readOnly: wanted?.readOnly ?? false },
    ...{ fsType: mount.fsType, sourceUuid: mount.uuid },
    device:
      copied === undefined
        ? `uid:${targetUids(target).get(disk) ?? ''}`
        : `/dev/${copied.name}/${volume?.name ?? ''}`,
  };
}

const unmounted = (
  { group, name }: CopiedGroup,
  mounted: readonly InspectedFileSystem[],
): PlannedFileSystem[] =>
  group.logicalVolumes
    .filter(
      ({ device, fsType }) => fsType !== '' && !mounted.some((mount) => mount.device === device),
    )
    .map((volume) => ({
      ...{ from: '', at: '', readOnly: false, fsType: volume.fsType, sourceUuid: volume.uuid },
      device: `/dev/${name}/${volume.name}`,
    }));
