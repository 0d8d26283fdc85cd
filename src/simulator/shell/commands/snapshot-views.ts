// lsvolumegroup, lsvolumegroupsnapshot and lsvolumesnapshot.
import { snapshotState } from '../../flashcopy/snapshot-images.js';
import type { Machine } from '../../machine.js';
import { arrayTime } from '../../model/array-time.js';
import { refuse } from '../../model/codes.js';
import { reaches } from '../../model/profile.js';
import type { Snapshot, SnapshotMember, VolumeGroup } from '../../model/snapshot.js';
import type { Arguments } from '../arguments.js';
import { listing, listingWith, named, shown, withEach, type Commands } from '../command.js';
import { attributesOf, capacity, concise, detailed, withoutObject, type Row } from '../view.js';
import { POLICIES_SINCE } from './policy-assignment.js';
import { policyCells } from './policy-views.js';
import { snapshotById } from './snapshot-lookup.js';

const GROUP_COLUMNS = [
  ...['id', 'name', 'volume_count', 'backup_status', 'last_backup_time', 'owner_id', 'owner_name'],
  ...[
    'safeguarded_policy_id',
    'safeguarded_policy_name',
    'safeguarded_policy_start_time',
    'volume_group_type',
    'uid',
  ],
  ...[
    'source_volume_group_id',
    'source_volume_group_name',
    'parent_uid',
    'source_snapshot_id',
    'source_snapshot',
  ],
  ...[
    'snapshot_count',
    'protection_provisioned_capacity',
    'protection_written_capacity',
    'snapshot_policy_id',
  ],
  ...[
    'snapshot_policy_name',
    'snapshot_policy_suspended',
    'snapshot_policy_safeguarded',
    'replication_policy_id',
  ],
  ...['replication_policy_name', 'partition_id', 'partition_name', 'ignore_user_flash_copy_maps'],
];

/** Levels without policies have no columns of them. */
const groupColumns = ({ profile }: Machine): readonly string[] =>
  GROUP_COLUMNS.filter(
    (column) => !column.startsWith('snapshot_policy_') || reaches(profile, POLICIES_SINCE),
  );

function groupRow(machine: Machine, group: VolumeGroup, args: Arguments): Row {
  const { state } = machine;
  const volumes = state.volumes.filter((volume) => volume.group === group.id);
  const snapshots = state.snapshots.filter((snapshot) => snapshot.group === group.id);
  const bytes = snapshots.reduce((sum, snapshot) => sum + sizes(machine, snapshot).provisioned, 0);
  return {
    id: String(group.id),
    name: group.name,
    volume_count: String(volumes.length),
    backup_status: 'off',
    volume_group_type: group.origin?.kind ?? '',
    uid: group.uid,
    parent_uid: group.uid,
    source_volume_group_name: group.origin?.group ?? '',
    source_snapshot: group.origin?.snapshot ?? '',
    snapshot_count: String(snapshots.length),
    protection_provisioned_capacity: capacity(bytes, args),
    protection_written_capacity: capacity(0, args),
    ignore_user_flash_copy_maps: group.ignoreUserMaps === true ? 'yes' : 'no',
    ...policyCells(state, group),
  };
}

function sizes(machine: Machine, { members }: Snapshot): { provisioned: number; written: number } {
  const images = members.map(({ image }) => machine.state.volume(image));
  return {
    provisioned: images.reduce((sum, { capacityBytes }) => sum + capacityBytes, 0),
    written: images.reduce((sum, image) => sum + machine.engine.usedBytes(image), 0),
  };
}

const SNAPSHOT_COLUMNS = [
  ...[
    'id',
    'name',
    'volume_group_id',
    'volume_group_name',
    'time',
    'state',
    'matches_group',
    'parent_uid',
  ],
  ...[
    'expiration_time',
    'protection_provisioned_capacity',
    'protection_written_capacity',
    'operation_start_time',
  ],
  ...['operation_completion_estimate', 'owner_id', 'owner_name', 'auto_snapshot', 'safeguarded'],
];

function snapshotRow(machine: Machine, snapshot: Snapshot, args: Arguments): Row {
  const { provisioned, written } = sizes(machine, snapshot);
  const members = machine.state.volumes.filter(
    ({ group }) => group !== undefined && group === snapshot.group,
  );
  const taken = new Set(snapshot.members.map(({ volume }) => volume));
  const same = members.length === taken.size && members.every(({ id }) => taken.has(id));
  return {
    id: String(snapshot.id),
    name: snapshot.name,
    volume_group_id: String(snapshot.group ?? ''),
    volume_group_name: snapshot.groupName,
    time: snapshot.time,
    state: snapshotState(machine, snapshot),
    matches_group: snapshot.group === undefined ? '' : same ? 'yes' : 'no',
    parent_uid: snapshot.parentUid,
    expiration_time: snapshot.expires === undefined ? '' : arrayTime(snapshot.expires),
    protection_provisioned_capacity: capacity(provisioned, args),
    protection_written_capacity: capacity(written, args),
    auto_snapshot: snapshot.auto === true ? 'yes' : 'no',
    safeguarded: snapshot.safeguarded ? 'yes' : 'no',
  };
}

