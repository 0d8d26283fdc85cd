// How the copy is called on its target host: UIDs (or what stands for them until a target exists), volume groups, devices.
import type { InspectedVolumeGroup } from '../inspection.js';
import type { PairView, SourceView, TargetView, View } from './view.js';

/** The target's UID; `new:<array>/<name>` until the run has created it, replaced by the activities (src/activities/target-uids.ts). */
export const targetUid = ({ array, asked, target }: PairView): string =>
  target?.uid ?? `new:${array.array}/${asked.target}`;

/** Source UID -> the target's, for the volumes a target host gets. */
export const targetUids = ({ pairs }: TargetView): ReadonlyMap<string, string> =>
  new Map(
    pairs.flatMap((pair) =>
      pair.source === undefined ? [] : [[pair.source.uid, targetUid(pair)] as const],
    ),
  );

/** With `keep` nothing on the copy changes, its name neither. */
export const copiedGroupName = ({ asked }: TargetView, sourceName: string): string =>
  asked.synthesis === 'keep'
    ? sourceName
    : Object.hasOwn(asked.volumeGroups, sourceName)
      ? (asked.volumeGroups[sourceName] ?? '')
      : `${sourceName}_copy`;

export interface CopiedGroup {
  readonly source: SourceView;
  readonly group: InspectedVolumeGroup;
  /** Its name on the target host. */
  readonly name: string;
}

/** Volume groups that arrive on a target host, each once. */
export function copiedGroups(view: View, target: TargetView): CopiedGroup[] {
  const uids = targetUids(target);
  const seen = new Set<string>();
  return view.sourceViews.flatMap((source) =>
    source.volumeGroups.flatMap((group) => {
      const arrives = group.physicalVolumes.some((pv) => uids.has(pv));
      if (!arrives || seen.has(group.uuid)) return [];
      seen.add(group.uuid);
      return [{ source, group, name: copiedGroupName(target, group.name) }];
    }),
  );
}
