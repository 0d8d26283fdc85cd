// What must be seen on the source hosts so that every named volume stands still as a whole: disks, mounts, and closure over volume groups.
import type { InspectedFileSystem } from '../inspection.js';
import { refuseIf, type Rule } from './rule.js';
import type { SourceView, View } from './view.js';

const seesDisk = ({ found }: SourceView, uid: string): boolean =>
  found.disks.some((disk) => disk.uid === uid && disk.device !== '');

const visible: Rule = ({ pairs, sourceViews }) =>
  pairs.flatMap(({ field, asked, source }) =>
    refuseIf(
      source !== undefined &&
        sourceViews.length > 0 &&
        !sourceViews.some((one) => seesDisk(one, source.uid)),
      () => [
        'SOURCE_NOT_SEEN',
        `${field}.source`,
        asked.source,
        `no source host sees UID ${source?.uid ?? ''}: map it, or name the host that uses it in sources`,
      ],
    ),
  );

/** Beneath a mount that is made still, or a PV of a volume group one of whose volumes is. */
const covered: Rule = ({ pairs, sourceViews }) =>
  pairs.flatMap(({ field, asked, source }) => {
    if (source === undefined || !sourceViews.some((one) => seesDisk(one, source.uid))) return [];
    return refuseIf(!sourceViews.some((one) => coversDisk(one, source.uid)), () => [
      'SOURCE_NOT_MOUNTED',
      `${field}.source`,
      asked.source,
      'no mounted file system lies on it that would be made still: mount it, or leave the volume out',
    ]);
  });

const coversDisk = ({ mounts, volumeGroups }: SourceView, uid: string): boolean =>
  mounts.some(({ disks, volumeGroup }) => {
    const group = volumeGroups.find(({ name }) => name === volumeGroup);
    return disks.includes(uid) || group?.physicalVolumes.includes(uid) === true;
  });

const mountsFound: Rule = ({ sourceViews }) =>
  sourceViews.flatMap(({ field, asked, mounts }) => {
    const { mounts: wanted } = asked;
    if (wanted === 'auto')
      return refuseIf(mounts.length === 0, () => [
        'NOTHING_TO_MAKE_STILL',
        `${field}.host`,
        asked.host,
        'no file system on the source volumes is mounted there: name the host that has them mounted',
      ]);
    return wanted.flatMap((path, index) =>
      refuseIf(!mounts.some(({ mountPoint }) => mountPoint === path), () => [
        'MOUNT_NOT_FOUND',
        `${field}.mounts[${index}]`,
        path,
        `not a mount on the source volumes of ${asked.host}: correct it, or use mounts: auto`,
      ]),
    );
  });

/** A file system on a named volume that goes on writing would be torn in the copy. */
const allMadeStill: Rule = ({ sourceViews, sourceUids }) =>
  sourceViews.flatMap(({ field, asked, found, mounts }) =>
    found.fileSystems
      .filter((one) => one.disks.some((disk) => sourceUids.has(disk)) && !mounts.includes(one))
      .flatMap(({ mountPoint }) =>
        refuseIf(true, () => [
          'NOT_MADE_STILL',
          `${field}.mounts`,
          mountPoint,
          `mounted on a source volume of ${asked.host} and not in mounts: add it, or use mounts: auto`,
        ]),
      ),
  );

/** Closure: all disks beneath what is made still are in the copy. */
const wholeFileSystems: Rule = (view) =>
  view.sourceViews.flatMap((source) => [
    ...source.mounts.flatMap((mount) => outside(view, source, mount)),
    ...source.volumeGroups.flatMap(({ name, physicalVolumes }) =>
      physicalVolumes
        .filter((pv) => !view.sourceUids.has(pv))
        .flatMap((pv) =>
          refuseIf(true, () =>
            pv.startsWith('missing:')
              ? [
                  'VOLUME_GROUP_INCOMPLETE',
                  `${source.field}.host`,
                  name,
                  `PV ${pv.slice('missing:'.length)} is missing on ${source.asked.host}: repair the volume group first`,
                ]
              : [
                  'VOLUME_GROUP_NOT_WHOLE',
                  `${source.field}.host`,
                  name,
                  `its PV ${pv} is not in the request: add that volume`,
                ],
          ),
        ),
    ),
  ]);

const outside = (
  view: View,
  { field }: SourceView,
  { mountPoint, disks, volumeGroup }: InspectedFileSystem,
) =>
  volumeGroup !== ''
    ? []
    : disks
        .filter((disk) => !view.sourceUids.has(disk))
        .flatMap((disk) =>
          refuseIf(true, () => [
            'FILE_SYSTEM_NOT_WHOLE',
            `${field}.mounts`,
            mountPoint,
            `it also lies on ${disk}, which is not in the request: add that volume`,
          ]),
        );

export const SOURCE_RULES: readonly Rule[] = [
  visible,
  covered,
  mountsFound,
  allMadeStill,
  wholeFileSystems,
];
