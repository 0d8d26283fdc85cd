// Volumes made from a new snapshot, and restores from an old one: what must be free, what must be there, and who may see it.
import { askedSnapshot, restoresSnapshot, takesSnapshot } from './kinds.js';
import { refuseIf, type Rule } from './rule.js';
import type { View } from './view.js';
import { roomOf } from './volume-rules.js';

/** A snapshot has no volume a host could be shown. */
const targetsNeedClone: Rule = (view) =>
  refuseIf(
    takesSnapshot(view) &&
      askedSnapshot(view).clone === undefined &&
      view.request.targets.length > 0,
    () => [
      'SNAPSHOT_NOT_MAPPABLE',
      'targets[0].host',
      view.request.targets[0]?.host ?? '',
      'a snapshot cannot be mapped to a host: add copy.snapshot.clone, or leave targets out',
    ],
  );

/** The array makes them: nothing is overwritten, so nothing of that name may be there. */
const namesFree: Rule = (view) =>
  askedSnapshot(view).clone === undefined
    ? []
    : view.pairs.flatMap(({ field, asked, target }) =>
        refuseIf(target !== undefined, () => [
          'CLONE_NAME_TAKEN',
          `${field}.target`,
          asked.target,
          'a clone is a new volume: remove the one of that name (an earlier clone, perhaps), or use another name',
        ]),
      );

/** A clone will be as large as its source; a thin one takes room as it is written. */
const poolRoom: Rule = (view) => {
  const { clone, clonePool } = askedSnapshot(view);
  if (clone === undefined) return [];
  const claimed = new Map<string, number>();
  return view.pairs.flatMap(({ array, source }) => {
    const name = clonePool ?? source?.pool ?? '';
    const pool = array.pools.find((one) => one.name === name);
    if (pool === undefined)
      return refuseIf(clonePool !== undefined, () => [
        'UNKNOWN_POOL',
        'copy.snapshot.clonePool',
        name,
        `name a pool of ${array.array} (known: ${array.pools.map((one) => one.name).join(', ')})`,
      ]);
    const key = `${array.array}/${name}`;
    const wanted = (claimed.get(key) ?? 0) + (clone === 'clone' ? (source?.capacityBytes ?? 0) : 0);
    claimed.set(key, wanted);
    const { free, kind } = roomOf(pool);
    return refuseIf(wanted > free, () => [
      'POOL_FULL',
      'copy.snapshot.clonePool',
      name,
      `the clones need ${wanted} bytes, ${free} are ${kind}: use another pool, make room, or use thinclone`,
    ]);
  });
};

const snapshotIsThere: Rule = (view) => {
  if (!restoresSnapshot(view)) return [];
  const { restoreFrom = '', volumeGroup } = askedSnapshot(view);
  return view.arrays.flatMap((array) => {
    const { group, taken = [], members = [] } = array.snapshots ?? {};
    if (group === undefined) return [];
    const field = 'copy.snapshot.restoreFrom';
    const found = taken.find(({ name }) => name === restoreFrom);
    const known = taken.map(({ name }) => name).join(', ') || 'none';
    if (found === undefined)
      return refuseIf(true, () => [
        'SNAPSHOT_NOT_FOUND',
        field,
        restoreFrom,
        `volume group ${volumeGroup} of ${array.array} has no such snapshot (it has: ${known})`,
      ]);
    return [
      ...refuseIf(found.state !== 'active', () => [
        'SNAPSHOT_NOT_READABLE',
        field,
        restoreFrom,
        `it is ${found.state}: choose another one of ${known}`,
      ]),
      ...refuseIf(!sameMembers(view, array, members), () => [
        'SNAPSHOT_DIFFERS',
        field,
        restoreFrom,
        `it was taken of ${members.join(', ') || 'nothing that is left'}: volumes must be exactly those`,
      ]),
    ];
  });
};

/** A request over several arrays has on each of them a snapshot of that name, of the volumes there. */
function sameMembers(
  { pairs }: View,
  on: View['arrays'][number],
  members: readonly string[],
): boolean {
  const asked = pairs
    .filter(({ array }) => array.array === on.array)
    .map(({ asked: { target } }) => target);
  return asked.length === members.length && asked.every((name) => members.includes(name));
}

/** Nobody sees the volumes of a snapshot: there is nothing to make still. */
const restoreHasNoSources: Rule = (view) =>
  refuseIf(restoresSnapshot(view) && view.request.sources.length > 0, () => [
    'RESTORE_HAS_NO_SOURCES',
    'sources[0].host',
    view.request.sources[0]?.host ?? '',
    'no host sees a snapshot: use sources: [], and name the host of production in targets',
  ]);

export const CLONE_RULES: readonly Rule[] = [
  targetsNeedClone,
  namesFree,
  poolRoom,
  snapshotIsThere,
  restoreHasNoSources,
];
