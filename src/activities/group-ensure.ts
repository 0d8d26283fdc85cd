// Targets, mappings and group of one array exist with the attributes asked for, under this run's name. Read before create; data is left alone.
import { activityInfo } from '@temporalio/activity';
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { FlashCopyMapping } from '../domain/mapping.js';
import type { PlannedGroup, PlannedMapping } from '../domain/plan.js';
import type { VDisk } from '../domain/vdisk.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { whileBeating } from './heartbeat.js';
import { inBatches } from './in-parallel.js';

type EnsureActivities = Pick<FlashCopyActivities, 'flashCopyEnsureGroup'>;

/** The array is not as the plan found it: nothing is forced, a new plan is needed. */
const outdated = (what: string, details: FlashCopyError['details']): FlashCopyError =>
  new FlashCopyError({ family: 'state', code: 'PLAN_OUTDATED', message: `since the plan: ${what}`, details });

/** What this run creates, as `mapping:<name>`, `group:<name>`, `vdisk:<name>`: known from the plan, so a repeat answers the same. */
export const createdByPlan = (group: PlannedGroup): string[] => [
  ...group.mappings.filter((mapping) => mapping.existing === undefined).map((mapping) => `mapping:${mapping.name}`),
  ...(group.existing === undefined ? [`group:${group.name}`] : []),
  ...group.mappings.filter((mapping) => mapping.createTarget).map((mapping) => `vdisk:${mapping.target.name}`),
];

function checkVolume(vdisk: VDisk | undefined, planned: PlannedMapping['source']): void {
  if (vdisk === undefined) throw outdated(`volume ${planned.name} is gone`, { volume: planned.name });
  if (planned.uid !== '' && vdisk.uid !== planned.uid)
    throw outdated(`volume ${planned.name} is another one: UID ${vdisk.uid}, planned ${planned.uid}`, {
      volume: planned.name,
      uid: vdisk.uid,
    });
  if (vdisk.capacityBytes !== planned.capacityBytes)
    throw outdated(`volume ${planned.name} has ${vdisk.capacityBytes} bytes, planned ${planned.capacityBytes}`, {
      volume: planned.name,
    });
}

/** A volume that was to be created and is there: ours only from an earlier attempt, and only while nobody uses it. */
async function checkAppeared(array: StorageArray, vdisk: VDisk, mapping: FlashCopyMapping | undefined): Promise<void> {
  if (mapping !== undefined) return;
  const maps = await array.readHostMaps(vdisk.name);
  if (activityInfo().attempt === 1 || maps.length > 0 || vdisk.fcMapCount > 0)
    throw outdated(`volume ${vdisk.name} appeared`, { volume: vdisk.name, uid: vdisk.uid });
}

async function ensureTargets(array: StorageArray, group: PlannedGroup): Promise<void> {
  const names = group.mappings.flatMap((mapping) => [mapping.source.name, mapping.target.name]);
  const found = new Map((await array.readVDisks(names)).map((vdisk) => [vdisk.name, vdisk]));
  const ours = (await array.readMappings()).filter((mapping) => mapping.group === group.name);
  for (const { source, target, createTarget } of group.mappings) {
    checkVolume(found.get(source.name), source);
    const present = found.get(target.name);
    if (present !== undefined || createTarget === undefined) checkVolume(present, target);
    if (createTarget === undefined) continue;
    if (present === undefined)
      await array.createVDisk({ name: target.name, pool: createTarget.pool, capacityBytes: target.capacityBytes });
    else
      await checkAppeared(
        array,
        present,
        ours.find((mapping) => mapping.target === target.name),
      );
  }
}

async function ensureName(array: StorageArray, group: PlannedGroup): Promise<void> {
  if ((await array.readGroup(group.name)) !== undefined) return;
  if (group.existing === undefined) {
    await array.createGroup(group.name);
    return;
  }
  if ((await array.readGroup(group.existing.name)) === undefined)
    throw outdated(`group ${group.existing.name} is gone`, { group: group.existing.name });
  await array.renameGroup(group.existing.name, group.name);
}

/** What cannot be changed must be right already. */
function checkMapping(found: FlashCopyMapping, planned: PlannedMapping, group: PlannedGroup): void {
  const wrong = [
    found.source === planned.source.name ? '' : `source ${found.source}`,
    found.target === planned.target.name ? '' : `target ${found.target}`,
    found.incremental === group.incremental ? '' : `incremental ${found.incremental}`,
    found.replicationControlled ? 'controlled by replication' : '',
    found.restoring ? 'restoring' : '',
  ].filter((text) => text !== '');
  if (wrong.length > 0)
    throw outdated(`mapping ${found.name} has ${wrong.join(', ')}`, { mapping: found.name, found: wrong });
}

async function ensureMapping(
  array: StorageArray,
  group: PlannedGroup,
  step: { readonly planned: PlannedMapping; readonly found: FlashCopyMapping | undefined },
): Promise<void> {
  const { planned, found } = step;
  const { copyRate, cleanRate, incremental, grainSize } = group;
  if (found === undefined) {
    if (planned.existing !== undefined) throw outdated(`mapping ${planned.name} is gone`, { mapping: planned.name });
    const { name, source, target } = planned;
    await array.createMapping({
      ...{ name, source: source.name, target: target.name, group: group.name },
      ...{ copyRate, cleanRate, incremental, grainSize },
    });
    return;
  }
  checkMapping(found, planned, group);
  if (found.group !== group.name) {
    if (found.group !== planned.existing?.group)
      throw outdated(`mapping ${found.name} is in group ${found.group || '(none)'}`, { mapping: found.name });
    await array.changeMapping(found.name, { group: group.name });
  }
  await array.changeMapping(found.name, { copyRate, cleanRate });
}

const byName = async (array: StorageArray): Promise<Map<string, FlashCopyMapping>> =>
  new Map((await array.readMappings()).map((mapping) => [mapping.name, mapping]));

async function ensureMappings(array: StorageArray, group: PlannedGroup): Promise<void> {
  const before = await byName(array);
  await inBatches(
    group.mappings,
    (planned) => ensureMapping(array, group, { planned, found: before.get(planned.name) }),
    4,
  );
  const after = await byName(array);
  for (const planned of group.mappings) {
    const found = after.get(planned.name);
    if (found?.group !== group.name)
      throw outdated(`mapping ${planned.name} is not in group ${group.name}`, { mapping: planned.name });
    checkMapping(found, planned, group);
  }
  const strangers = [...after.values()].filter(
    (mapping) => mapping.group === group.name && !group.mappings.some((planned) => planned.name === mapping.name),
  );
  if (strangers.length > 0)
    throw outdated(`group ${group.name} also holds ${strangers.map((mapping) => mapping.name).join(', ')}`, {
      group: group.name,
      mappings: strangers.map((mapping) => mapping.name),
    });
}

export const ensureActivities = ({ arrays, clock }: ActivityDependencies): EnsureActivities => ({
  flashCopyEnsureGroup: ({ group }) =>
    whileBeating(clock, async () => {
      const array = arrays(group.array);
      await ensureTargets(array, group);
      await ensureName(array, group);
      await ensureMappings(array, group);
      const startTimes = group.mappings.map((mapping) => mapping.existing?.startTime ?? '');
      return { created: createdByPlan(group), startTimes };
    }),
});