/** One by id; else all, those of a parent, or the one of a name under it: none is an empty list, no error (Ansible relies on it). */
const lsvolumegroupsnapshot = listing((machine, args) => {
  const { snapshots, volumeGroups } = machine.state;
  if (args.object !== undefined)
    return detailed(
      args,
      attributesOf(
        snapshotRow(machine, snapshotById(machine, args.object), args),
        SNAPSHOT_COLUMNS,
      ),
    );
  const [name, group, parent] = [
    args.value('snapshot'),
    args.value('volumegroup'),
    args.value('parentuid'),
  ];
  if (name !== undefined && group === undefined && parent === undefined)
    throw refuse('CMMVC5707E', '-volumegroup or -parentuid');
  const groupId = group === undefined ? undefined : named(volumeGroups, group).id;
  const found = snapshots.filter(
    (snapshot) =>
      (groupId === undefined || snapshot.group === groupId) &&
      (parent === undefined || snapshot.parentUid === parent) &&
      (name === undefined || snapshot.name === name),
  );
  return concise(
    args,
    SNAPSHOT_COLUMNS,
    found.map((snapshot) => snapshotRow(machine, snapshot, args)),
  );
}, 'optional');

const MEMBER_COLUMNS = [
  ...[
    'volume_id',
    'volume_name',
    'snapshot_id',
    'snapshot_name',
    'time',
    'volume_group_id',
    'volume_group_name',
  ],
  ...[
    'parent_uid',
    'state',
    'expiration_time',
    'protection_provisioned_capacity',
    'protection_written_capacity',
  ],
  ...['auto_snapshot', 'owner_id', 'owner_name', 'safeguarded', 'volume_size'],
];

const memberRows = (machine: Machine, snapshot: Snapshot, args: Arguments): Row[] => {
  // The same for all of them, and not cheap: a snapshot may hold 512 volumes.
  const whole = snapshotRow(machine, snapshot, args);
  return snapshot.members.map((member) => memberRow(machine, { snapshot, member, whole }, args));
};

interface OfSnapshot {
  readonly snapshot: Snapshot;
  readonly member: SnapshotMember;
  readonly whole: Row;
}

function memberRow(
  machine: Machine,
  { snapshot, member, whole }: OfSnapshot,
  args: Arguments,
): Row {
  const image = machine.state.volume(member.image);
  return {
    ...whole,
    volume_id: String(member.volume),
    volume_name: machine.state.volumes.byId(member.volume)?.name ?? member.volumeName,
    snapshot_id: String(snapshot.id),
    snapshot_name: snapshot.name,
    protection_provisioned_capacity: capacity(image.capacityBytes, args),
    protection_written_capacity: capacity(machine.engine.usedBytes(image), args),
    volume_size: capacity(image.capacityBytes, args),
  };
}

const lsvolumesnapshot = listing((machine, args) => {
  if (args.object === undefined)
    return concise(
      args,
      MEMBER_COLUMNS,
      machine.state.snapshots.flatMap((snapshot) => memberRows(machine, snapshot, args)),
    );
  const snapshot = snapshotById(machine, args.object);
  const rows = memberRows(machine, snapshot, args);
  const [only] = rows;
  return rows.length === 1 && only
    ? detailed(args, attributesOf(only, MEMBER_COLUMNS))
    : concise(withoutObject(args), MEMBER_COLUMNS, rows);
}, 'optional');

export const snapshotViews: Commands = {
  ...withEach(
    {
      lsvolumegroup: listing((machine, args) => {
        const { volumeGroups } = machine.state;
        if (args.object !== undefined)
          return detailed(
            args,
            attributesOf(
              groupRow(machine, shown(volumeGroups, args.object), args),
              groupColumns(machine),
            ),
          );
        const rows = volumeGroups.map((group) => groupRow(machine, group, args));
        return concise(args, groupColumns(machine), rows);
      }, 'optional'),
    },
    { since: '8.3' },
  ),
  ...withEach(
    {
      lsvolumegroupsnapshot: listingWith(
        { values: ['snapshot', 'volumegroup', 'parentuid'] },
        lsvolumegroupsnapshot,
      ),
      lsvolumesnapshot: lsvolumesnapshot,
    },
    { since: '8.5.1' },
  ),
};
