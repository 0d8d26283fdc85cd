// Snapshots of volume groups and loose volumes: added, renamed, removed, restored from. Taken at one instant, on the same grains as any copy.
import { start } from '../../flashcopy/lifecycle.js';
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { isActive } from '../../model/legality.js';
import { checkName } from '../../model/object-names.js';
import type { Snapshot, SnapshotMember } from '../../model/snapshot.js';
import { DAY_MS } from '../../model/snapshot-policy.js';
import type { Arguments } from '../arguments.js';
import { change, must, named, shown, withEach, type Commands } from '../command.js';
import { systemMapping } from '../../flashcopy/system-mappings.js';
import { SNAPSHOT_FLAGS, snapshotNamed } from './snapshot-lookup.js';
import { takeSnapshot, volumesOf, type WantedSnapshot } from '../../flashcopy/snapshot-taking.js';
import { volumesNamed } from './volume-lookup.js';

/** `-volumegroup G`, or `-volumes a:b:c`. */
function subjectOf(machine: Machine, args: Arguments): Pick<WantedSnapshot, 'volumes' | 'group'> {
  const { state } = machine;
  const [groupName, list] = [args.value('volumegroup'), args.value('volumes')];
  if ((groupName === undefined) === (list === undefined))
    throw refuse('CMMVC5707E', '-volumegroup or -volumes');
  if (list !== undefined) return { volumes: volumesNamed(machine, list) };
  const group = named(state.volumeGroups, groupName ?? '');
  return { volumes: volumesOf(state, group), group };
}

async function addsnapshot(machine: Machine, args: Arguments): Promise<string> {
  const { state, clock } = machine;
  const subject = subjectOf(machine, args);
  const days = args.integer('retentiondays', { min: 1, max: 32_767 });
  const minutes = args.integer('retentionminutes', { min: 1, max: 1440 });
  if (args.has('safeguarded') && days === undefined && minutes === undefined)
    throw refuse('CMMVC5707E', '-retentiondays');
  const keepMs =
    days === undefined ? (minutes === undefined ? undefined : minutes * 60_000) : days * DAY_MS;
  const [name, pool] = [args.value('name'), args.value('pool')];
  const { id } = await takeSnapshot(machine, {
    ...{
      ...subject,
      atMs: clock.now(),
      safeguarded: args.has('safeguarded'),
      ignoreLegacy: args.has('ignorelegacy'),
    },
    ...(name === undefined ? {} : { name }),
    ...(pool === undefined ? {} : { pool: shown(state.pools, pool) }),
    ...(keepMs === undefined ? {} : { keepMs }),
  });
  return `Snapshot, id [${id}], successfully created or triggered\n`;
}

/** A safeguarded snapshot stays until it expires. */
function rmsnapshot(machine: Machine, args: Arguments): string {
  const snapshot = snapshotNamed(machine, args);
  if (snapshot.safeguarded && (snapshot.expires ?? Infinity) > machine.clock.now())
    throw refuse('CMMVC6032E', 'a safeguarded snapshot does not go before it expires');
  snapshot.deleting = true;
  return '';
}

function chsnapshot(machine: Machine, args: Arguments): string {
  const snapshot = snapshotNamed(machine, args);
  const name = args.value('name');
  const days = args.integer('retentiondays', { min: 1, max: 32_767 });
  const siblings = machine.state.snapshots.filter(
    (other) => other !== snapshot && other.parentUid === snapshot.parentUid,
  );
  if (name !== undefined) snapshot.name = checkName(name, siblings);
  if (days !== undefined) snapshot.expires = machine.clock.now() + days * DAY_MS;
  return '';
}

/** The volumes look as they did then, at once; the grains follow. */
async function restorefromsnapshot(machine: Machine, args: Arguments): Promise<string> {
  const snapshot = snapshotNamed(machine, args);
  if (snapshot.deleting === true) throw refuse('CMMVC9755E', snapshot.name);
  const members = membersNamed(machine, snapshot, args.value('volumes'));
  const pairs = members.map(({ volume, volumeName, image }) => {
    const target = machine.state.volumes.byId(volume);
    const source = machine.state.volume(image);
    if (!target) throw refuse('CMMVC5804E', volumeName);
    if (target.capacityBytes !== source.capacityBytes) throw refuse('CMMVC5924E', volumeName);
    const busy = machine.state
      .mappingsOn(volume)
      .find((other) => other.target === volume && other.owner !== 'thinclone' && isActive(other));
    if (busy) throw refuse('CMMVC5907E', volumeName);
    return { source, target };
  });
  const mappings = pairs.map((pair) => systemMapping(machine, { ...pair, owner: 'restore' }));
  await start(machine, mappings);
  return '';
}

function membersNamed(
  machine: Machine,
  snapshot: Snapshot,
  list: string | undefined,
): readonly SnapshotMember[] {
  if (list === undefined) return snapshot.members;
  return volumesNamed(machine, list).map(({ id, name }) => {
    const member = snapshot.members.find((candidate) => candidate.volume === id);
    return must(member, 'CMMVC5804E', `${name} is not in the snapshot`);
  });
}

const ADD = {
  values: ['name', 'volumegroup', 'volumes', 'pool', 'retentiondays', 'retentionminutes'],
  switches: ['ignorelegacy', 'safeguarded'],
};

export const snapshotCommands: Commands = withEach(
  {
    addsnapshot: change(ADD, addsnapshot),
    rmsnapshot: change({ values: [...SNAPSHOT_FLAGS] }, rmsnapshot),
    chsnapshot: change(
      {
        values: [...SNAPSHOT_FLAGS, 'name', 'ownershipgroup', 'retentiondays'],
        switches: ['noownershipgroup'],
      },
      chsnapshot,
    ),
    restorefromsnapshot: change({ values: [...SNAPSHOT_FLAGS, 'volumes'] }, restorefromsnapshot),
  },
  { since: '8.5.1' },
);
