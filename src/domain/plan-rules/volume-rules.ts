// What must be true of the volumes themselves: they exist, match to the byte, are healthy, and there
// is room for those that are made.
import type { Refusal } from '../errors.js';
import type { Pool } from '../vdisk.js';
import { refuseIf, type Rule } from './rule.js';
import type { PairView } from './view.js';

const exists: Rule = ({ pairs }) =>
  pairs.flatMap(({ field, array, asked, source, target }) => [
    ...refuseIf(source === undefined, () => [
      'UNKNOWN_VOLUME',
      `${field}.source`,
      asked.source,
      `array ${array.array} has no such volume: name one that exists`,
    ]),
    ...refuseIf(target === undefined && asked.create === undefined, () => [
      'UNKNOWN_VOLUME',
      `${field}.target`,
      asked.target,
      `array ${array.array} has no such volume: name one that exists, or add create: { pool }`,
    ]),
  ]);

const sameSize: Rule = ({ pairs }) =>
  pairs.flatMap(({ field, asked, source, target }) =>
    refuseIf(
      source !== undefined && target !== undefined && source.capacityBytes !== target.capacityBytes,
      () => [
        'SIZES_DIFFER',
        `${field}.target`,
        asked.target,
        `source has ${source?.capacityBytes ?? 0} bytes, target ${target?.capacityBytes ?? 0}: use a target of the same size`,
      ],
    ),
  );

const healthy: Rule = ({ pairs }) =>
  pairs.flatMap(({ field, asked, source }) =>
    refuseIf(source?.status === 'offline', () => [
      'SOURCE_OFFLINE',
      `${field}.source`,
      asked.source,
      'bring the volume online first',
    ]),
  );

/** In these states FlashCopy itself keeps the target offline, and the next prepare and start mend it. */
const OFFLINE_BY_MAPPING: ReadonlySet<string> = new Set([
  ...['preparing', 'prepared', 'stopping', 'stopped', 'suspended'],
]);

const targetOnline: Rule = ({ pairs }) =>
  pairs.flatMap(({ field, array, asked, target }) => {
    const explained = array.mappings.some(
      (mapping) => mapping.target === asked.target && OFFLINE_BY_MAPPING.has(mapping.state),
    );
    const pool = array.pools.find((one) => one.name === target?.pool && one.offline === true);
    return refuseIf(target?.status === 'offline' && (!explained || pool !== undefined), () => [
      'TARGET_OFFLINE',
      `${field}.target`,
      asked.target,
      pool === undefined
        ? 'bring the volume online first: no mapping explains why it is offline'
        : `its pool ${pool.name} is offline: bring that online first`,
    ]);
  });

/** Created targets of one pool share its room. */
const poolRoom: Rule = ({ pairs, request }) => {
  const claimed = new Map<string, number>();
  return pairs.flatMap((pair) => roomFor(pair, { claimed, rate: request.copy.rate }));
};

/** A background copy writes everything, to a thin target too. */
function roomFor(
  { field, array, asked, source, target }: PairView,
  { claimed, rate }: { readonly claimed: Map<string, number>; readonly rate: number },
): readonly Refusal[] {
  if (asked.create === undefined || target !== undefined) return [];
  const name = asked.create.pool;
  const pool = array.pools.find((one) => one.name === name);
  if (pool === undefined) {
    const known = array.pools.map((one) => one.name).join(', ');
    return refuseIf(true, () => [
      'UNKNOWN_POOL',
      `${field}.create.pool`,
      name,
      `name a pool of ${array.array} (known: ${known})`,
    ]);
  }
  const key = `${array.array}/${name}`;
  const share =
    asked.create.thin === undefined || rate > 0 ? 1 : asked.create.thin.realPercent / 100;
  const wanted = (claimed.get(key) ?? 0) + Math.ceil((source?.capacityBytes ?? 0) * share);
  claimed.set(key, wanted);
  const { free, kind } = roomOf(pool);
  return refuseIf(wanted > free, () => [
    'POOL_FULL',
    `${field}.create.pool`,
    name,
    `targets up to here need ${wanted} bytes, ${free} are ${kind}: use another pool or make room`,
  ]);
}

/** What is really there: data-reduction pools promise more. */
export const roomOf = ({ freeBytes, physicalFreeBytes }: Pool) =>
  physicalFreeBytes === undefined
    ? { free: freeBytes, kind: 'free' }
    : { free: physicalFreeBytes, kind: 'physically free' };

export const VOLUME_RULES: readonly Rule[] = [exists, sameSize, healthy, targetOnline, poolRoom];
/** Those that hold whatever the array does with the volumes. */
export const HEALTH_RULES: readonly Rule[] = [healthy, targetOnline];
