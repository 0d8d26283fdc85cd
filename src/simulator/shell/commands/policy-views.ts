// lssnapshotpolicy, lssnapshotschedule, lsvolumegroupsnapshotpolicy, and what other views tell of a group's policy.
import { arrayTime } from '../../model/array-time.js';
import type { VolumeGroup } from '../../model/snapshot.js';
import { policiesOf, policyById, type SnapshotPolicy } from '../../model/snapshot-policy.js';
import type { ArrayState } from '../../model/state.js';
import { listing, shown, withEach, type Commands } from '../command.js';
import { attributesOf, concise, detailed, withoutObject, type Row } from '../view.js';
import { POLICIES_SINCE } from './policy-assignment.js';

/** A policy has one schedule. */
const RHYTHM = [
  'schedule_id',
  'backup_unit',
  'backup_interval',
  'backup_start_time',
  'retention_days',
];
const POLICY_COLUMNS = ['id', 'name', ...RHYTHM];
const SCHEDULE_COLUMNS = ['policy_id', 'policy_name', ...RHYTHM];

const policyRow = ({ id, name, unit, interval, startMs, retentionDays }: SnapshotPolicy): Row => ({
  ...{ id: String(id), name, policy_id: String(id), policy_name: name, schedule_id: '1' },
  ...{ backup_unit: unit, backup_interval: String(interval) },
  ...{ backup_start_time: arrayTime(startMs), retention_days: String(retentionDays) },
});

const lssnapshotpolicy = listing(({ state }, args) => {
  if (args.object === undefined)
    return concise(args, POLICY_COLUMNS, policiesOf(state).map(policyRow));
  return detailed(
    args,
    attributesOf(policyRow(shown(policiesOf(state), args.object)), POLICY_COLUMNS),
  );
}, 'optional');

/** A policy is named, its schedules are listed. */
const lssnapshotschedule = listing(({ state }, args) => {
  const policies = policiesOf(state);
  const named = args.object === undefined ? policies : [shown(policies, args.object)];
  return concise(withoutObject(args), SCHEDULE_COLUMNS, named.map(policyRow));
}, 'optional');

const ASSIGNED = ['id', 'name', 'start_time', 'suspended', 'safeguarded'].map(
  (what) => `snapshot_policy_${what}`,
);
const GROUP_COLUMNS = ['id', 'name', ...ASSIGNED];

/** Of a group without a policy: nothing, not suspended, not safeguarded. */
export function policyCells(state: ArrayState, { policy }: VolumeGroup): Row {
  const yes = (value: boolean | undefined): string => (value === true ? 'yes' : 'no');
  return {
    snapshot_policy_id: policy === undefined ? '' : String(policy.policy),
    snapshot_policy_name:
      policy === undefined ? '' : (policyById(state, policy.policy)?.name ?? ''),
    snapshot_policy_start_time: policy === undefined ? '' : arrayTime(policy.startMs),
    snapshot_policy_suspended: yes(policy?.suspended),
    snapshot_policy_safeguarded: yes(policy?.safeguarded),
  };
}

const lsvolumegroupsnapshotpolicy = listing(({ state }, args) => {
  const row = (group: VolumeGroup): Row => ({
    ...{ id: String(group.id), name: group.name },
    ...policyCells(state, group),
  });
  if (args.object === undefined) return concise(args, GROUP_COLUMNS, state.volumeGroups.map(row));
  return detailed(args, attributesOf(row(shown(state.volumeGroups, args.object)), GROUP_COLUMNS));
}, 'optional');

export const policyViews: Commands = withEach(
  { lssnapshotpolicy, lssnapshotschedule, lsvolumegroupsnapshotpolicy },
  { since: POLICIES_SINCE },
);
