// What FlashCopy relations may stand on the array already: this set's own, in its own direction, and nobody else's (P3, P6).
import type { FlashCopyMapping } from '../mapping.js';
import { buildMappingName, isGroupOfSet } from '../names.js';
import { refuseIf, type Rule } from './rule.js';
import type { PairView, View } from './view.js';

/** Only the array's own record counts: a mapping from the pair's source, in a group whose name this set gave. */
export const isOwn = (mapping: FlashCopyMapping | undefined, set: string): mapping is FlashCopyMapping =>
  mapping !== undefined && isGroupOfSet(mapping.group, set);

const groupText = ({ group }: FlashCopyMapping): string => (group === '' ? 'no group' : `group ${group}`);

/** Ours, created by this run, or confirmed by UID: docs/decisions/0002. */
const confirmed: Rule = ({ pairs, request }) =>
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
    refuseIf(mapping !== undefined && !isOwn(mapping, request.name), () => [
      'GROUP_OF_OTHERS',
      `${field}.target`,
      asked.target,
      `mapping ${mapping?.name ?? ''} is in ${mapping === undefined ? '' : groupText(mapping)}, not in a group of set ${request.name}: remove it, or use another target`,
    ]),
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

/** The pair the other way round: source and target swapped would lose the production data. */
const reversed: Rule = (view) =>
  others(view, ({ mapping, pair: { field, asked } }) =>
    refuseIf(
      mapping.target === asked.source && (mapping.source === asked.target || isOwn(mapping, view.request.name)),
      () => [
        'DIRECTION_REVERSED',
        `${field}.source`,
        asked.source,
        `it is the target of ${mapping.name} (source ${mapping.source}): are source and target swapped?`,
      ],
    ),
  );

/** A cascade is fine once its upper part can be read at any time. */
const sourceIncomplete: Rule = (view) =>
  others(view, ({ mapping, pair: { field, asked } }) =>
    refuseIf(mapping.target === asked.source && !['idle_or_copied', 'copying'].includes(mapping.state), () => [
      'SOURCE_NOT_READABLE',
      `${field}.source`,
      asked.source,
      `it is the target of ${mapping.name}, which is ${mapping.state}: wait for that copy, or remove it`,
    ]),
  );

const targetCopiedOn: Rule = (view) =>
  others(view, ({ mapping, pair: { field, asked } }) =>
    refuseIf(
      mapping.source === asked.target && mapping.target !== asked.source && mapping.state !== 'idle_or_copied',
      () => [
        'TARGET_IS_A_SOURCE',
        `${field}.target`,
        asked.target,
        `${mapping.name} copies from it (${mapping.state}): let it finish, or remove it`,
      ],
    ),
  );

const notControlled: Rule = (view) =>
  others(view, ({ mapping, pair: { field, asked } }) => [
    ...refuseIf(mapping.replicationControlled, () => [
      'REPLICATION_CONTROLLED',
      `${field}.target`,
      asked.target,
      `mapping ${mapping.name} is controlled by replication: use volumes without it`,
    ]),
    ...refuseIf(mapping.restoring, () => [
      'RESTORING',
      `${field}.target`,
      asked.target,
      `mapping ${mapping.name} is restoring: wait for it`,
    ]),
  ]);

/** What is fixed for the life of a mapping. */
const sameAttributes: Rule = ({ pairs, request }) =>
  pairs.flatMap(({ asked, mapping }) =>
    refuseIf(isOwn(mapping, request.name) && mapping.incremental !== request.copy.incremental, () => [
      'MAPPING_DIFFERS',
      'copy.incremental',
      String(request.copy.incremental),
      `mapping ${mapping?.name ?? ''} to ${asked.target} was made with ${String(mapping?.incremental)}: use that, or remove the mapping`,
    ]),
  );

/** Names are cut at 63 characters, and a name may be taken by hand. */
const nameFree: Rule = ({ pairs }) =>
  pairs.flatMap(({ field, array, asked, mapping }, at) => {
    const name = buildMappingName(asked.target);
    const taken =
      array.mappings.some((one) => one.name === name && one !== mapping) ||
      pairs.some(
        (other, index) => index < at && other.array === array && buildMappingName(other.asked.target) === name,
      );
    return refuseIf(mapping === undefined && taken, () => [
      'MAPPING_NAME_TAKEN',
      `${field}.target`,
      asked.target,
      `another mapping is called ${name}: rename it, or use another target`,
    ]);
  });

/** Each mapping that touches a pair, with that pair. */
function others(
  { pairs }: View,
  judge: (found: { readonly mapping: FlashCopyMapping; readonly pair: PairView }) => ReturnType<Rule>,
): ReturnType<Rule> {
  return pairs.flatMap((pair) =>
    pair.array.mappings.flatMap((mapping) => (touches(mapping, pair) ? judge({ mapping, pair }) : [])),
  );
}

const touches = ({ source, target }: FlashCopyMapping, { asked }: PairView): boolean =>
  [source, target].some((name) => name === asked.source || name === asked.target);

export const MAPPING_RULES: readonly Rule[] = [
  confirmed,
  groupOfOthers,
  targetOfAnother,
  reversed,
  sourceIncomplete,
  targetCopiedOn,
  notControlled,
  sameAttributes,
  nameFree,
];
