// The janitor on an array: groups that stay prepared for nobody, and locks that nobody holds any more.
// Promise kept here: only what our own ledger attributes to a run that is gone, its guard included, is mended; the lock itself fences the repair,
// for no other run of the set can begin before it is freed. What merely looks like ours may be another installation's: it is reported.
import type { StorageArray } from '../array/array.js';
import type { Finding, Findings } from '../domain/janitor.js';
import type { ConsistencyGroup, FlashCopyMapping } from '../domain/mapping.js';
import { buildMappingName, hasGroupForm, isGroupOfSet } from '../domain/names.js';
import type { ByHand } from '../domain/report.js';
import type { LedgerGrant } from '../workflows/messages.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { unprepare } from './group-states.js';
import { type Beat, whileBeating } from './heartbeat.js';
import { freeLock, isGone } from './janitor-gone.js';
import type { SystemIds } from './system-ids.js';

type ArrayActivities = Pick<FlashCopyActivities, 'flashCopyTidyArray'>;

const isWaiting = ({ state }: Pick<ConsistencyGroup, 'state'>): boolean =>
  state === 'prepared' || state === 'preparing';

interface Look {
  readonly deps: ActivityDependencies;
  readonly array: StorageArray;
  /** Id of the array's system: the name of its ledger. */
  readonly system: string;
  readonly beat: Beat;
  readonly repaired: Finding[];
  readonly reported: Finding[];
}

const seen = (
  look: Look,
  more: Pick<Finding, 'key' | 'kind' | 'what'> & Partial<Finding>,
): Finding => ({
  ...{ where: look.array.name, todo: '', needsPerson: false },
  ...more,
});

/** Mappings of ours have names that follow from their targets; a single other one makes the group somebody else's. */
const isOurs = (group: string, mappings: readonly FlashCopyMapping[]): boolean => {
  const members = mappings.filter((mapping) => mapping.group === group);
  return (
    members.length > 0 &&
    members.every(
      ({ name, target, replicationControlled }) =>
        name === buildMappingName(target) && !replicationControlled,
    )
  );
};

/** Groups first, then the lock: until then no other run of this set can prepare one. */
async function clearAway(
  look: Look,
  grant: LedgerGrant,
  waiting: readonly ConsistencyGroup[],
): Promise<void> {
  const { array, deps, beat } = look;
  const mappings = waiting.length === 0 ? [] : await array.readMappings();
  for (const { name } of waiting) {
    const key = `group/${array.name}/${name}`;
    if (!isOurs(name, mappings)) {
      look.reported.push(strange(look, name, 'its mappings are not ours'));
      continue;
    }
    await unprepare(array, name, { clock: deps.clock, beat });
    const what = `group ${name} of ${array.name} was prepared for ${grant.holder}, which is gone; it was un-prepared`;
    look.repaired.push(seen(look, { key, kind: 'prepared-group', what }));
  }
  const place = { ledger: look.system, where: array.name };
  const lock = { ...place, what: `set ${grant.set} of ${array.name}`, holder: grant.holder };
  look.repaired.push(await freeLock(deps, lock));
}

const strange = (look: Look, name: string, why: string): Finding =>
  seen(look, {
    ...{ key: `group/${look.array.name}/${name}`, kind: 'prepared-group', needsPerson: true },
    what: `group ${name} of ${look.array.name} is prepared, so its source volumes write through; ${why}`,
    todo: `if no other installation uses it: stopfcconsistgrp ${name}`,
  });

async function tidy(look: Look): Promise<readonly ByHand[]> {
  const { array, deps } = look;
  // Groups before locks: a group of a run that has begun meanwhile is not among them, and one of a run that goes on has its lock still.
  const waiting = (await array.readGroups()).filter(
    (group) => hasGroupForm(group.name) && isWaiting(group),
  );
  const { grants, resolved } = await deps.ledger.read(look.system);
  const ofSet = ({ set }: LedgerGrant) => waiting.filter(({ name }) => isGroupOfSet(name, set));
  for (const grant of grants)
    if (await isGone(deps, grant.holder)) await clearAway(look, grant, ofSet(grant));
  const known = new Set(grants.flatMap(ofSet).map(({ name }) => name));
  for (const { name } of waiting.filter((group) => !known.has(group.name))) {
    const now = await array.readGroup(name);
    // Its run may just have started it, and freed its lock.
    if (now !== undefined && isWaiting(now))
      look.reported.push(strange(look, name, 'no run of this ledger has it'));
  }
  return resolved;
}

export const janitorArrayActivities = (
  deps: ActivityDependencies & { readonly systems: SystemIds },
): ArrayActivities => ({
  flashCopyTidyArray: ({ array }) =>
    whileBeating(deps.clock, async (beat) => {
      const findings: Findings & Pick<Look, 'repaired' | 'reported'> = {
        repaired: [],
        reported: [],
      };
      const system = await deps.systems.of(array);
      const resolved = await tidy({ deps, array: deps.arrays(array), system, beat, ...findings });
      return { ...findings, resolved };
    }),
});
