// Prepare, start and stop of one mapping or of all members of a group at once. Legality is checked by the callers, the bytes are the engine's.
import { arrayTime } from '../model/array-time.js';
import { ArrayError, refuse } from '../model/codes.js';
import { GrainSet } from '../model/grain-set.js';
import { isActive, targetOffline } from '../model/legality.js';
import { grainBytes, type ArrayState, type Group, type Mapping } from '../model/state.js';
import type { Machine } from '../machine.js';
import { directDependents } from './dependents.js';

/** idle_or_copied or stopped -> preparing: all of them, or, when one is refused, none. */
export async function prepare(
  machine: Machine,
  mappings: readonly Mapping[],
  restore: boolean,
): Promise<void> {
  for (const mapping of mappings) checkPreparable(machine, mapping, restore);
  for (const mapping of mappings) fitGrains(machine, mapping);
  const flushFails = machine.faults.take('flush', 'before').includes('fail');
  for (const mapping of mappings) {
    const upstream = machine.state.mappingTo(mapping.source);
    const sourceOffline = machine.state.volume(mapping.source).offline !== undefined;
    mapping.completeBefore =
      mapping.state === 'idle_or_copied' && mapping.startTime !== '' && mapping.pending.size === 0;
    mapping.flushFails =
      flushFails || sourceOffline || (upstream !== undefined && targetOffline(upstream));
    mapping.restoring = restore && machine.state.partnerOf(mapping) !== undefined;
    mapping.state = 'preparing';
    mapping.due = machine.clock.now() + machine.limits.prepareMs / machine.speed;
    machine.busy.add(mapping);
  }
  for (const { target } of mappings)
    await machine.reach.setOnline(machine.state.volume(target), false);
  machine.reach.later('prepare', async () => {
    for (const mapping of mappings) {
      await machine.engine.prepare(mapping).catch(() => (mapping.flushFails = true));
      machine.busy.delete(mapping);
    }
    await machine.save();
  });
}

/**
 * Throws CMMVC6310E when the target feeds other active mappings and `restore` was not said,
 * CMMVC9664E when one of the volumes was resized, CMMVC9862E for a source with snapshots, and
 * the code of a volume that another function holds.
 */
function checkPreparable({ state, profile }: Machine, mapping: Mapping, restore: boolean): void {
  const [source, target] = [state.volume(mapping.source), state.volume(mapping.target)];
  if (!restore && state.mappingsFrom(target.id).some(isActive))
    throw refuse('CMMVC6310E', mapping.name);
  if (source.capacityBytes !== target.capacityBytes) throw refuse('CMMVC9664E', mapping.name);
  if (profile.sourceWithSnapshots === 'refused' && hasSnapshots(state, source.id))
    throw refuse('CMMVC9862E', source.name);
  for (const { refuses, name } of [source, target])
    if (refuses !== undefined) throw new ArrayError(refuses, name);
}

const hasSnapshots = ({ snapshots }: ArrayState, id: number): boolean =>
  snapshots.some(({ members }) => members.some(({ volume }) => volume === id));

/** Volumes may have grown since: the copy begins anew, over all of it. */
function fitGrains({ state }: Machine, mapping: Mapping): void {
  const { capacityBytes } = state.volume(mapping.target);
  const grains = Math.ceil(capacityBytes / grainBytes(mapping));
  if (grains === mapping.pending.total) return;
  mapping.pending = GrainSet.full(grains);
  mapping.changed = GrainSet.empty(grains);
}

/** prepared -> copying, all at one instant. Answers the ms it took, as long as an application may stand still for it. */
export async function start(
  machine: Machine,
  mappings: readonly Mapping[],
  group?: Group,
): Promise<number> {
  const { clock, engine, reach, state } = machine;
  const began = clock.now();
  await reach.idle();
  await engine.settle(mappings);
  await reach.atOneInstant(async () => {
    await engine.cut(mappings);
    const now = clock.now();
    const startedAs = ++state.settings.starts;
    for (const mapping of mappings) {
      Object.assign(mapping, {
        state: 'copying',
        startTime: arrayTime(now),
        due: now,
        comparing: true,
        startedAs,
      });
      machine.busy.add(mapping);
    }
    if (group) group.startTime = arrayTime(now);
  });
  reach.later('start', async () => {
    await engine
      .afterCut(mappings)
      .catch(() => Promise.all(mappings.map((mapping) => engine.forget(mapping))));
    for (const mapping of mappings) {
      Object.assign(mapping, { comparing: false, due: clock.now() });
      machine.busy.delete(mapping);
    }
    await machine.save();
  });
  for (const { target } of mappings) {
    const volume = state.volume(target);
    if (volume.offline === 'space') delete volume.offline;
    reach.setOnline(volume, true).catch(() => undefined);
  }
  return clock.now() - began;
}

export type StopKind = 'cleaning' | 'force' | 'split';

/**
 * Stops what can be stopped; members that are complete or stopped already stay as they are. What others read through is cleaned first
 * (`stopping`); `force` takes the others along; `split`, of a complete copy, leaves them on their own.
 */
export async function stop(
  machine: Machine,
  mappings: readonly Mapping[],
  how: StopKind,
): Promise<void> {
  for (const mapping of mappings) {
    if (mapping.state === 'prepared') await backOut(machine, mapping);
    if (!isActive(mapping)) continue;
    const dependents = how === 'split' ? [] : directDependents(machine, mapping);
    if (how === 'force') await stopByForce(machine, mapping, dependents);
    else if (dependents.length > 0) await beginCleaning(machine, mapping, dependents);
    else await endCopy(machine, mapping);
  }
}

async function stopByForce(
  machine: Machine,
  mapping: Mapping,
  dependents: readonly Mapping[],
): Promise<void> {
  await endCopy(machine, mapping);
  await stop(machine, dependents, 'force');
}

async function beginCleaning(
  machine: Machine,
  mapping: Mapping,
  dependents: readonly Mapping[],
): Promise<void> {
  if (mapping.state === 'stopping') return;
  const waiting = dependents.reduce((sum, { pending }) => sum + pending.size, 0);
  Object.assign(mapping, {
    state: 'stopping',
    due: machine.clock.now(),
    cleaning: waiting,
    cleaned: 0,
  });
  if (targetOffline(mapping))
    await machine.reach.setOnline(machine.state.volume(mapping.target), false);
}

/** Below 100 %: stopped, target offline and its missing grains poisoned. Complete: two independent volumes. */
export async function endCopy(machine: Machine, mapping: Mapping): Promise<void> {
  mapping.restoring = false;
  delete mapping.cleaning;
  if (mapping.pending.size === 0) {
    mapping.state = 'idle_or_copied';
    return;
  }
  mapping.state = 'stopped';
  if (machine.profile.startTimeAfterStop === 'cleared') mapping.startTime = '';
  await machine.reach.setOnline(machine.state.volume(mapping.target), false);
  machine.reach.later('poison', () => machine.engine.poison(mapping));
}

async function backOut(machine: Machine, mapping: Mapping): Promise<void> {
  mapping.restoring = false;
  mapping.state = mapping.completeBefore ? 'idle_or_copied' : 'stopped';
  await machine.engine.abandon(mapping);
  if (mapping.completeBefore)
    await machine.reach.setOnline(machine.state.volume(mapping.target), true);
}
