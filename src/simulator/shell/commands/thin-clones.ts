// What later becomes of thin clones: their own volumes (`converttoclone`), or another point in time (`refreshfromsnapshot`). As IBM's pages of 8.7 and 9.1.
import { start } from '../../flashcopy/lifecycle.js';
import { removeMapping } from '../../flashcopy/removal.js';
import { systemMapping, traitsOf } from '../../flashcopy/system-mappings.js';
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { Mapping, Volume } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { change, must, named, withEach, type Commands } from '../command.js';
import { sourceSnapshot } from './snapshot-lookup.js';
import { volumesNamed } from './volume-lookup.js';

interface ThinClone {
  readonly volume: Volume;
  /** Through which it reads its snapshot. */
  readonly mapping: Mapping;
}

/** Those of `-volumes`, else all of the group. Throws for none, and for a volume that is no thin clone. */
function thinClones(machine: Machine, args: Arguments, groupId: number | undefined): ThinClone[] {
  const { state } = machine;
  const list = args.value('volumes');
  const asked =
    list === undefined
      ? state.volumes.filter(
          ({ group, origin }) => group === groupId && origin?.kind === 'thinclone',
        )
      : volumesNamed(machine, list);
  if (asked.length === 0) throw refuse('CMMVC5804E', 'no thin clone');
  return asked.map((volume) => {
    const mapping = state.mappings.find(
      ({ owner, target }) => owner === 'thinclone' && target === volume.id,
    );
    const outside = groupId !== undefined && volume.group !== groupId;
    if (mapping === undefined || outside)
      throw refuse('CMMVC5804E', `${volume.name} is no thin clone`);
    return { volume, mapping };
  });
}

/** The grains follow in the background; then nothing of the snapshot is needed any more. */
function converttoclone(machine: Machine, args: Arguments): string {
  const group = named(machine.state.volumeGroups, args.required('volumegroup'));
  for (const { volume, mapping } of thinClones(machine, args, group.id)) {
    Object.assign(mapping, traitsOf('clone'), { due: machine.clock.now() });
    if (volume.origin) volume.origin = { ...volume.origin, kind: 'clone' };
  }
  const left = machine.state.volumes.some(
    (other) => other.group === group.id && other.origin?.kind === 'thinclone',
  );
  if (group.origin && !left) group.origin = { ...group.origin, kind: 'clone' };
  return '';
}

const imageOf = (snapshot: Snapshot, { origin, name }: Volume): number =>
  must(
    snapshot.members.find(({ volumeName }) => volumeName === origin?.volume),
    'CMMVC5804E',
    `${snapshot.name} holds nothing of what ${name} was made from`,
  ).image;

/** All at one instant; what was written on them is gone. One that feeds copies of its own is refused. */
async function refreshfromsnapshot(machine: Machine, args: Arguments): Promise<string> {
  const { state } = machine;
  const group = args.value('volumegroup');
  if (group === undefined && !args.has('volumes'))
    throw refuse('CMMVC5707E', '-volumegroup or -volumes');
  const snapshot = sourceSnapshot(machine, args);
  if (snapshot.deleting === true) throw refuse('CMMVC9755E', snapshot.name);
  const clones = thinClones(
    machine,
    args,
    group === undefined ? undefined : named(state.volumeGroups, group).id,
  );
  const pairs = clones.map((clone) => ({
    ...clone,
    source: state.volume(imageOf(snapshot, clone.volume)),
  }));
  for (const { volume, source } of pairs) {
    if (state.mappingsFrom(volume.id).length > 0) throw refuse('CMMVC6310E', volume.name);
    if (volume.capacityBytes !== source.capacityBytes) throw refuse('CMMVC5924E', volume.name);
  }
  const mappings: Mapping[] = [];
  for (const { volume, mapping, source } of pairs) {
    await removeMapping(machine, mapping);
    mappings.push(systemMapping(machine, { source, target: volume, owner: 'thinclone' }));
    if (volume.origin) volume.origin = { ...volume.origin, snapshot: snapshot.name };
  }
  await start(machine, mappings);
  return '';
}

const REFRESH = [
  'fromsnapshotid',
  'snapshot',
  'fromsourcegroup',
  'fromsourceuid',
  'volumegroup',
  'volumes',
];

export const thinCloneCommands: Commands = withEach(
  {
    converttoclone: change({ values: ['volumegroup', 'volumes'] }, converttoclone),
    refreshfromsnapshot: change({ values: REFRESH }, refreshfromsnapshot),
  },
  { since: '8.7' },
);
