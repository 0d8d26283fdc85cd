// Snapshots of volume groups: the array has them, the group is the one that is meant, as a whole, and nothing else stands in the way.
import { USUAL_CLEAN_RATE } from '../mapping.js';
import { buildGroupName } from '../names.js';
import { hasSnapshots } from '../code-level.js';
import { askedSnapshot, restoresSnapshot, takesSnapshot } from './kinds.js';
import { refuseIf, type Rule } from './rule.js';
import type { PairView, View } from './view.js';

const FIELD = 'copy.snapshot.volumeGroup';

/** Level and capability: a system of the level may still refuse the command (CMMVC7205E). */
const supported: Rule = ({ arrays, request }) =>
  arrays.flatMap(({ array, system, snapshots }) =>
    refuseIf(!hasSnapshots(system.codeLevel) || snapshots === undefined, () => [
      'SNAPSHOTS_NOT_SUPPORTED',
      'copy.kind',
      request.copy.kind ?? '',
      `array ${array} has code level ${system.codeLevel} and no snapshots of volume groups (8.5.1 on): use kind mapping`,
    ]),
  );

const groupExists: Rule = (view) =>
  view.arrays.flatMap(({ array, snapshots }) =>
    refuseIf(snapshots !== undefined && snapshots.group === undefined, () => [
      'VOLUME_GROUP_NOT_FOUND',
      FIELD,
      askedSnapshot(view).volumeGroup,
      `array ${array} has no such volume group: name one that lsvolumegroup shows, or make it (mkvolumegroup, chvdisk -volumegroup)`,
    ]),
  );

/** What the snapshot holds: the sources of a new one, the targets of a restore. */
export const subjectOf = (view: View, { asked }: PairView): string =>
  restoresSnapshot(view) ? asked.target : asked.source;

/** A snapshot is of the whole group: a volume nobody named would be torn, or overwritten (P1, P3). */
const groupIsMeant: Rule = (view) =>
  view.arrays.flatMap((array) => {
    const { group } = array.snapshots ?? {};
    if (group === undefined) return [];
    const asked = view.pairs
      .filter((pair) => pair.array === array)
      .map((pair) => subjectOf(view, pair));
    const missing = asked.filter((name) => !group.volumes.includes(name));
    const more = group.volumes.filter((name) => !asked.includes(name));
    const remedy = [
      ...(more.length === 0
        ? []
        : [`it also holds ${more.join(', ')}: add ${more.length === 1 ? 'it' : 'them'}`]),
      ...(missing.length === 0
        ? []
        : [`it does not hold ${missing.join(', ')}: leave out, or chvdisk -volumegroup`]),
    ];
    return refuseIf(remedy.length > 0, () => [
      'VOLUME_GROUP_DIFFERS',
      FIELD,
      group.name,
      remedy.join('; '),
    ]);
  });

const volumeExists: Rule = (view) =>
  view.pairs.flatMap((pair) => {
    const role = restoresSnapshot(view) ? 'target' : 'source';
    return refuseIf(pair[role] === undefined, () => [
      'UNKNOWN_VOLUME',
      `${pair.field}.${role}`,
      pair.asked[role],
      `array ${pair.array.array} has no such volume: name one that exists`,
    ]);
  });

/** A volume may be in two snapshots of one name only by mistake; another source of a pair twice is one too. */
const eachOnce: Rule = ({ pairs }) =>
  pairs.flatMap(({ field, array, asked }, at) => {
    const before = pairs.findIndex(
      (other) => other.array === array && other.asked.source === asked.source,
    );
    return refuseIf(asked.source !== '' && before < at, () => [
      'VOLUME_TWICE',
      `${field}.source`,
      asked.source,
      'a snapshot holds each volume once: name it once',
    ]);
  });

/** The function and legacy mappings keep apart unless told otherwise: nobody chooses that by default. */
const legacy: Rule = (view) =>
  view.pairs.flatMap((pair) => {
    const name = subjectOf(view, pair);
    const mapping = pair.array.mappings.find(
      ({ source, target }) => source === name || target === name,
    );
    return refuseIf(mapping !== undefined && !askedSnapshot(view).ignoreLegacy, () => [
      'VOLUME_IN_MAPPING',
      `${pair.field}.${restoresSnapshot(view) ? 'target' : 'source'}`,
      name,
      `it is in FlashCopy mapping ${mapping?.name ?? ''}: remove the mapping, or say copy.snapshot.ignoreLegacy: true`,
    ]);
  });

/** A mapping that still writes to the volume would write into what the snapshot was taken of, or is restored to. */
const legacyTarget: Rule = (view) =>
  view.pairs.flatMap((pair) => {
    const name = subjectOf(view, pair);
    const mapping = pair.array.mappings.find(
      ({ target, state, restoring }) =>
        target === name && (restoring || !['idle_or_copied', 'copying'].includes(state)),
    );
    return refuseIf(mapping !== undefined, () => [
      'SOURCE_NOT_READABLE',
      `${pair.field}.${restoresSnapshot(view) ? 'target' : 'source'}`,
      name,
      `it is the target of ${mapping?.name ?? ''}, which is ${mapping?.restoring === true ? 'restoring' : (mapping?.state ?? '')}: wait for that, or remove it`,
    ]);
  });

const nameFree: Rule = (view) => {
  if (!takesSnapshot(view)) return [];
  const name = buildGroupName(view.request.name, view.token);
  return view.arrays.flatMap(({ array, snapshots }) =>
    refuseIf(
      snapshots?.taken.some((one) => one.name === name) === true ||
        snapshots?.cloneGroupTaken === true,
      () => [
        'SNAPSHOT_NAME_TAKEN',
        'name',
        name,
        `array ${array} has a snapshot or volume group of that name: run again, another token is drawn`,
      ],
    ),
  );
};

/** The array decides them by itself. Their defaults are no request for anything. */
const meaninglessFields: Rule = ({ request: { copy } }) => {
  const asked = [
    ...(copy.rate === 50 ? [] : [['rate', copy.rate]]),
    ...(copy.cleanRate === USUAL_CLEAN_RATE ? [] : [['cleanRate', copy.cleanRate]]),
    ...(copy.incremental ? [['incremental', true]] : []),
    ...(copy.grainSize === 256 ? [] : [['grainSize', copy.grainSize]]),
    ...(copy.autodelete === true ? [['autodelete', true]] : []),
    ...((copy.dependents ?? 'refuse') === 'refuse' ? [] : [['dependents', copy.dependents ?? '']]),
  ] as const;
  return asked.flatMap(([field, value]) =>
    refuseIf(true, () => [
      'FIELD_NOT_FOR_SNAPSHOTS',
      `copy.${String(field)}`,
      String(value),
      'the array decides this for snapshots and their clones: leave it out, or use kind mapping',
    ]),
  );
};

/** What never ends by itself. */
const endlessWait: Rule = (view) => {
  const { copy } = view.request;
  const ends = askedSnapshot(view).clone === 'clone';
  return refuseIf(takesSnapshot(view) && copy.waitFor === 'copied' && !ends, () => [
    'NEVER_COPIED',
    'copy.waitFor',
    'copied',
    'a snapshot and a thin clone need their source for ever: use waitFor started, or copy.snapshot.clone: clone',
  ]);
};

export const SNAPSHOT_RULES: readonly Rule[] = [
  supported,
  groupExists,
  groupIsMeant,
  volumeExists,
  eachOnce,
  legacy,
  legacyTarget,
  nameFree,
  meaninglessFields,
  endlessWait,
];
