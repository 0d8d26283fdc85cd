// Looking at one group of an array, and what to say of it.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { ConsistencyGroup, FlashCopyMapping, GroupState } from '../domain/mapping.js';
import type { ActivityDependencies } from './dependencies.js';
import { missingGroup } from './group-progress.js';
import type { Beat } from './heartbeat.js';

export interface LookDeps {
  readonly clock: ActivityDependencies['clock'];
  readonly beat: Beat;
}

export const about = (array: StorageArray, group: string, state: GroupState) => ({
  array: array.name,
  group,
  state,
});

export function groupError(
  code: string,
  text: string,
  about: { array: string; group: string; state: GroupState },
) {
  return new FlashCopyError({
    family: 'state',
    code,
    message: `group ${about.group} on ${about.array}: ${text}`,
    details: about,
  });
}

export async function findGroup(array: StorageArray, group: string): Promise<ConsistencyGroup> {
  const found = await array.readGroup(group);
  if (found === undefined) throw missingGroup(array.name, group);
  return found;
}

export const membersOf = async (array: StorageArray, group: string): Promise<FlashCopyMapping[]> =>
  (await array.readMappings({ group })).filter((mapping) => mapping.group === group);
