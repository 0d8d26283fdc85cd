// How a volume is found, and whether I/O reaches it.
import type { Machine } from '../../machine.js';
import { targetOffline } from '../../model/legality.js';
import { find, type Volume } from '../../model/state.js';
import { must } from '../command.js';

export function volumeOffline(machine: Machine, volume: Volume): boolean {
  if (volume.offline !== undefined) return true;
  // A suspended copy takes its source along: nobody can tell which grains are where.
  if (machine.state.mappingsOn(volume.id).some(({ state }) => state === 'suspended')) return true;
  const inbound = machine.state.mappingTo(volume.id);
  return inbound !== undefined && targetOffline(inbound);
}

/** By id, name or UID; hidden ones are nobody's. */
export function findVolume(machine: Machine, reference: string): Volume | undefined {
  const { volumes } = machine.state;
  const uid = reference.toUpperCase();
  const found =
    find(volumes, reference) ??
    (uid.length === 32 ? volumes.find((volume) => volume.uid === uid) : undefined);
  return found?.hidden === true ? undefined : found;
}

/** `a:b:c`. Throws CMMVC5804E for one that is not there. */
export const volumesNamed = (machine: Machine, list: string): Volume[] =>
  list.split(':').map((name) => must(findVolume(machine, name), 'CMMVC5804E', name));
