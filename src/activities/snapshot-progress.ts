// A snapshot, its clones or its restore as they are now, in the words in which groups of mappings are told.
import type { StorageArray } from '../array/array.js';
import type { VolumeReport } from '../domain/report.js';
import type { SnapshotPart, GroupProgress } from './contract.js';

/** A missing snapshot is `empty`; one that is being deleted holds nothing any more that could be relied on. */
export async function snapshotProgress(
  array: StorageArray,
  group: string,
  part: SnapshotPart,
): Promise<GroupProgress> {
  const { volumeGroup, restoreFrom } = part.planned;
  const name = restoreFrom?.name ?? group;
  const found = (await array.readSnapshots(volumeGroup)).find((one) => one.name === name);
  const there = found?.state === 'active';
  const mappings = there ? await array.readSnapshotMembers({ volumeGroup, name }) : [];
  return {
    state: there ? 'copying' : 'empty',
    volumes: await volumesOf(array, name, part),
    startTimes: mappings.map(() => found?.time ?? ''),
    mappings,
  };
}

async function volumesOf(
  array: StorageArray,
  name: string,
  part: SnapshotPart,
): Promise<VolumeReport[]> {
  const { clone, restoreFrom } = part.planned;
  if (restoreFrom === undefined && clone === undefined)
    return part.volumes.map(({ source }) => ({
      ...{
        array: array.name,
        source,
        target: name,
        mapping: source,
        progressPercent: 0,
        independent: false,
      },
    }));
  const [vdisks, running] = [
    await array.readVDisks(part.volumes.map(({ target }) => target)),
    new Map(
      (await array.readPopulation()).map(({ volume, progressPercent }) => [
        volume,
        progressPercent,
      ]),
    ),
  ];
  return part.volumes.map(({ source, target }) => {
    const usable = vdisks.some((vdisk) => vdisk.name === target && vdisk.status !== 'offline');
    // A thin clone never has its own grains. What is filled up is not listed any more.
    const ends = clone?.kind !== 'thinclone';
    const progressPercent = usable && ends ? (running.get(target) ?? 100) : 0;
    const independent = progressPercent === 100;
    return {
      ...{
        array: array.name,
        source: source === '' ? name : source,
        target,
        mapping: source === '' ? target : source,
      },
      ...{
        progressPercent,
        independent,
        state: usable ? (independent ? 'idle_or_copied' : 'copying') : 'stopped',
      },
    };
  });
}
