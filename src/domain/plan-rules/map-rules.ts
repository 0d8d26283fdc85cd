// Who may see the volumes on the array: sources only hosts that are made still, targets only the host that lets them go (P1, P3).
import type { VDisk } from '../vdisk.js';
import { refuseIf, type Rule } from './rule.js';
import type { PairView, View } from './view.js';

/** Every host of the request is known to the array under some name. */
const arrayHostsExist: Rule = (view) => {
  const asked = [
    ...view.sourceViews.map(({ field, asked: { host } }) => ({ field, host })),
    ...view.targetViews.map(({ field, asked: { host } }) => ({ field, host })),
  ];
  return asked.flatMap(({ field, host }) =>
    view.arrays.flatMap(({ array, hosts }) => {
      const name = view.arrayHosts(host)[array];
      if (name !== undefined && hosts.some((one) => one.name === name)) return [];
      return refuseIf(true, () => [
        'UNKNOWN_ARRAY_HOST',
        `${field}.host`,
        host,
        name === undefined
          ? `say in the inventory which host object of ${array} it is: arrayHosts: { ${array}: ... }`
          : `array ${array} has no host ${name}: correct arrayHosts in the inventory`,
      ]);
    }),
  );
};

/** A host nobody makes still could write during the cut. */
const sourcesMapped: Rule = (view) =>
  view.pairs.flatMap((pair) =>
    strangers(view, pair, {
      vdisk: pair.source,
      allowed: view.sourceViews.map(({ asked }) => asked.host),
    }).map(({ objectName, declared }) => ({
      code: 'SOURCE_MAPPED_ELSEWHERE',
      field: `${pair.field}.source`,
      value: pair.asked.source,
      remedy: `it is mapped to ${objectName}, which nobody makes still: ${declared === '' ? 'unmap it' : `add ${declared} to sources, or unmap it`}`,
    })),
  );

const targetsMapped: Rule = (view) =>
  view.pairs.flatMap((pair) => {
    const allowed = view.targetViews
      .filter(({ pairs }) => pairs.includes(pair))
      .map(({ asked }) => asked.host);
    return strangers(view, pair, { vdisk: pair.target, allowed }).map(
      ({ objectName, declared }) => ({
        code: 'TARGET_MAPPED_ELSEWHERE',
        field: `${pair.field}.target`,
        value: pair.asked.target,
        remedy: `it is mapped to ${objectName}, which does not let it go: unmap it${declared === '' ? '' : `, or name ${declared} as its target host`}`,
      }),
    );
  });

/** Two hosts with one file system mounted destroy it. */
const targetShared: Rule = ({ pairs, targetViews }) =>
  pairs.flatMap((pair) => {
    const takers = targetViews.filter((target) => target.pairs.includes(pair));
    return refuseIf(takers.length > 1, () => [
      'TARGET_FOR_TWO_HOSTS',
      `${takers[1]?.field ?? ''}.mounts`,
      takers[1]?.asked.host ?? '',
      `${pair.asked.target} would also go to ${takers[0]?.asked.host ?? ''}: let one host mount it`,
    ]);
  });

/** Two copies of one source on one host would carry one identity. */
const oneCopyOfASource: Rule = ({ targetViews }) =>
  targetViews.flatMap(({ asked, pairs }) =>
    pairs.flatMap((pair, at) => {
      const before = pairs.findIndex(
        (other) => other.array === pair.array && other.asked.source === pair.asked.source,
      );
      return refuseIf(before < at && pair.asked.source !== '', () => [
        'SOURCE_TWICE_ON_HOST',
        `${pair.field}.host`,
        asked.host,
        `it would get two copies of ${pair.asked.source}: say with host which target host gets which target`,
      ]);
    }),
  );

const targetHostKnown: Rule = ({ pairs, request }) =>
  pairs.flatMap(({ field, asked }) =>
    refuseIf(
      asked.host !== undefined && !request.targets.some(({ host }) => host === asked.host),
      () => ['UNKNOWN_TARGET_HOST', `${field}.host`, asked.host ?? '', 'name a host of targets'],
    ),
  );

const targetGetsNothing: Rule = ({ targetViews }) =>
  targetViews.flatMap(({ field, asked, pairs }) =>
    refuseIf(pairs.length === 0, () => [
      'NOTHING_FOR_TARGET',
      `${field}.mounts`,
      asked.host,
      'none of its mounts lies on the volumes: with several target hosts each one names what it mounts',
    ]),
  );

/** Hosts a volume is mapped to without being allowed; with their name in the inventory, if they are there. */
function strangers(
  view: View,
  { array }: PairView,
  of: { readonly vdisk: VDisk | undefined; readonly allowed: readonly string[] },
): { readonly objectName: string; readonly declared: string }[] {
  const allowed = new Set(of.allowed.map((host) => view.arrayHosts(host)[array.array]));
  return array.hostMaps
    .filter(({ vdiskUid, hostName }) => vdiskUid === of.vdisk?.uid && !allowed.has(hostName))
    .map(({ hostName }) => ({
      objectName: hostName,
      declared:
        view.declaredHosts.find((host) => view.arrayHosts(host)[array.array] === hostName) ?? '',
    }));
}

/** Volume protection: not a refusal, but good to know beforehand. */
export const protectionNote = (view: View): readonly string[] =>
  view.arrays
    .filter(({ system }) => system.vdiskProtection)
    .map(
      ({ array }) =>
        `volume protection is on at ${array}: unmapping a target that had I/O lately may be refused`,
    );

export const MAP_RULES: readonly Rule[] = [
  arrayHostsExist,
  sourcesMapped,
  targetsMapped,
  targetShared,
  targetGetsNothing,
  oneCopyOfASource,
  targetHostKnown,
];
