// Copying back: what is copied from must be a copy that can be read, and what production is known by must be known, so that it is so again.
import { isReadable } from '../mapping.js';
import { copyOf, formerOf, givesBack, unknownDisks } from './former-identities.js';
import { isRestore } from './kinds.js';
import { refuseIf, type Rule } from './rule.js';
import type { SourceView } from './view.js';

/** A copy that was stopped below 100 %, or never started, holds nothing worth restoring. */
const copyIsReadable: Rule = (view) => {
  if (!isRestore(view)) return [];
  return view.pairs.flatMap(({ field, array, asked }) => {
    const forward = array.mappings.find(
      ({ source, target }) => source === asked.target && target === asked.source,
    );
    return refuseIf(forward !== undefined && !isReadable(forward), () => [
      'COPY_NOT_READABLE',
      `${field}.source`,
      asked.source,
      `${forward?.name ?? ''}, the copy that is to be restored, is ${forward?.state ?? ''}${forward?.startTime === '' ? ' and was never started' : ''}: it holds no point in time`,
    ]);
  });
};

/** A copy that a host shows has identities of its own: left on production they would take it from its fstab. */
const identitiesAreKnown: Rule = (view) =>
  view.targetViews
    .filter((target) => givesBack(view, target) && view.sourceViews.length > 0)
    .flatMap((target) =>
      refuseIf(unknownDisks(target).length > 0, () => [
        'IDENTITY_UNKNOWN',
        `${target.field}.host`,
        target.asked.host,
        `it shows no file system on ${unknownDisks(target).join(', ')}, so nobody can say which names and UUIDs to give back: activate and mount production there, or take those of the copy with synthesis: keep`,
      ]),
    );

/** Which disk a lost PV stood on nobody can say, so it cannot get its UUID back. */
const groupsAreWhole: Rule = (view) =>
  view.targetViews
    .filter((target) => givesBack(view, target))
    .flatMap((target) =>
      formerOf(target).volumeGroups.flatMap(({ name, disks }) => {
        const lost = disks.filter((disk) => disk.startsWith('missing:'));
        return refuseIf(lost.length > 0, () => [
          'IDENTITY_UNKNOWN',
          `${target.field}.host`,
          target.asked.host,
          `volume group ${name} lacks a PV there (${lost.join(', ')}): show it all its disks, or take the identities of the copy with synthesis: keep`,
        ]);
      }),
    );

/** A restore that was cut off before its last steps leaves production so: what it had before cannot be read there any more. */
const identitiesAreItsOwn: Rule = (view) =>
  view.targetViews
    .filter((target) => givesBack(view, target))
    .flatMap((target) => {
      const { volumeGroups, fileSystems } = formerOf(target);
      const copies = new Set(view.sourceViews.flatMap(uuidsOf));
      const borne = [...volumeGroups, ...fileSystems].filter(({ sourceUuid }) =>
        copies.has(sourceUuid),
      );
      return refuseIf(borne.length > 0, () => [
        'IDENTITY_UNKNOWN',
        `${target.field}.host`,
        target.asked.host,
        `it bears the UUIDs of the copy (${borne.map(({ sourceUuid }) => sourceUuid).join(', ')}): an earlier restore was cut off, and its plan names what was there before; give that back by hand, or let the copy's stay with synthesis: keep`,
      ]);
    });

const uuidsOf = ({ volumeGroups, mounts }: SourceView): string[] => [
  ...volumeGroups.map(({ uuid }) => uuid),
  ...mounts.map(({ uuid }) => uuid),
];

/** What production had and the copy lacks cannot be given back. */
const layoutIsTheSame: Rule = (view) =>
  view.targetViews
    .filter((target) => givesBack(view, target) && view.sourceViews.length > 0)
    .flatMap((target) =>
      formerOf(target).fileSystems.flatMap(({ device, at, fsType }) => {
        const copied = copyOf(view, target, device);
        return refuseIf(copied?.fsType !== fsType, () => [
          'RESTORE_LAYOUT_DIFFERS',
          `${target.field}.host`,
          at === '' ? device : at,
          `${fsType} on ${device} of ${target.asked.host} has ${copied === undefined ? 'nothing' : copied.fsType} in its place on the copy: it cannot be as it was; take what the copy has with synthesis: keep`,
        ]);
      }),
    );

/** Names are production's own: others need to be asked for as what they are. */
const namesAreFormer: Rule = (view) =>
  view.targetViews
    .filter((target) => givesBack(view, target))
    .flatMap((target) => {
      const { field, asked } = target;
      const { volumeGroups, fileSystems } = formerOf(target);
      const former = volumeGroups.map(({ name }) => name);
      return [
        ...Object.entries(asked.volumeGroups).flatMap(([from, name]) =>
          refuseIf(!former.includes(name), () => [
            'RESTORE_NAME_DIFFERS',
            `${field}.volumeGroups.${from}`,
            name,
            `a restore gives ${asked.host} its own names back (${former.join(', ') || 'none'}): leave volumeGroups out`,
          ]),
        ),
        ...asked.mounts.flatMap(({ from, at, readOnly }, index) => {
          const stands = fileSystems.find(
            (one) => one.at !== '' && copyOf(view, target, one.device)?.mountPoint === from,
          );
          const same = stands?.at === at && (!readOnly || stands.readOnly);
          return refuseIf(stands !== undefined && !same, () => [
            'RESTORE_NAME_DIFFERS',
            `${field}.mounts[${index}].at`,
            at,
            `${asked.host} has it at ${stands?.at ?? ''}, and gets it back there as it was: leave this mount out`,
          ]);
        }),
      ];
    });

export const RESTORE_IDENTITY_RULES: readonly Rule[] = [
  identitiesAreKnown,
  identitiesAreItsOwn,
  groupsAreWhole,
  layoutIsTheSame,
  namesAreFormer,
];

export const RESTORE_RULES: readonly Rule[] = [copyIsReadable];
