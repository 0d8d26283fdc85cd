// What must hold on a target host: what is mounted there comes from a source, its places are free, and what stands on the targets can be let go.
import { isMountPoint, isVolumeGroupName } from '../host-names.js';
import { givesBack } from './former-identities.js';
import { isForeignManaged } from './layer-rules.js';
import { copiedGroups, targetUid } from './names-on-target.js';
import { refuseIf, type Rule } from './rule.js';
import type { TargetView } from './view.js';

/** UIDs of targets that exist already. */
const ownUids = ({ pairs }: TargetView): ReadonlySet<string> => new Set(pairs.map(targetUid));

const fromIsMounted: Rule = ({ targetViews, sourceViews }) =>
  targetViews.flatMap(({ field, asked }) =>
    asked.mounts.flatMap(({ from }, index) => {
      const hosts = sourceViews
        .filter(({ mounts }) => mounts.some(({ mountPoint }) => mountPoint === from))
        .map((source) => source.asked.host);
      const known = sourceViews
        .flatMap(({ mounts }) => mounts.map(({ mountPoint }) => mountPoint))
        .join(', ');
      return [
        ...refuseIf(hosts.length === 0, () => [
          'FROM_NOT_MOUNTED',
          `${field}.mounts[${index}].from`,
          from,
          `no source host has it mounted on the source volumes (there: ${known === '' ? 'nothing' : known})`,
        ]),
        ...refuseIf(hosts.length > 1, () => [
          'FROM_AMBIGUOUS',
          `${field}.mounts[${index}].from`,
          from,
          `mounted on ${hosts.join(' and ')}: mount points of the sources must differ to be copied together`,
        ]),
      ];
    }),
  );

const placeIsFree: Rule = ({ targetViews }) =>
  targetViews.flatMap((target) => {
    const uids = ownUids(target);
    const { fileSystems, mountPoints } = target.found;
    const released = new Set(
      fileSystems
        .filter(({ disks }) => disks.length > 0 && disks.every((disk) => uids.has(disk)))
        .map(({ mountPoint }) => mountPoint),
    );
    return target.asked.mounts.flatMap(({ at }, index) => {
      const taken = mountPoints.find(({ path, device }) => path === at && device !== '');
      return [
        ...refuseIf(taken !== undefined && !released.has(at), () => [
          'MOUNT_POINT_TAKEN',
          `${target.field}.mounts[${index}].at`,
          at,
          `${taken?.device ?? ''} is mounted there on ${target.asked.host}: name another mount point`,
        ]),
        ...refuseIf(!isMountPoint(at) || at === '/', () => [
          'NAME_NOT_SUPPORTED',
          `${target.field}.mounts[${index}].at`,
          at,
          'name a directory below the root; only letters, digits and . _ @ : + , = - are handled in paths',
        ]),
      ];
    });
  });

/** A restore has names of its own to keep to. */
const groupNames: Rule = (view) =>
  view.targetViews
    .filter((target) => !givesBack(view, target))
    .flatMap((target) => {
      const copied = copiedGroups(view, target);
      const uids = ownUids(target);
      const asked = Object.keys(target.asked.volumeGroups);
      return [
        ...copied.flatMap(({ group, name }, index) => {
          const field = `${target.field}.volumeGroups.${group.name}`;
          const standing = target.found.volumeGroups.find((one) => one.name === name);
          const others = target.found.otherVolumeGroups ?? [];
          const ours =
            !others.includes(name) &&
            (standing === undefined || standing.physicalVolumes.every((pv) => uids.has(pv)));
          return [
            ...refuseIf(!ours, () => [
              'VOLUME_GROUP_NAME_TAKEN',
              field,
              name,
              `${target.asked.host} has another volume group of that name: choose another one in volumeGroups`,
            ]),
            ...refuseIf(copied.findIndex((one) => one.name === name) < index, () => [
              'VOLUME_GROUP_NAME_TWICE',
              field,
              name,
              'two volume groups would get it: choose different names in volumeGroups',
            ]),
            ...refuseIf(!isVolumeGroupName(name), () => [
              'NAME_NOT_SUPPORTED',
              field,
              name,
              'use A-Z a-z 0-9 + _ . -, not starting with -, at most 121 characters',
            ]),
          ];
        }),
        ...asked.flatMap((name) =>
          refuseIf(!copied.some(({ group }) => group.name === name), () => [
            'UNKNOWN_VOLUME_GROUP',
            `${target.field}.volumeGroups.${name}`,
            name,
            `no such volume group is copied (copied: ${copied.map(({ group }) => group.name).join(', ') || 'none'})`,
          ]),
        ),
      ];
    });

/** Everything on the targets is let go before prepare; what cannot be is said now. */
const canBeReleased: Rule = ({ targetViews }) =>
  targetViews.flatMap((target) => {
    const uids = ownUids(target);
    const { field, asked, found } = target;
    const mounted = found.fileSystems.filter(({ disks }) => disks.some((disk) => uids.has(disk)));
    return [
      ...mounted.flatMap((mount) => {
        const why = mount.essential
          ? 'the host itself needs it'
          : isForeignManaged(mount)
            ? `${mount.managedBy} manages it`
            : mount.otherNamespaces > 0
              ? `also mounted in ${mount.otherNamespaces} other namespaces`
              : isMountPoint(mount.mountPoint)
                ? ''
                : 'its path holds characters that are not handled';
        return refuseIf(why !== '', () => [
          'TARGET_IN_USE',
          `${field}.host`,
          asked.host,
          `${mount.mountPoint} lies on a target and cannot be let go (${why}): unmount it by hand`,
        ]);
      }),
      ...found.volumeGroups
        .filter(({ physicalVolumes }) => physicalVolumes.some((pv) => uids.has(pv)))
        .flatMap(({ name, physicalVolumes }) =>
          refuseIf(
            !physicalVolumes.every((pv) => uids.has(pv) || pv.startsWith('missing:')),
            () => [
              'TARGET_IN_USE',
              `${field}.host`,
              asked.host,
              `volume group ${name} lies on a target and on other disks: take the target out of it (vgreduce)`,
            ],
          ),
        ),
    ];
  });

export const TARGET_RULES: readonly Rule[] = [
  fromIsMounted,
  placeIsFree,
  groupNames,
  canBeReleased,
];
