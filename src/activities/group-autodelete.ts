// Mappings that go by themselves at 100 % (docs/decisions/0006). A run that takes them over
// switches that off first: the array must not remove what is about to be prepared, or what is the
// evidence of a copy. At its end a run switches it on where its request says so.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { PlannedGroup, PlannedMapping } from '../domain/plan.js';
import { inBatches } from './in-parallel.js';

export const isMissing = (error: unknown): boolean =>
  error instanceof FlashCopyError && error.code === 'OBJECT_MISSING';

/** A mapping that is copied goes at once, the group with the last one: gone is what was wanted. */
export async function goneIsFine(change: Promise<void>): Promise<void> {
  await change.catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}

export const membersOf = async (array: StorageArray, group: string): Promise<string[]> =>
  (await array.readMappings({ group }))
    .filter((mapping) => mapping.group === group)
    .map(({ name }) => name);

/** Not at rest, or stopped below 100 %: it may yet come to its end. */
export const mayBeGone = ({ existing }: PlannedMapping): boolean =>
  existing !== undefined && !['idle_or_copied', 'preparing', 'prepared'].includes(existing.state);

/** Listings do not show it: the group and one mapping are asked. Throws when the group is gone. */
export async function keepMembers(array: StorageArray, { name }: PlannedGroup): Promise<void> {
  const members = await membersOf(array, name);
  const [first] = members;
  const goes =
    (await array.readGroup(name))?.autodelete === true ||
    (first !== undefined && (await array.readMapping(first))?.autodelete === true);
  if (!goes) return;
  await array.setGroupAutodelete(name, false);
  await inBatches(members, (member) =>
    goneIsFine(array.changeMapping(member, { autodelete: false })),
  );
}

export async function setAutodelete(array: StorageArray, group: string): Promise<void> {
  await goneIsFine(array.setGroupAutodelete(group, true));
  await inBatches(await membersOf(array, group), (name) =>
    goneIsFine(array.changeMapping(name, { autodelete: true })),
  );
}
