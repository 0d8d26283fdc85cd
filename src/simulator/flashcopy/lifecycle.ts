// Prepare, start and stop of one mapping or of all members of a group at once. Legality is checked by the callers, the bytes are the engine's.
import { arrayTime } from '../model/array-time.js';
import { bytesPerSecond } from '../model/copy-rate.js';
import { refuse } from '../model/codes.js';
import { isActive, targetOffline } from '../model/legality.js';
import { grainBytes, type Group, type Mapping } from '../model/state.js';
import type { Machine } from '../machine.js';

/** ms of array time that a prepare takes: long enough to be seen. */
export const PREPARE_MS = 2000;

/** idle_or_copied or stopped -> preparing. Throws CMMVC6310E when the target feeds other active mappings and `restore` was not said. */
export async function prepare(machine: Machine, mappings: readonly Mapping[], restore: boolean): Promise<void> {
  for (const mapping of mappings)
    if (!restore && machine.state.mappings.some((other) => other.source === mapping.target && isActive(other)))
      throw refuse('CMMVC6310E', mapping.name);
  const flushFails = machine.faults.take('flush', 'before').includes('fail');
  for (const mapping of mappings) {
    const upstream = machine.state.mappingTo(mapping.source);
    mapping.completeBefore =
      mapping.state === 'idle_or_copied' && mapping.startTime !== '' && mapping.pending.size === 0;
    mapping.flushFails = flushFails || (upstream !== undefined && targetOffline(upstream));
    mapping.restoring = restore && machine.state.partnerOf(mapping) !== undefined;
    mapping.state = 'preparing';
    mapping.due = machine.clock.now() + PREPARE_MS / machine.speed;
    machine.busy.add(mapping);
  }
  for (const { target } of mappings) await machine.reach.setOnline(machine.state.volume(target), false);
  machine.reach.later('prepare', async () => {
    for (const mapping of mappings) {
      await machine.engine.prepare(mapping).catch(() => (mapping.flushFails = true));
      machine.busy.delete(mapping);
    }
    await machine.save();
  });
}

/** prepared -> copying, all at one instant. Answers the ms it took, as long as an application may stand still for it. */
export async function start(machine: Machine, mappings: readonly Mapping[], group?: Group): Promise<number> {
  const { clock, engine, reach, state } = machine;
  const began = clock.now();
  await reach.idle();
  await engine.settle(mappings);
  await reach.atOneInstant(async () => {
    await engine.cut(mappings);
    const now = clock.now();
    for (const mapping of mappings) {
      Object.assign(mapping, { state: 'copying', startTime: arrayTime(now), due: now, comparing: true });
      machine.busy.add(mapping);
    }
    if (group) group.startTime = arrayTime(now);
  });
  reach.later('start', async () => {
    await engine.afterCut(mappings).catch(() => Promise.all(mappings.map((mapping) => engine.forget(mapping))));
    for (const mapping of mappings) {
      Object.assign(mapping, { comparing: false, due: clock.now() });
      machine.busy.delete(mapping);
    }
    await machine.save();
  });
  for (const { target } of mappings) {
    const volume = state.volume(target);
    reach.setOnline(volume, true).catch(() => undefined);
  }
  return clock.now() - began;
}

/** Stops what can be stopped; members that are complete or stopped already stay as they are. */
export async function stop(machine: Machine, mappings: readonly Mapping[], force: boolean): Promise<void> {
  for (const mapping of mappings) {
    if (mapping.state === 'prepared') await backOut(machine, mapping);
    if (!isActive(mapping)) continue;
    const dependents = dependentsOf(machine, mapping);
    if (force) await stop(machine, dependents, true);
    else if (dependents.length > 0 && mapping.pending.size > 0) {
      const rate = bytesPerSecond(mapping.cleanRate === 0 ? 50 : mapping.cleanRate) * machine.speed;
      const bytes = Math.max(...dependents.map((other) => other.pending.size * grainBytes(other)));
      Object.assign(mapping, { state: 'stopping', due: machine.clock.now() + (bytes / rate) * 1000 });
      if (targetOffline(mapping)) await machine.reach.setOnline(machine.state.volume(mapping.target), false);
      continue;
    }
    await endCopy(machine, mapping);
  }
}

/** Mappings that read through this one's target: they would stop with it. */
export function dependentsOf(machine: Machine, mapping: Mapping): Mapping[] {
  return machine.state.mappings.filter(
    (other) => other.source === mapping.target && isActive(other) && other.pending.size > 0,
  );
}

/** Below 100 %: stopped, target offline and its missing grains poisoned. Complete: two independent volumes. */
export async function endCopy(machine: Machine, mapping: Mapping): Promise<void> {
  mapping.restoring = false;
  if (mapping.pending.size === 0) {
    mapping.state = 'idle_or_copied';
    return;
  }
  mapping.state = 'stopped';
  await machine.reach.setOnline(machine.state.volume(mapping.target), false);
  machine.reach.later('poison', () => machine.engine.poison(mapping));
}

async function backOut(machine: Machine, mapping: Mapping): Promise<void> {
  mapping.restoring = false;
  mapping.state = mapping.completeBefore ? 'idle_or_copied' : 'stopped';
  await machine.engine.abandon(mapping);
  if (mapping.completeBefore) await machine.reach.setOnline(machine.state.volume(mapping.target), true);
}
