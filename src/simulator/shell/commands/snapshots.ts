// Snapshots of volume groups and loose volumes: added, renamed, removed, restored from. Taken at one instant, on the same grains as any copy.
import { start } from '../../flashcopy/lifecycle.js';
import type { Machine } from '../../machine.js';
import { arrayTime } from '../../model/array-time.js';
import { refuse } from '../../model/codes.js';
import { isActive } from '../../model/legality.js';
import { checkName } from '../../model/object-names.js';
import type { Snapshot, SnapshotMember } from '../../model/snapshot.js';
import type { Mapping, Pool, Volume } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { change, must, named, shown, withEach, type Commands } from '../command.js';
import { systemMapping } from './system-mappings.js';
import { SNAPSHOT_FLAGS, snapshotNamed } from './snapshot-lookup.js';
import { createVolume } from './volume-creation.js';
import { findVolume } from './volume-lookup.js';

const DAY_MS = 86_400_000;

interface Subject {
  readonly volumes: readonly Volume[];
  readonly group?: { readonly id: number; readonly name: string; readonly uid: string };
}

/** `-volumegroup G`, or `-volumes a:b:c`. */
function subjectOf(machine: Machine, args: Arguments): Subject {
  const { state } = machine;
  const [groupName, list] = [args.value('volumegroup'), args.value('volumes')];
  if ((groupName === undefined) === (list === undefined)) throw refuse('CMMVC5707E', '-volumegroup or -volumes');
  if (list !== undefined)
    return { volumes: list.split(':').map((name) => must(findVolume(machine, name), 'CMMVC5804E', name)) };
  const group = named(state.volumeGroups, groupName ?? '');
  const volumes = state.volumes.filter((volume) => volume.group === group.id && volume.hidden !== true);
  if (volumes.length === 0) throw refuse('CMMVC5753E', 'the volume group is empty');
  return { volumes, group };
}

/** Legacy mappings and snapshots exclude each other unless `-ignorelegacy` is said. */
function checkLegacy({ state }: Machine, volumes: readonly Volume[]): void {
  const legacy = volumes.find(({ id }) => state.mappingsOn(id).some(({ owner }) => owner === undefined));
  if (legacy) throw refuse('CMMVC6032E', `${legacy.name} is in a FlashCopy mapping`);
}

const sharesVolume = ({ members }: Snapshot, volumes: readonly Volume[]): boolean =>
  members.some((member) => volumes.some(({ id }) => id === member.volume));

async function addsnapshot(machine: Machine, args: Arguments): Promise<string> {
  const { state, clock } = machine;
  if (!state.settings.flashCopyLicensed) throw refuse('CMMVC7205E', 'FlashCopy is not licensed');
  const { volumes, group } = subjectOf(machine, args);
  if (!args.has('ignorelegacy')) checkLegacy(machine, volumes);
  const id = state.snapshots.freeId();
  const parentUid = group?.uid ?? String(++state.serial);
  // Of loose volumes the name is taken when a snapshot of one of them has it, so the CSI driver finds out about a repeat.
  const siblings = state.snapshots.filter((other) =>
    group === undefined ? other.group === undefined && sharesVolume(other, volumes) : other.parentUid === parentUid,
  );
  const name = checkName(args.value('name') ?? `snapshot${id}`, siblings);
  const days = args.integer('retentiondays', { min: 1, max: 32_767 });
  const minutes = args.integer('retentionminutes', { min: 1, max: 1440 });
  if (args.has('safeguarded') && days === undefined && minutes === undefined)
    throw refuse('CMMVC5707E', '-retentiondays');
  const keepMs = days === undefined ? (minutes === undefined ? undefined : minutes * 60_000) : days * DAY_MS;
  const pool = args.value('pool');
  const home = pool === undefined ? undefined : shown(state.pools, pool);
  const members = await takeImages(machine, volumes, home);
  state.snapshots.push({
    ...{ id, name, groupName: group?.name ?? '', parentUid, time: arrayTime(clock.now()), members },
    ...(group === undefined ? {} : { group: group.id }),
    safeguarded: args.has('safeguarded'),
    ...(keepMs === undefined ? {} : { expires: clock.now() + keepMs }),
  });
  return `Snapshot, id [${id}], successfully created or triggered\n`;
}

/** A hidden thin volume and a hidden mapping of rate 0 for each; all cut at one instant. */
async function takeImages(
  machine: Machine,
  volumes: readonly Volume[],
  home: Pool | undefined,
): Promise<SnapshotMember[]> {
  const { state } = machine;
  const members: SnapshotMember[] = [];
  const mappings: Mapping[] = [];
  const thin = {
    realBytes: 0,
    autoexpand: true,
    grainKiB: 256,
    warningPercent: 0,
    compressed: false,
    deduplicated: false,
  };
  for (const volume of volumes) {
    const pool = home ?? state.pools.byId(volume.pool);
    if (!pool) throw refuse('CMMVC6033E', volume.name);
    const name = `@snapshot${state.serial + 1}`;
    const image = await createVolume(machine, {
      name,
      pool,
      bytes: volume.capacityBytes,
      thin: { ...thin },
      hidden: true,
    });
    mappings.push(systemMapping(machine, { source: volume, target: image, owner: 'snapshot' }));
    members.push({ volume: volume.id, volumeName: volume.name, image: image.id });
  }
  await start(machine, mappings);
  return members;
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
    if (busy) throw refuse('CMMVC5903E', volumeName);
    return { source, target };
  });
  const mappings = pairs.map((pair) => systemMapping(machine, { ...pair, owner: 'restore' }));
  await start(machine, mappings);
  return '';
}

function membersNamed(machine: Machine, snapshot: Snapshot, list: string | undefined): readonly SnapshotMember[] {
  if (list === undefined) return snapshot.members;
  return list.split(':').map((name) => {
    const volume = must(findVolume(machine, name), 'CMMVC5804E', name);
    const member = snapshot.members.find((candidate) => candidate.volume === volume.id);
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
      { values: [...SNAPSHOT_FLAGS, 'name', 'ownershipgroup', 'retentiondays'], switches: ['noownershipgroup'] },
      chsnapshot,
    ),
    restorefromsnapshot: change({ values: [...SNAPSHOT_FLAGS, 'volumes'] }, restorefromsnapshot),
  },
  { since: '8.5.1' },
);
