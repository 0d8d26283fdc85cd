// The array's part of the plan: which group gets which name, which mappings are found and which are made.
import type { PlannedGroup, PlannedMapping, PlannedVolume } from '../plan.js';
import type { VDisk } from '../vdisk.js';
import { buildGroupName, buildMappingName } from '../names.js';
import { groupViews } from './group-rules.js';
import { isOwn } from './mapping-rules.js';
import type { PairView, View } from './view.js';

export function buildGroups(view: View): PlannedGroup[] {
  const { name: set, copy } = view.request;
  return groupViews(view).map(({ array, own, names }) => {
    const former = names[0];
    const found = array.groups.find(({ name }) => name === former);
    return {
      ...{ array: array.array, name: buildGroupName(set, view.token) },
      ...(former === undefined ? {} : { existing: { name: former, state: found?.state ?? own[0]?.state ?? 'empty' } }),
      mappings: view.pairs.filter((pair) => pair.array === array).map((pair) => plannedMapping(pair, set)),
      ...{ copyRate: copy.rate, cleanRate: copy.cleanRate, incremental: copy.incremental, grainSize: copy.grainSize },
    };
  });
}

function plannedMapping(pair: PairView, set: string): PlannedMapping {
  const { asked, source, target, mapping } = pair;
  const own = isOwn(mapping, set) ? mapping : undefined;
  return {
    name: own?.name ?? buildMappingName(asked.target),
    source: plannedVolume(asked.source, source, 0),
    target: plannedVolume(asked.target, target, source?.capacityBytes ?? 0),
    ...(target === undefined && asked.create !== undefined ? { createTarget: { pool: asked.create.pool } } : {}),
    ...(own === undefined ? {} : { existing: { group: own.group, state: own.state, startTime: own.startTime } }),
  };
}

/** A volume that does not exist yet has no UID. */
const plannedVolume = (name: string, vdisk: VDisk | undefined, capacityBytes: number): PlannedVolume => ({
  name,
  uid: vdisk?.uid ?? '',
  capacityBytes: vdisk?.capacityBytes ?? capacityBytes,
});
