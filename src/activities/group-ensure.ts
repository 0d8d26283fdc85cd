// Targets, mappings and group of one array exist with the attributes asked for, under this run's name. Read before create; data is left alone.
// A group that exists costs the same few commands however many mappings it holds.
import type { StorageArray } from '../array/array.js';
import { canPrepare, type FlashCopyMapping, USUAL_CLEAN_RATE } from '../domain/mapping.js';
import { expectedMapping, snapshotPart, type PlannedGroup } from '../domain/plan.js';
import type { FlashCopyActivities, SnapshotPart } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { isMissing, keepMembers, mayBeGone } from './group-autodelete.js';
import { ensureMapping } from './group-ensure-mapping.js';
import { checkSnapshotVolumes, checkVolumes, createTargets } from './group-ensure-targets.js';
import { removeLeftovers } from './group-leftovers.js';
import { checkMembers, outdated } from './group-outdated.js';
import { whileBeating } from './heartbeat.js';
import { inBatches } from './in-parallel.js';
import { checkSnapshotReady } from './snapshot-start.js';

type EnsureActivities = Pick<FlashCopyActivities, 'flashCopyEnsureGroup'>;

/** What this run creates, as `mapping:<name>`, `group:<name>`, `vdisk:<name>`: known from the plan. */
const createdByPlan = ({ name, existing, mappings }: PlannedGroup): string[] => [
  ...mappings.filter((one) => one.existing === undefined).map((one) => `mapping:${one.name}`),
  ...(existing === undefined ? [`group:${name}`] : []),
  ...mappings.filter((one) => one.createTarget).map((one) => `vdisk:${one.target.name}`),
];

/** A repeat finds it: the name carries the run's token. A rename finds out by itself that it is done. */
async function ensureName(array: StorageArray, group: PlannedGroup): Promise<void> {
  if (group.existing !== undefined) await takeOver(array, group, group.existing);
  else if ((await array.readGroup(group.name)) === undefined) await array.createGroup(group.name);
}

/** What an earlier run lets go at 100 % may be gone since the plan: then the group is made anew. */
async function takeOver(
  array: StorageArray,
  group: PlannedGroup,
  existing: NonNullable<PlannedGroup['existing']>,
): Promise<void> {
  const mayEnd = group.mappings.some(mayBeGone);
  try {
    await array.renameGroup(existing.name, group.name);
    if (mayEnd) await keepMembers(array, group);
  } catch (error) {
    if (!isMissing(error)) throw error;
    if (!mayEnd) throw outdated(`group ${existing.name} is gone`, { group: existing.name });
    if ((await array.readGroup(group.name)) === undefined) await array.createGroup(group.name);
  }
}

type ByName = ReadonlyMap<string, FlashCopyMapping>;
const byName = async (array: StorageArray): Promise<ByName> =>
  new Map((await array.readMappings()).map((mapping) => [mapping.name, mapping]));

/** Answers the members as they are now. */
async function ensureMappings(
  array: StorageArray,
  group: PlannedGroup,
): Promise<FlashCopyMapping[]> {
  const before = await byName(array);
  const first = group.mappings.find((planned) => before.has(planned.name));
  // Listings do not show it, and no promise hangs on it: asked about, one mapping for all, only where the request wants another than usual.
  const asked = first !== undefined && group.cleanRate !== USUAL_CLEAN_RATE;
  const cleanRate = asked ? (await array.readMapping(first.name))?.cleanRate : group.cleanRate;
  const changed = await inBatches(
    group.mappings,
    (planned) =>
      ensureMapping(array, group, { planned, found: before.get(planned.name), cleanRate }),
    4,
  );
  const now = changed.includes(true) ? await byName(array) : before;
  const mappings = group.mappings.map((planned) =>
    expectedMapping(planned, group, mayBeGone(planned)),
  );
  return checkMembers({ name: group.name, mappings }, [...now.values()]);
}

const neverStarted = (members: readonly FlashCopyMapping[], name: string): boolean =>
  members.some((member) => member.name === name && member.startTime === '');

/** Nothing is made before the pause: everything is still as planned. */
async function ensureSnapshot(array: StorageArray, group: PlannedGroup, part: SnapshotPart) {
  await checkSnapshotVolumes(array, group);
  await checkSnapshotReady(array, group.name, part);
  return { created: [], startTimes: [] };
}

export const ensureActivities = ({ arrays, clock }: ActivityDependencies): EnsureActivities => ({
  flashCopyEnsureGroup: ({ group }) =>
    whileBeating(clock, async () => {
      const array = arrays(group.array);
      const part = snapshotPart(group);
      if (part !== undefined) return ensureSnapshot(array, group, part);
      const found = await checkVolumes(array, group);
      if (group.leftovers !== undefined) await removeLeftovers(array, group.leftovers);
      await ensureName(array, group);
      const startTimes = group.mappings.map((mapping) => mapping.existing?.startTime ?? '');
      // Whatever was changed since the plan is found right before prepare, in the same listing: docs/decisions/0012.
      if (group.asFound === true) return { created: [], startTimes, preparable: true };
      await createTargets(array, group, found);
      const members = await ensureMappings(array, group);
      // Nothing runs that would have to be stopped first: neither here nor, where the plan says so, behind the targets.
      const preparable =
        (group.stopFirst ?? []).length === 0 && members.every(({ state }) => canPrepare(state));
      const remade = group.mappings
        .filter((one) => mayBeGone(one) && neverStarted(members, one.name))
        .map(({ name }) => name);
      return { created: createdByPlan(group), startTimes, preparable, remade };
    }),
});
