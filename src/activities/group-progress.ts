// What a group looks like now, in the words of the report.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { ConsistencyGroup, FlashCopyMapping } from '../domain/mapping.js';
import type { VolumeReport } from '../domain/report.js';
import type { GroupProgress } from './contract.js';

/** Everything one array lists about FlashCopy, at one look. */
export interface ArrayListing {
  readonly groups: readonly ConsistencyGroup[];
  readonly mappings: readonly FlashCopyMapping[];
}

export const readListing = async (array: StorageArray): Promise<ArrayListing> => ({
  groups: await array.readGroups(),
  mappings: await array.readMappings(),
});

export const missingGroup = (array: string, group: string): FlashCopyError =>
  new FlashCopyError({
    family: 'state',
    code: 'GROUP_MISSING',
    message: `array ${array} has no consistency group ${group}`,
    details: { array, group },
  });

/** At 100 % the target holds every grain; in `prepared` a 100 would still be the former generation's. */
const isIndependent = (mapping: FlashCopyMapping): boolean =>
  mapping.progressPercent === 100 && ['copying', 'stopping', 'idle_or_copied'].includes(mapping.state);

const volumeReport = (array: string, mapping: FlashCopyMapping): VolumeReport => ({
  array,
  source: mapping.source,
  target: mapping.target,
  mapping: mapping.name,
  progressPercent: mapping.progressPercent,
  independent: isIndependent(mapping),
  state: mapping.state,
  copyRate: mapping.copyRate,
});

/** Throws GROUP_MISSING. */
export function groupProgress(array: string, name: string, listing: ArrayListing): GroupProgress {
  const group = listing.groups.find((candidate) => candidate.name === name);
  if (group === undefined) throw missingGroup(array, name);
  const members = listing.mappings.filter((mapping) => mapping.group === name);
  return {
    state: group.state,
    volumes: members.map((mapping) => volumeReport(array, mapping)),
    startTimes: members.map((mapping) => mapping.startTime),
    mappings: members.map((mapping) => mapping.name),
  };
}
