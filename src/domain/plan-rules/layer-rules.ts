// Layers between volume and file system that this library knows, and file systems that may not stand still. Anything else is refused by name.
import type { InspectedFileSystem } from '../inspection.js';
import { isMountPoint } from '../host-names.js';
import { refuseIf, type Rule } from './rule.js';
import type { SourceView } from './view.js';

/** `model` is the file system of model hosts (src/testing). */
export const KNOWN_FILE_SYSTEMS: readonly string[] = ['xfs', 'model'];
export const KNOWN_SEGMENTS: readonly string[] = ['linear', 'striped'];

const KNOWN = 'xfs on a whole disk or on linear and striped LVM';

const fileSystemTypes: Rule = (view) =>
  eachMount(view.sourceViews, ({ field, mount }) => [
    ...refuseIf(!KNOWN_FILE_SYSTEMS.includes(mount.fsType), () => [
      'LAYER_NOT_SUPPORTED',
      field,
      mount.mountPoint,
      `${mount.fsType} is not supported yet, only ${KNOWN}`,
    ]),
    ...refuseIf(!isMountPoint(mount.mountPoint), () => [
      'NAME_NOT_SUPPORTED',
      field,
      mount.mountPoint,
      'only letters, digits and . _ @ : + , = - are handled in paths: mount it elsewhere',
    ]),
  ]);

/** A file system outside LVM must lie on the disk itself: a partition has its own table to give a new identity. */
const wholeDisks: Rule = ({ sourceViews }) =>
  eachMount(sourceViews, ({ field, mount, source }) => {
    if (mount.volumeGroup !== '') return [];
    const disk = source.found.disks.find(({ uid }) => mount.disks.includes(uid));
    const simple = mount.disks.length === 1 && disk?.device === mount.device;
    return refuseIf(!simple, () => [
      'LAYER_NOT_SUPPORTED',
      field,
      mount.mountPoint,
      `${mount.device} is neither a logical volume nor a whole disk (${mount.disks.join(', ')}): only ${KNOWN} is supported`,
    ]);
  });

const logicalVolumes: Rule = ({ sourceViews }) =>
  sourceViews.flatMap(({ field, volumeGroups }) =>
    volumeGroups.flatMap((group) =>
      group.logicalVolumes.flatMap(({ name, segmentType, fsType }) => [
        ...refuseIf(!KNOWN_SEGMENTS.includes(segmentType), () => [
          'LAYER_NOT_SUPPORTED',
          `${field}.host`,
          `${group.name}/${name}`,
          `LVM segment type ${segmentType} is not supported yet, only ${KNOWN_SEGMENTS.join(' and ')}`,
        ]),
        ...refuseIf(fsType !== '' && !KNOWN_FILE_SYSTEMS.includes(fsType), () => [
          'LAYER_NOT_SUPPORTED',
          `${field}.host`,
          `${group.name}/${name}`,
          `${fsType} is not supported yet, only ${KNOWN}`,
        ]),
      ]),
    ),
  );

/** Swap, LUKS, MD, ZFS, a database on the raw disk: whoever holds a disk in a way nobody makes still. */
const otherUses: Rule = ({ sourceViews, targetViews, pairs }) => {
  const nameOf = (uid: string): string =>
    pairs.flatMap(({ source, target }) => [source, target]).find((vdisk) => vdisk?.uid === uid)
      ?.name ?? uid;
  return [...sourceViews, ...targetViews].flatMap(({ field, found }) =>
    found.otherUses.flatMap(({ disk, use }) =>
      refuseIf(true, () => [
        use.startsWith('open by') ? 'DISK_IN_USE' : 'LAYER_NOT_SUPPORTED',
        `${field}.host`,
        nameOf(disk),
        `${use} on ${found.host}: only ${KNOWN} is supported; end that use, or leave the volume out`,
      ]),
    ),
  );
};

const mayStandStill: Rule = (view) =>
  eachMount(view.sourceViews, ({ field, mount, source }) => [
    ...refuseIf(mount.essential, () => [
      'ESSENTIAL_FILE_SYSTEM',
      field,
      mount.mountPoint,
      `${source.asked.host} itself needs it (root, logs, the holder's own files): it can never stand still`,
    ]),
    ...refuseIf(isForeignManaged(mount), () => [
      'MOUNT_MANAGED',
      field,
      mount.mountPoint,
      `${mount.managedBy} manages it and could mount it again at any time: take it out of that management first`,
    ]),
    // A freeze holds in every namespace; an unmount reaches one only.
    ...refuseIf(source.asked.method === 'unmount' && mount.otherNamespaces > 0, () => [
      'MOUNTED_IN_OTHER_NAMESPACES',
      field,
      mount.mountPoint,
      `also mounted in ${mount.otherNamespaces} other namespaces (containers): stop those, or use method quiesce`,
    ]),
  ]);

export const isForeignManaged = ({ managedBy }: InspectedFileSystem): boolean =>
  managedBy !== '' && !managedBy.startsWith('systemd:');

function eachMount(
  sources: readonly SourceView[],
  judge: (found: {
    readonly field: string;
    readonly mount: InspectedFileSystem;
    readonly source: SourceView;
  }) => ReturnType<Rule>,
): ReturnType<Rule> {
  return sources.flatMap((source) =>
    source.mounts.flatMap((mount) => judge({ field: `${source.field}.mounts`, mount, source })),
  );
}

export const LAYER_RULES: readonly Rule[] = [
  fileSystemTypes,
  wholeDisks,
  logicalVolumes,
  otherUses,
  mayStandStill,
];
