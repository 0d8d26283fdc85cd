// Snapshot policies made and removed, and one group's held back. What they do by themselves: flashcopy/policy-snapshots.ts.
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { checkName } from '../../model/object-names.js';
import { reaches } from '../../model/profile.js';
import {
  FIRST_OWN_POLICY,
  isPredefined,
  occurrenceFrom,
  policiesOf,
  POLICY_UNITS,
  type SnapshotPolicy,
} from '../../model/snapshot-policy.js';
import { drop } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { acted, change, withEach, type Commands } from '../command.js';
import { momentOf, POLICIES_SINCE } from './policy-assignment.js';

/** IBM, mksnapshotpolicy 8.7: beside the predefined ones. */
const MAX_OWN = 29;
/** IBM: a snapshot each hour at most. */
const MIN_MINUTES = 60;

function mksnapshotpolicy(machine: Machine, args: Arguments): string {
  const { state, profile } = machine;
  if (args.has('type') && !reaches(profile, '8.7')) throw refuse('CMMVC5709E', '-type');
  if (args.choice('type', ['localsnapshot', 'cloudbackup']) === 'cloudbackup')
    throw refuse('CMMVC7205E', '-type');
  const id = state.snapshotPolicies.freeId(FIRST_OWN_POLICY);
  const name = checkName(args.value('name') ?? `snapshotpolicy${id}`, policiesOf(state));
  if (state.snapshotPolicies.length >= MAX_OWN) throw refuse('CMMVC6034E');
  state.snapshotPolicies.push({ id, name, ...rhythmAsked(machine, args) });
  return `Snapshot Policy, id [${id}], successfully created\n`;
}

function rhythmAsked({ clock }: Machine, args: Arguments): Omit<SnapshotPolicy, 'id' | 'name'> {
  for (const flag of ['backupunit', 'backupinterval', 'backupstarttime', 'retentiondays'])
    args.required(flag);
  const unit = args.choice('backupunit', POLICY_UNITS) ?? 'day';
  const min = unit === 'minute' ? MIN_MINUTES : 1;
  const interval = args.integer('backupinterval', { min, max: 65_535 }) ?? min;
  const retentionDays = args.integer('retentiondays', { min: 1, max: 365 }) ?? 1;
  const anchorMs = momentOf(args, 'backupstarttime') ?? clock.now();
  return {
    unit,
    interval,
    retentionDays,
    anchorMs,
    startMs: occurrenceFrom({ unit, interval }, anchorMs, clock.now()),
  };
}

/** One that groups have goes only with `-removefromvolumegroups`. What it took stays its days. */
function rmsnapshotpolicy({ state }: Machine, args: Arguments): string {
  const policy = acted(policiesOf(state), args.target());
  if (isPredefined(policy)) throw refuse('CMMVC6032E', `${policy.name} is predefined`);
  const groups = state.volumeGroups.filter((group) => group.policy?.policy === policy.id);
  if (groups.length > 0 && !args.has('removefromvolumegroups'))
    throw refuse(
      'CMMVC6032E',
      `${policy.name} is the policy of ${groups.map(({ name }) => name).join()}`,
    );
  for (const group of groups) delete group.policy;
  drop(state.snapshotPolicies, (other) => other === policy);
  return '';
}

function chvolumegroupsnapshotpolicy({ state }: Machine, args: Arguments): string {
  const group = acted(state.volumeGroups, args.target());
  args.required('snapshotpolicysuspended');
  const suspended = args.choice('snapshotpolicysuspended', ['yes', 'no']) === 'yes';
  if (group.policy === undefined)
    throw refuse('CMMVC5753E', `${group.name} has no snapshot policy`);
  group.policy.suspended = suspended;
  return '';
}

const MAKE = ['name', 'backupunit', 'backupinterval', 'backupstarttime', 'retentiondays', 'type'];

export const policyCommands: Commands = withEach(
  {
    mksnapshotpolicy: change({ values: MAKE }, mksnapshotpolicy),
    rmsnapshotpolicy: change(
      { switches: ['removefromvolumegroups'], object: 'required' },
      rmsnapshotpolicy,
    ),
    chvolumegroupsnapshotpolicy: change(
      { values: ['snapshotpolicysuspended'], object: 'required' },
      chvolumegroupsnapshotpolicy,
    ),
  },
  { since: POLICIES_SINCE },
);
