// The array is not as the plan found it: nothing is forced, a new plan is needed.
import { FlashCopyError } from '../domain/errors.js';
import type { FlashCopyMapping } from '../domain/mapping.js';
import { mayBeGone } from './group-autodelete.js';
import {
  expectedMapping,
  type ExpectedMapping,
  type PlannedGroup,
  type PlannedMapping,
} from '../domain/plan.js';

export const outdated = (what: string, details: FlashCopyError['details']): FlashCopyError =>
  new FlashCopyError({
    family: 'state',
    code: 'PLAN_OUTDATED',
    message: `since the plan: ${what}`,
    details,
  });

/** A mapping keeps the time of its last start as long as it lives. */
const isMadeAnew = (
  { state, startTime }: FlashCopyMapping,
  { started = false }: ExpectedMapping,
): boolean => state === 'idle_or_copied' && startTime === '' && started;

/** What cannot be changed must be right already. `restore`: the group may be restoring for us. Throws PLAN_OUTDATED. */
function checkExpected(found: FlashCopyMapping, expected: ExpectedMapping, restore: boolean): void {
  const { source, target, incremental, grainSize } = expected;
  const wrong = [
    source === undefined || found.source === source ? '' : `source ${found.source}`,
    found.target === target ? '' : `target ${found.target}`,
    incremental === undefined || found.incremental === incremental
      ? ''
      : `incremental ${found.incremental}`,
    [grainSize, undefined].includes(found.grainSize) || grainSize === undefined
      ? ''
      : `grain ${found.grainSize} KiB`,
    isMadeAnew(found, expected) ? 'no start time any more: it was made anew' : '',
    found.replicationControlled ? 'controlled by replication' : '',
    found.restoring && !restore ? 'restoring' : '',
  ].filter((text) => text !== '');
  if (wrong.length > 0)
    throw outdated(`mapping ${found.name} has ${wrong.join(', ')}`, {
      mapping: found.name,
      found: wrong,
    });
}

export const checkMapping = (
  found: FlashCopyMapping,
  planned: PlannedMapping,
  group: PlannedGroup,
): void =>
  checkExpected(
    found,
    { ...expectedMapping(planned, group, mayBeGone(planned)), grainSize: group.grainSize },
    false,
  );

interface Expected {
  readonly name: string;
  readonly mappings: readonly ExpectedMapping[];
  readonly restore?: boolean;
}

/** Every mapping of the plan is in the group, and nothing else is: what is sent to the group reaches all it holds (P3). */
export function checkNames({ name, mappings }: Expected, members: ReadonlySet<string>): void {
  const planned = new Set(mappings.map((one) => one.name));
  const missing = [...planned].filter((one) => !members.has(one));
  const strangers = [...members].filter((member) => !planned.has(member));
  if (missing.length > 0)
    throw outdated(`group ${name} lacks ${missing.join(', ')}`, { group: name, mappings: missing });
  if (strangers.length > 0)
    throw outdated(`group ${name} also holds ${strangers.join(', ')}`, {
      group: name,
      mappings: strangers,
    });
}

/** The names, and what is behind each. Answers the members. */
export function checkMembers(
  group: Expected,
  listing: readonly FlashCopyMapping[],
): FlashCopyMapping[] {
  const { name, mappings, restore = false } = group;
  const members = listing.filter((one) => one.group === name);
  checkNames(group, new Set(members.map((one) => one.name)));
  const expected = new Map(mappings.map((one) => [one.name, one]));
  for (const member of members) {
    const one = expected.get(member.name);
    if (one !== undefined) checkExpected(member, one, restore);
  }
  return members;
}
