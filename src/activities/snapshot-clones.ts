// Volumes made from the run's snapshot: in a volume group of the run's name, called as the plan says, and removed again when the run fails.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { PlannedGroup } from '../domain/plan.js';
import type { ClonedVolume } from '../domain/snapshot.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { whileBeating } from './heartbeat.js';
import { inBatches } from './in-parallel.js';

type CloneActivities = Pick<FlashCopyActivities, 'flashCopyMakeClones'>;

/** Ours alone: what somebody put into the group is not from our snapshot. */
export const ownClones = async (array: StorageArray, name: string): Promise<ClonedVolume[]> =>
  (await array.readClonedVolumes(name)).filter(({ snapshot }) => snapshot === name);

async function makeClones(array: StorageArray, group: PlannedGroup) {
  const { name, snapshot, mappings } = group;
  const clone = snapshot?.clone;
  if (snapshot === undefined || clone === undefined) return { volumes: [] };
  const { volumeGroup } = snapshot;
  await array.cloneSnapshot({ volumeGroup, name, as: name, ...clone });
  const made = new Map((await ownClones(array, name)).map((volume) => [volume.source, volume]));
  const volumes = await inBatches(
    mappings,
    async ({ source, target }) => {
      const volume = made.get(source.name);
      if (volume === undefined) throw incomplete(array, { name, source: source.name });
      if (volume.name !== target.name) await array.renameVDisk(volume.name, target.name);
      return { name: target.name, uid: volume.uid };
    },
    4,
  );
  return { volumes };
}

const incomplete = (
  array: StorageArray,
  { name, source }: { name: string; source: string },
): FlashCopyError =>
  new FlashCopyError({
    family: 'state',
    code: 'CLONE_INCOMPLETE',
    message: `volume group ${name} on ${array.name} has no clone of ${source}`,
    details: { array: array.name, volumeGroup: name, source },
  });

export const cloneActivities = ({ arrays, clock }: ActivityDependencies): CloneActivities => ({
  flashCopyMakeClones: ({ group }) =>
    whileBeating(clock, () => makeClones(arrays(group.array), group)),
});
