// Copying back: what is copied from must be a copy that can be read, and where nobody sees it, what stood on the targets before stands there again.
import type { PlannedFileSystem, PlannedTarget, PlannedVolumeGroup } from '../plan.js';
import { isReadable } from '../mapping.js';
import { goesBack, isRestore } from './kinds.js';
import { outermostFirst } from './mount-order.js';
import { refuseIf, type Rule } from './rule.js';
import type { TargetView, View } from './view.js';

/** A copy that was stopped below 100 %, or never started, holds nothing worth restoring. */
const copyIsReadable: Rule = (view) => {
  if (!isRestore(view)) return [];
  return view.pairs.flatMap(({ field, array, asked }) => {
    const forward = array.mappings.find(
      ({ source, target }) => source === asked.target && target === asked.source,
    );
    return refuseIf(forward !== undefined && !isReadable(forward), () => [
      'COPY_NOT_READABLE',
      `${field}.source`,
      asked.source,
      `${forward?.name ?? ''}, the copy that is to be restored, is ${forward?.state ?? ''}${forward?.startTime === '' ? ' and was never started' : ''}: it holds no point in time`,
    ]);
  });
};

/** True when the identities of the copy are its source's own: nobody had it, so nobody changed them. */
export const isUntouched = (view: View): boolean => goesBack(view) && view.sourceViews.length === 0;

/** What a restored host gets back: volume groups and mounts as they stand on it now. */
export function asBefore({
  found,
  pairs,
}: TargetView): Pick<PlannedTarget, 'volumeGroups' | 'fileSystems' | 'synthesis'> {
  const uids = new Set(pairs.flatMap(({ target }) => (target === undefined ? [] : [target.uid])));
  const here = (disks: readonly string[]): boolean => disks.some((disk) => uids.has(disk));
  const volumeGroups: PlannedVolumeGroup[] = found.volumeGroups
    .filter(({ physicalVolumes }) => here(physicalVolumes))
    .map(({ name, uuid, physicalVolumes }) => ({
      sourceName: name,
      sourceUuid: uuid,
      name,
      disks: physicalVolumes,
    }));
  const fileSystems: PlannedFileSystem[] = found.fileSystems
    .filter(({ disks }) => here(disks))
    .map((mount) => ({
      ...{ from: '', at: mount.mountPoint, fsType: mount.fsType, sourceUuid: mount.uuid },
      readOnly: mount.options.split(',').includes('ro'),
      device: mount.volumeGroup === '' ? `uid:${mount.disks[0] ?? ''}` : mount.device,
    }));
  return {
    volumeGroups,
    fileSystems: outermostFirst(fileSystems, ({ at }) => at),
    synthesis: 'keep',
  };
}

export const RESTORE_RULES: readonly Rule[] = [copyIsReadable];
