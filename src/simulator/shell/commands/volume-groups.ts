// Volume groups: what is snapshot together. Made empty, or from a snapshot as clones or thin clones.
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { reaches } from '../../model/profile.js';
import { checkName } from '../../model/object-names.js';
import type { VolumeGroup } from '../../model/snapshot.js';
import { drop } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { acted, change, named, withEach, type Commands } from '../command.js';
import { checkIoGroup } from './nodes.js';
import { assignmentAsked, POLICY_FLAGS } from './policy-assignment.js';
import { populate } from './population.js';
import { sourceSnapshot } from './snapshot-lookup.js';

async function mkvolumegroup(machine: Machine, args: Arguments): Promise<string> {
  const { state } = machine;
  const id = state.volumeGroups.freeId();
  const name = checkName(args.value('name') ?? `volumegroup${id}`, state.volumeGroups);
  const kind = args.choice('type', ['clone', 'thinclone']);
  const policy = assignmentAsked(machine, args);
  const more = { ...policy, ...(args.has('ignoreuserfcmaps') ? { ignoreUserMaps: true } : {}) };
  const uid = String(++state.serial);
  if (kind === undefined) {
    state.volumeGroups.push({ id, name, uid, ...more });
    return `Volume Group, id [${id}], successfully created\n`;
  }
  if (!reaches(machine.profile, '8.5.1')) throw refuse('CMMVC5709E', '-type');
  checkIoGroup(machine, args.value('iogroup') ?? args.value('iogrp'));
  const pool = args.value('pool');
  const home = pool === undefined ? undefined : named(state.pools, pool);
  const snapshot = sourceSnapshot(machine, args);
  const origin = { kind, snapshot: snapshot.name, group: snapshot.groupName };
  const group: VolumeGroup = { id, name, uid, origin, ...more };
  state.volumeGroups.push(group);
  try {
    await populate(
      machine,
      { snapshot, members: snapshot.members },
      { kind, group, ...(home ? { pool: home } : {}) },
    );
  } catch (error) {
    drop(state.volumeGroups, (other) => other === group);
    throw error;
  }
  return `Volume Group, id [${id}], successfully created\n`;
}

function chvolumegroup(machine: Machine, args: Arguments): string {
  const { volumeGroups } = machine.state;
  const group = acted(volumeGroups, args.target());
  const asked = assignmentAsked(machine, args);
  const ignored = args.choice('ignoreuserfcmaps', ['yes', 'no']);
  const name = args.value('name');
  if (name !== undefined)
    group.name = checkName(
      name,
      volumeGroups.filter((other) => other !== group),
    );
  if (ignored !== undefined) group.ignoreUserMaps = ignored === 'yes';
  if (args.has('nosnapshotpolicy')) delete group.policy;
  Object.assign(group, asked);
  return '';
}

/** A group with volumes goes only when they are put out first, or with `-evictvolumes`. */
function rmvolumegroup({ state }: Machine, args: Arguments): string {
  const group = acted(state.volumeGroups, args.target());
  const members = state.volumes.filter((volume) => volume.group === group.id);
  if (members.length > 0 && !args.has('evictvolumes')) throw refuse('CMMVC8749E', group.name);
  if (state.snapshots.some((snapshot) => snapshot.group === group.id && snapshot.deleting !== true))
    throw refuse('CMMVC8749E', 'it has snapshots');
  for (const volume of members) delete volume.group;
  drop(state.volumeGroups, (other) => other === group);
  return '';
}

const MAKE = {
  values: [
    ...[
      'name',
      'type',
      'fromsnapshotid',
      'snapshot',
      'fromsourcegroup',
      'fromsourceuid',
      'fromsourcevolumes',
      'pool',
    ],
    ...[
      'iogroup',
      'iogrp',
      'preferrednode',
      'ownershipgroup',
      'safeguardedpolicy',
      ...POLICY_FLAGS,
    ],
  ],
  switches: ['ignoreuserfcmaps', 'safeguarded'],
};

export const volumeGroupCommands: Commands = withEach(
  {
    mkvolumegroup: change(MAKE, mkvolumegroup),
    chvolumegroup: change(
      {
        values: ['name', 'ownershipgroup', 'ignoreuserfcmaps', ...POLICY_FLAGS],
        switches: ['noownershipgroup', 'safeguarded', 'nosnapshotpolicy'],
        object: 'required',
      },
      chvolumegroup,
    ),
    rmvolumegroup: change({ switches: ['evictvolumes'], object: 'required' }, rmvolumegroup),
  },
  { since: '8.3' },
);
