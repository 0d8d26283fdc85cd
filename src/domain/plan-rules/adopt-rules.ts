// Taking over a mapping that exists: it must be the one that is named, of this pair, at rest, and made as the request wants it (P6).
import { canPrepare } from '../mapping.js';
import { isOwn } from './mapping-rules.js';
import { refuseIf, type Rule } from './rule.js';
import type { PairView, View } from './view.js';

/** The mapping found becomes this set's own. */
export const isAdopted = ({ asked, mapping }: PairView, set: string): boolean =>
  asked.adopt !== undefined && mapping?.name === asked.adopt && !isOwn(mapping, set);

const isThere: Rule = ({ pairs }) =>
  pairs.flatMap(({ field, asked, mapping }) =>
    refuseIf(asked.adopt !== undefined && mapping?.name !== asked.adopt, () => [
      'ADOPT_NOT_FOUND',
      `${field}.adopt`,
      asked.adopt ?? '',
      mapping === undefined
        ? `no mapping leads from ${asked.source} to ${asked.target}: leave adopt out`
        : `the mapping of this pair is called ${mapping.name}: name that one`,
    ]),
  );

const isAtRest: Rule = ({ pairs, request }) =>
  pairs.flatMap((pair) =>
    refuseIf(
      isAdopted(pair, request.name) &&
        pair.mapping !== undefined &&
        !canPrepare(pair.mapping.state),
      () => [
        'ADOPT_BUSY',
        `${pair.field}.adopt`,
        pair.asked.adopt ?? '',
        `it is ${pair.mapping?.state ?? ''}: a mapping changes its group only idle_or_copied or stopped`,
      ],
    ),
  );

const sameGrain: Rule = (view) =>
  view.pairs.flatMap((pair) => {
    const { grainSize } = pair.mapping ?? {};
    const { copy, name } = view.request;
    return refuseIf(
      isAdopted(pair, name) && grainSize !== undefined && grainSize !== copy.grainSize,
      () => [
        'MAPPING_DIFFERS',
        'copy.grainSize',
        String(copy.grainSize),
        `mapping ${pair.asked.adopt ?? ''} was made with ${grainSize ?? 0} KiB: use that, or remove the mapping`,
      ],
    );
  });

/** Made with -keeptarget: an error of the copy would take production offline, for as long as it lives. */
const targetIsNotKept: Rule = ({ pairs, request }) =>
  pairs.flatMap((pair) =>
    refuseIf(isAdopted(pair, request.name) && pair.mapping?.keepsTarget === true, () => [
      'MAPPING_KEEPS_TARGET',
      `${pair.field}.adopt`,
      pair.asked.adopt ?? '',
      `it was made with -keeptarget, so an I/O error of ${pair.asked.target} takes ${pair.asked.source} offline: remove the mapping, and leave adopt out`,
    ]),
  );

/** Names of mappings to look at in detail. */
export const adoptedNames = (pairs: readonly { readonly adopt?: string }[]): string[] =>
  pairs.flatMap(({ adopt }) => (adopt === undefined ? [] : [adopt]));

export const sameIncremental = ({ pairs, request }: View): ReturnType<Rule> =>
  pairs.flatMap((pair) =>
    refuseIf(
      (isOwn(pair.mapping, request.name) || isAdopted(pair, request.name)) &&
        pair.mapping?.incremental !== request.copy.incremental,
      () => [
        'MAPPING_DIFFERS',
        'copy.incremental',
        String(request.copy.incremental),
        `mapping ${pair.mapping?.name ?? ''} to ${pair.asked.target} was made with ${String(pair.mapping?.incremental)}: use that, or remove the mapping`,
      ],
    ),
  );

export const ADOPT_RULES: readonly Rule[] = [
  isThere,
  isAtRest,
  sameGrain,
  sameIncremental,
  targetIsNotKept,
];
