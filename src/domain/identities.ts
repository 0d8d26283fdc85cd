// Whether a restored host has what it had: names, UUIDs, labels and mount options as planned, compared with what is found at the end.
import type { HostInspection, InspectedFileSystem, InspectedVolumeGroup } from './inspection.js';
import type { PlannedFileSystem, PlannedTarget, PlannedVolumeGroup } from './plan.js';

/** What differs, by name; empty when all is as it was. Nothing found where something was is a difference too. */
export const identitiesChanged = (
  { volumeGroups, fileSystems }: Pick<PlannedTarget, 'volumeGroups' | 'fileSystems'>,
  now: HostInspection,
): string[] => [
  ...volumeGroups.flatMap((group) => groupChanged(group, now)),
  ...fileSystems.flatMap((one) =>
    one.at === '' ? unmountedChanged(one, now) : mountChanged(one, now),
  ),
];

type Value = string | undefined;

/** What was not known before is not compared. */
const differs = (what: string, was: Value, is: Value): string[] =>
  was === undefined || was === is ? [] : [`${what} ${is ?? 'unknown'}, before ${was}`];

function groupChanged(group: PlannedVolumeGroup, now: HostInspection): string[] {
  const found = now.volumeGroups.find(({ physicalVolumes }) =>
    physicalVolumes.some((disk) => group.disks.includes(disk)),
  );
  if (found === undefined) return [`volume group ${group.name} is not there`];
  const what = `volume group ${group.name}`;
  return [
    ...(found.name === group.name ? [] : [`${what} is called ${found.name}`]),
    ...differs(`${what} has UUID`, group.sourceUuid, found.uuid),
    ...(group.pvUuids ?? []).flatMap((uuid, at) =>
      differs(
        `${what}, disk ${group.disks[at] ?? ''}: PV UUID`,
        uuid,
        pvUuid(found, group.disks[at] ?? ''),
      ),
    ),
  ];
}

const pvUuid = ({ physicalVolumes, pvUuids }: InspectedVolumeGroup, disk: string): Value =>
  pvUuids?.[physicalVolumes.indexOf(disk)];

function unmountedChanged(was: PlannedFileSystem, now: HostInspection): string[] {
  const found = now.volumeGroups
    .flatMap(({ logicalVolumes }) => logicalVolumes)
    .find(({ device }) => device === was.device);
  if (found === undefined) return [`${was.device} is not there`];
  return marksChanged(was, { ...found, where: was.device });
}

function mountChanged(was: PlannedFileSystem, now: HostInspection): string[] {
  const found = now.fileSystems.find(({ mountPoint }) => mountPoint === was.at);
  if (found === undefined) return [`${was.at} is not mounted`];
  return [
    ...(isDevice(was, found) ? [] : [`${was.at} shows ${found.device}, before ${was.device}`]),
    ...marksChanged(was, { ...found, where: was.at }),
    ...differs(
      `${was.at} has options`,
      was.options === undefined ? undefined : sorted(was.options),
      sorted(found.options),
    ),
  ];
}

const isDevice = ({ device }: PlannedFileSystem, found: InspectedFileSystem): boolean =>
  device.startsWith('uid:')
    ? found.volumeGroup === '' && found.disks.includes(device.slice('uid:'.length))
    : found.device === device;

const marksChanged = (
  was: PlannedFileSystem,
  is: { where: string; fsType: string; uuid: string; label?: string },
): string[] => [
  ...differs(`${is.where} holds`, was.fsType, is.fsType),
  ...differs(`${is.where} has UUID`, was.sourceUuid, is.uuid),
  ...differs(`${is.where} has label`, was.label, is.label),
];

/** A mount that is read-only is so whatever its file system allows. */
function sorted(options: string): string {
  const all = options.split(',');
  return all
    .filter((option) => option !== 'rw' || !all.includes('ro'))
    .sort()
    .join(',');
}
