// What happens by itself as array time passes: flushes end, grains are copied, cleaning ends, finished mappings vanish.
// Called before every command: the state is always that of now, and nothing needs a timer.
import { bytesPerSecond } from '../model/copy-rate.js';
import { drop, grainBytes, type Mapping } from '../model/state.js';
import type { Machine } from '../machine.js';
import { dependentsOf, endCopy } from './lifecycle.js';

export async function passTime(machine: Machine): Promise<void> {
  for (const members of units(machine)) await endPrepare(machine, members);
  for (const mapping of [...machine.state.mappings]) {
    if (mapping.state === 'copying' && !machine.busy.has(mapping)) await copyOn(machine, mapping);
    if (mapping.state === 'stopping' && machine.clock.now() >= mapping.due) {
      for (const other of dependentsOf(machine, mapping))
        await machine.engine.copyGrains(other, other.pending.members());
      await endCopy(machine, mapping);
    }
  }
}

/** A group becomes prepared as a whole; one failed flush stops all of it. */
async function endPrepare(machine: Machine, members: readonly Mapping[]): Promise<void> {
  const now = machine.clock.now();
  const waiting = members.filter(({ state }) => state === 'preparing');
  if (waiting.length === 0 || waiting.some((mapping) => now < mapping.due || machine.busy.has(mapping))) return;
  const failed = waiting.some(({ flushFails }) => flushFails);
  for (const mapping of waiting) {
    mapping.state = failed ? 'stopped' : 'prepared';
    if (failed) await machine.engine.abandon(mapping);
  }
}

async function copyOn(machine: Machine, mapping: Mapping): Promise<void> {
  const perMs = (bytesPerSecond(mapping.copyRate) * machine.speed) / 1000 / grainBytes(mapping);
  const now = machine.clock.now();
  const grains = mapping.pending.lowest(Math.floor((now - mapping.due) * perMs));
  await machine.engine.copyGrains(mapping, grains);
  for (const grain of grains) mapping.pending.delete(grain);
  mapping.due = perMs === 0 ? now : mapping.due + grains.length / perMs;
  if (mapping.pending.size === 0) await complete(machine, mapping);
}

async function complete(machine: Machine, mapping: Mapping): Promise<void> {
  await endCopy(machine, mapping);
  const group = machine.state.groups.find(({ id }) => id === mapping.group);
  if (mapping.autodelete) await removeMapping(machine, mapping);
  if (!group) return;
  const members = machine.state.mappingsOf(group.id);
  const finished = members.every(({ state, incremental }) => state === 'idle_or_copied' && !incremental);
  if (finished) group.startTime = '';
}

/** Takes the mapping off the array, and its group with it when that deletes itself. The volumes stay. */
export async function removeMapping(machine: Machine, mapping: Mapping): Promise<void> {
  drop(machine.state.mappings, (other) => other === mapping);
  await machine.engine.forget(mapping);
  const group = machine.state.groups.find(({ id }) => id === mapping.group);
  if (group?.autodelete === true && machine.state.mappingsOf(group.id).length === 0)
    drop(machine.state.groups, (other) => other === group);
}

function units(machine: Machine): Mapping[][] {
  const { mappings, groups } = machine.state;
  return [
    ...groups.map((group) => machine.state.mappingsOf(group.id)),
    ...mappings.filter(({ group }) => group === 0).map((mapping) => [mapping]),
  ];
}
