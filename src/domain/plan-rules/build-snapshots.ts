// The array's part of the plan when volume groups are snapshot: the same group of the plan, with a snapshot of the run's name in place of mappings.
import type { PlannedGroup, PlannedMapping, PlannedSnapshot } from '../plan.js';
import { buildGroupName } from '../names.js';
import { askedSnapshot, restoresSnapshot } from './kinds.js';
import { subjectOf } from './snapshot-rules.js';
import type { PairView, View } from './view.js';

export function buildSnapshots(view: View): PlannedGroup[] {
  const { name: set, copy } = view.request;
  return view.arrays.map((array) => ({
    ...{ array: array.array, name: buildGroupName(set, view.token) },
    mappings: view.pairs.filter((pair) => pair.array === array).map((pair) => member(view, pair)),
    ...{
      copyRate: copy.rate,
      cleanRate: copy.cleanRate,
      incremental: false,
      grainSize: copy.grainSize,
    },
    snapshot: snapshotOf(view, array),
  }));
}

function snapshotOf(view: View, { snapshots }: View['arrays'][number]): PlannedSnapshot {
  const asked = askedSnapshot(view);
  const { retentionDays, retentionMinutes, safeguarded, ignoreLegacy, clone, clonePool } = asked;
  const found = snapshots?.taken.find(({ name }) => name === asked.restoreFrom);
  return {
    ...{ volumeGroup: asked.volumeGroup, groupUid: snapshots?.group?.uid ?? '' },
    ...(retentionDays === undefined ? {} : { retentionDays }),
    ...(retentionMinutes === undefined ? {} : { retentionMinutes }),
    ...(safeguarded ? { safeguarded } : {}),
    ...(ignoreLegacy ? { ignoreLegacy } : {}),
    ...(clone === undefined
      ? {}
      : { clone: { kind: clone, ...(clonePool === undefined ? {} : { pool: clonePool }) } }),
    ...(restoresSnapshot(view) && found !== undefined
      ? { restoreFrom: { name: found.name, time: found.time } }
      : {}),
  };
}

function member(view: View, pair: PairView): PlannedMapping {
  const { asked, source, target } = pair;
  const size = (source ?? target)?.capacityBytes ?? 0;
  return {
    name: subjectOf(view, pair),
    source: { name: asked.source, uid: source?.uid ?? '', capacityBytes: size },
    target: { name: asked.target, uid: target?.uid ?? '' },
  };
}
