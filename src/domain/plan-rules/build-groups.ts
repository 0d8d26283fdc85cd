// The array's part of the plan: which group gets which name, which mappings are found and which are made.
import type { ArrayInspection } from '../inspection.js';
import type { PlannedGroup, PlannedMapping } from '../plan.js';
import { type FlashCopyMapping, USUAL_CLEAN_RATE } from '../mapping.js';
import { buildGroupName, buildMappingName } from '../names.js';
import { isAdopted } from './adopt-rules.js';
import { dependentPart } from './dependent-rules.js';
import { copyMs } from './duration-rules.js';
import { groupViews } from './group-rules.js';
import { isOwn } from './mapping-rules.js';
import type { PairView, View } from './view.js';

export function buildGroups(view: View): PlannedGroup[] {
  const { name: set, copy } = view.request;
  return groupViews(view).map(({ array, own, names, empty }) => {
    const former = names[0];
    const pairs = view.pairs.filter((pair) => pair.array === array);
    const dependents = dependentPart(view, pairs);
    const found = array.groups.find(({ name }) => name === former);
    const state = own.length === 0 ? 'empty' : (found?.state ?? own[0]?.state ?? 'empty');
    return {
      ...{ array: array.array, name: buildGroupName(set, view.token) },
      ...(former === undefined ? {} : { existing: { name: former, state } }),
      ...leftoverPart(array, empty),
      mappings: pairs.map((pair) => plannedMapping(pair, set)),
      ...(isAsFound(view.request, own, pairs) && dependents.stopFirst === undefined
        ? { asFound: true }
        : {}),
      ...{
        copyRate: copy.rate,
        cleanRate: copy.cleanRate,
        incremental: copy.incremental,
        grainSize: copy.grainSize,
      },
      ...(copy.rate === 0 ? {} : { expectedCopyMs: copyMs(pairs, copy.rate) }),
      ...(copy.autodelete === true ? { autodelete: true } : {}),
      ...dependents,
    };
  });
}

function leftoverPart(
  { leftovers }: ArrayInspection,
  groups: readonly string[],
): Pick<PlannedGroup, 'leftovers'> {
  const mappings = (leftovers?.mappings ?? []).map(({ name }) => name);
  const volumes = (leftovers?.volumes ?? []).map(({ name }) => name);
  if (mappings.length + volumes.length + groups.length === 0) return {};
  return { leftovers: { mappings, volumes, groups } };
}

/**
 * Nothing has to be made, moved, stopped or changed: all pairs have their mappings here, at rest and
 * with the rates asked for. One that was stopped may still go at 100 %: it is looked at.
 */
const isAsFound = (
  { copy }: View['request'],
  own: readonly FlashCopyMapping[],
  pairs: readonly PairView[],
): boolean =>
  copy.cleanRate === USUAL_CLEAN_RATE &&
  own.length === pairs.length &&
  own.every(
    ({ state, startTime, copyRate }) =>
      state === 'idle_or_copied' && startTime !== '' && copyRate === copy.rate,
  );

const existingPart = ({
  group,
  state,
  startTime,
  autodelete,
}: FlashCopyMapping): NonNullable<PlannedMapping['existing']> => ({
  ...{ group, state, startTime },
  ...(autodelete === undefined ? {} : { autodelete }),
});

function plannedMapping(pair: PairView, set: string): PlannedMapping {
  const { asked, source, target, mapping } = pair;
  const adopted = isAdopted(pair, set);
  const own = adopted || isOwn(mapping, set) ? mapping : undefined;
  return {
    name: own?.name ?? buildMappingName(asked.target),
    source: {
      name: asked.source,
      uid: source?.uid ?? '',
      capacityBytes: source?.capacityBytes ?? 0,
    },
    // A volume that does not exist yet has no UID.
    target: { name: asked.target, uid: target?.uid ?? '' },
    ...(target === undefined && asked.create !== undefined ? { createTarget: asked.create } : {}),
    ...(own === undefined ? {} : { existing: existingPart(own) }),
    ...(adopted ? { adopted } : {}),
  };
}
