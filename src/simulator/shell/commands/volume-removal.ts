// rmvdisk and rmvolume: one that is mapped, or part of a FlashCopy, is not removed without saying so; a protected one not at all.
import { stop } from '../../flashcopy/lifecycle.js';
import { removeMapping } from '../../flashcopy/removal.js';
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { drop, type Volume } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { change, must, type Commands } from '../command.js';
import { checkProtected } from './protection.js';
import { findVolume } from './volume-lookup.js';

/** Takes the volume off the array, its mappings stopped and removed, its dependents too. */
export async function deleteVolume(machine: Machine, volume: Volume): Promise<void> {
  const { state } = machine;
  const copies = [...state.mappingsOn(volume.id)];
  await stop(machine, copies, 'force');
  for (const mapping of copies) await removeMapping(machine, mapping);
  for (const map of state.hostMaps.filter(({ volume: id }) => id === volume.id)) {
    const host = state.hosts.byId(map.host);
    if (host) await machine.reach.unmap(volume, host);
  }
  drop(state.hostMaps, (map) => map.volume === volume.id);
  drop(state.volumes, (other) => other === volume);
  if (volume.hidden !== true) await machine.reach.withdraw(volume);
  await machine.engine.remove(volume);
}

interface Consent {
  readonly hostMaps: boolean;
  readonly mappings: boolean;
}

async function remove(machine: Machine, volume: Volume, consent: Consent): Promise<string> {
  const { state } = machine;
  checkProtected(machine, volume);
  const mapped = state.hostMaps.some((map) => map.volume === volume.id);
  const copied = state.mappingsOn(volume.id);
  // A finished clone or restore holds nothing back; a snapshot keeps its source's images, which cleaning makes whole.
  const user = copied.filter(({ owner }) => owner === undefined);
  if ((mapped && !consent.hostMaps) || (user.length > 0 && !consent.mappings))
    throw refuse('CMMVC5840E', volume.name);
  if (state.snapshots.some(({ members }) => members.some((member) => member.volume === volume.id)))
    throw refuse('CMMVC5840E', 'snapshots of it exist');
  await deleteVolume(machine, volume);
  return '';
}

const volumeOf = (machine: Machine, args: Arguments, code: 'CMMVC5753E' | 'CMMVC8957E'): Volume => {
  const volume = findVolume(machine, args.target());
  if (volume === undefined && code === 'CMMVC8957E') throw refuse(code, args.target());
  return must(volume, 'CMMVC5753E', args.target());
};

export const volumeRemoval: Commands = {
  rmvdisk: {
    ...change(
      { switches: ['force', 'removehostmappings'], object: 'required' },
      (machine, args) => {
        const force = args.has('force');
        const consent = { hostMaps: force || args.has('removehostmappings'), mappings: force };
        return remove(machine, volumeOf(machine, args, 'CMMVC5753E'), consent);
      },
    ),
    objectName: 'vdisk_id',
  },
  rmvolume: {
    ...change(
      {
        switches: ['removehostmappings', 'removefcmaps', 'removercrelationships', 'discardimage'],
        object: 'required',
      },
      (machine, args) => {
        const consent = {
          hostMaps: args.has('removehostmappings'),
          mappings: args.has('removefcmaps'),
        };
        return remove(machine, volumeOf(machine, args, 'CMMVC8957E'), consent);
      },
    ),
    objectName: 'vdisk_id',
  },
};
