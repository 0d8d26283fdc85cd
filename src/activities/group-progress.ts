// What a group looks like now, in the words of the report.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import {
  commonState,
  type ConsistencyGroup,
  type FlashCopyMapping,
  type GroupState,
} from '../domain/mapping.js';
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
  mapping.progressPercent === 100 &&
  ['copying', 'stopping', 'idle_or_copied'].includes(mapping.state);

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
  return progressOf(
    array,
    group.state,
    listing.mappings.filter((mapping) => mapping.group === name),
  );
}

/** One group as it is now. Mappings that are all in one state tell the group's: it is asked for only otherwise. Throws GROUP_MISSING. */
export async function readProgress(array: StorageArray, name: string): Promise<GroupProgress> {
  const mappings = await array.readMappings({ group: name });
  const members = mappings.filter((mapping) => mapping.group === name);
  const state = commonState(members);
  if (state !== undefined) return progressOf(array.name, state, members);
  return groupProgress(array.name, name, { mappings, groups: await array.readGroups() });
}

function progressOf(
  array: string,
  state: GroupState,
  members: readonly FlashCopyMapping[],
): GroupProgress {
  return {
    state,
    volumes: members.map((mapping) => volumeReport(array, mapping)),
    startTimes: members.map((mapping) => mapping.startTime),
    mappings: members.map((mapping) => mapping.name),
  };
}
