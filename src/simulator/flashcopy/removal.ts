// How a mapping, and the hidden image of a snapshot, leave the array.
import type { Machine } from '../machine.js';
import { drop, type Mapping } from '../model/state.js';

/** Takes the mapping off the array, and its group with it when that deletes itself. The volumes stay. */
export async function removeMapping(machine: Machine, mapping: Mapping): Promise<void> {
  drop(machine.state.mappings, (other) => other === mapping);
  await machine.engine.forget(mapping);
  const group = machine.state.groups.byId(mapping.group);
  if (group?.autodelete === true && machine.state.mappingsOf(group.id).length === 0)
    drop(machine.state.groups, (other) => other === group);
}

/** The hidden volume of a snapshot, with every mapping it is in. */
export async function removeImage(machine: Machine, image: number): Promise<void> {
  const { state, engine } = machine;
  for (const mapping of [...state.mappingsOn(image)]) await removeMapping(machine, mapping);
  const volume = state.volume(image);
  drop(state.volumes, (other) => other === volume);
  await engine.remove(volume);
}
