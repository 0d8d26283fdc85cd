// What FlashCopy relations may stand on the array already: this set's own, in its own direction, and nobody else's (P3, P6).
import type { FlashCopyMapping } from '../mapping.js';
import { buildMappingName, isGroupOfSet } from '../names.js';
import { isRestore } from './kinds.js';
import { refuseIf, type Rule } from './rule.js';
import { others } from './view.js';

/** Only the array's own record counts: a mapping from the pair's source, in a group whose name this set gave. */
export const isOwn = (
  mapping: FlashCopyMapping | undefined,
  set: string,
): mapping is FlashCopyMapping => mapping !== undefined && isGroupOfSet(mapping.group, set);

const groupText = ({ group }: FlashCopyMapping): string =>
  group === '' ? 'no group' : `group ${group}`;

/** Ours, created by this run, or confirmed by UID: docs/decisions/0002. */
export const confirmed: Rule = ({ pairs, request }) =>
  pairs.flatMap(({ field, asked, target, mapping }) => {
    const { overwrite } = asked;
    if (target === undefined)
      return refuseIf(overwrite !== undefined, () => [
        'OVERWRITE_UID_WRONG',
        `${field}.overwrite`,
        overwrite ?? '',
        'the target does not exist: remove overwrite',
      ]);
    return [
      ...refuseIf(overwrite !== undefined && overwrite.toUpperCase() !== target.uid, () => [
        'OVERWRITE_UID_WRONG',
        `${field}.overwrite`,
        overwrite ?? '',
        `${asked.target} has UID ${target.uid}: check that it is the volume you mean, then use its UID`,
      ]),
      ...refuseIf(overwrite === undefined && !isOwn(mapping, request.name), () => [
        'TARGET_NOT_CONFIRMED',
        `${field}.target`,
        asked.target,
        `not yet a copy of this set: if its data may go, add overwrite: ${target.uid}`,
      ]),
    ];
  });

const groupOfOthers: Rule = ({ pairs, request }) =>
  pairs.flatMap(({ field, asked, mapping }) =>
    refuseIf(
      mapping !== undefined && !isOwn(mapping, request.name) && asked.adopt === undefined,
      () => [
        'GROUP_OF_OTHERS',
        `${field}.target`,
        asked.target,
        `mapping ${mapping?.name ?? ''} is in ${mapping === undefined ? '' : groupText(mapping)}, not in a group of set ${request.name}: take it over with adopt: ${mapping?.name ?? ''}, remove it, or use another target`,
      ],
    ),
  );

const targetOfAnother: Rule = (view) =>
  others(view, ({ mapping, pair }) =>
    refuseIf(mapping.target === pair.asked.target && mapping.source !== pair.asked.source, () => [
      'TARGET_OF_ANOTHER_MAPPING',
      `${pair.field}.target`,
      pair.asked.target,
      `it is the target of ${mapping.name} (source ${mapping.source}): remove that mapping, or use another target`,
    ]),
  );

/** The pair the other way round: source and target swapped would lose the production data. A restore says that it means it. */
const reversed: Rule = (view) =>
  others(view, ({ mapping, pair: { field, asked } }) =>
    refuseIf(
      !isRestore(view) &&
        mapping.target === asked.source &&
        (mapping.source === asked.target || isOwn(mapping, view.request.name)),
      () => [
        'DIRECTION_REVERSED',
        `${field}.source`,
        asked.source,
        `it is the target of ${mapping.name} (source ${mapping.source}): are source and target swapped? To copy back, use copy.kind: restore`,
      ],
    ),
  );

/** A cascade is fine once its upper part can be read at any time. */
const sourceIncomplete: Rule = (view) =>
  others(view, ({ mapping, pair: { field, asked } }) =>
    refuseIf(
      mapping.target === asked.source && !['idle_or_copied', 'copying'].includes(mapping.state),
      () => [
        'SOURCE_NOT_READABLE',
        `${field}.source`,
        asked.source,
        `it is the target of ${mapping.name}, which is ${mapping.state}: wait for that copy, or remove it`,
      ],
    ),
  );

const notControlled: Rule = (view) =>
  others(view, ({ mapping, pair: { field, asked } }) => [
    ...refuseIf(mapping.replicationControlled, () => [
      'REPLICATION_CONTROLLED',
      `${field}.target`,
      asked.target,
      `mapping ${mapping.name} to it is controlled by replication or by snapshots of the array: use another target`,
    ]),
    ...refuseIf(mapping.restoring, () => [
      'RESTORING',
      `${field}.target`,
      asked.target,
      `mapping ${mapping.name} is restoring: wait for it`,
    ]),
  ]);

/** Names are cut at 63 characters, and a name may be taken by hand. */
const nameFree: Rule = ({ pairs }) =>
  pairs.flatMap(({ field, array, asked, mapping }, at) => {
    const name = buildMappingName(asked.target);
    const taken =
      array.mappings.some((one) => one.name === name && one !== mapping) ||
      pairs.some(
        (other, index) =>
          index < at && other.array === array && buildMappingName(other.asked.target) === name,
      );
    return refuseIf(mapping === undefined && taken, () => [
      'MAPPING_NAME_TAKEN',
      `${field}.target`,
      asked.target,
      `another mapping is called ${name}: rename it, or use another target`,
    ]);
  });

export const MAPPING_RULES: readonly Rule[] = [
  confirmed,
  groupOfOthers,
  targetOfAnother,
  reversed,
  sourceIncomplete,
  notControlled,
  nameFree,
];
