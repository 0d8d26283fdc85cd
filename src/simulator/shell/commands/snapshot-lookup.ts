// How commands name a snapshot: by id, or by name together with its volume group or the UID of its parent.
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { Arguments } from '../arguments.js';
import { named } from '../command.js';

export const SNAPSHOT_FLAGS = ['snapshotid', 'snapshot', 'volumegroup', 'parentuid'] as const;

/** Throws CMMVC9755E for none, CMMVC5707E for a name alone: names are unique only under one parent. */
export function snapshotNamed(machine: Machine, args: Arguments): Snapshot {
  const id = args.value('snapshotid');
  if (id !== undefined) return snapshotById(machine, id);
  const found = snapshotsNamed(machine, { name: args.required('snapshot'), args })[0];
  if (!found) throw refuse('CMMVC9755E', args.required('snapshot'));
  return found;
}

export function snapshotById({ state }: Machine, id: string): Snapshot {
  const found = /^\d+$/.test(id) ? state.snapshots.byId(Number(id)) : undefined;
  if (!found) throw refuse('CMMVC9755E', id);
  return found;
}

/** All with that name under the parent that the flags name. */
function snapshotsNamed(machine: Machine, wanted: { name: string; args: Arguments }): Snapshot[] {
  const { name, args } = wanted;
  const [group, parentUid] = [args.value('volumegroup'), args.value('parentuid')];
  if (group === undefined && parentUid === undefined)
    throw refuse('CMMVC5707E', '-volumegroup or -parentuid');
  const groupId = group === undefined ? undefined : named(machine.state.volumeGroups, group).id;
  return machine.state.snapshots.filter(
    (snapshot) =>
      snapshot.name === name &&
      (groupId === undefined ? snapshot.parentUid === parentUid : snapshot.group === groupId),
  );
}

/** `-fromsnapshotid`, or `-snapshot` with `-fromsourcegroup` or `-fromsourceuid`. */
export function sourceSnapshot(machine: Machine, args: Arguments): Snapshot {
  const id = args.value('fromsnapshotid');
  if (id !== undefined) return snapshotById(machine, id);
  const name = args.required('snapshot');
  const group = args.value('fromsourcegroup');
  const uid =
    group === undefined
      ? args.required('fromsourceuid')
      : named(machine.state.volumeGroups, group).uid;
  const found = machine.state.snapshots.find(
    (snapshot) => snapshot.name === name && snapshot.parentUid === uid,
  );
  if (!found) throw refuse('CMMVC9755E', name);
  return found;
}
