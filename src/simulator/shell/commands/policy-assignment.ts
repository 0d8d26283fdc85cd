// `-snapshotpolicy` and what goes with it on mkvolumegroup and chvolumegroup: the policy of a group and the start of its own.
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { reaches } from '../../model/profile.js';
import { occurrenceFrom, policiesOf, type PolicyAssignment } from '../../model/snapshot-policy.js';
import type { Arguments } from '../arguments.js';
import { named } from '../command.js';

export const POLICIES_SINCE = '8.5.1';
/** The collection of Ansible: policies that take safeguarded snapshots. */
const SAFEGUARDED_SINCE = '8.5.2';

export const POLICY_FLAGS = ['snapshotpolicy', 'policystarttime'] as const;

/** Nothing where no policy is asked for. Throws CMMVC5709E (level), CMMVC5713E, CMMVC5707E, CMMVC5804E, CMMVC5767E. */
export function assignmentAsked(
  machine: Machine,
  args: Arguments,
): { readonly policy?: PolicyAssignment } {
  const { profile, state, clock } = machine;
  const flags = [...POLICY_FLAGS, 'safeguarded', 'nosnapshotpolicy'].filter((flag) =>
    args.has(flag),
  );
  if (flags[0] !== undefined && !reaches(profile, POLICIES_SINCE))
    throw refuse('CMMVC5709E', `-${flags[0]}`);
  if (args.has('safeguarded') && !reaches(profile, SAFEGUARDED_SINCE))
    throw refuse('CMMVC5709E', '-safeguarded');
  if (args.has('nosnapshotpolicy') && flags.length > 1)
    throw refuse('CMMVC5713E', '-nosnapshotpolicy');
  const wanted = args.value('snapshotpolicy');
  if (wanted === undefined) {
    if (flags.length > 0 && !args.has('nosnapshotpolicy'))
      throw refuse('CMMVC5707E', '-snapshotpolicy');
    return {};
  }
  const policy = named(policiesOf(state), wanted);
  const anchorMs = momentOf(args, 'policystarttime') ?? policy.anchorMs;
  const startMs = occurrenceFrom(policy, anchorMs, clock.now());
  const how = { suspended: false, safeguarded: args.has('safeguarded') };
  return { policy: { policy: policy.id, anchorMs, startMs, dueMs: startMs, ...how } };
}

/** `YYMMDDHHMM` of the array's clock in ms. Throws CMMVC5767E for what is no such moment. */
export function momentOf(args: Arguments, flag: string): number | undefined {
  const text = args.value(flag);
  if (text === undefined) return undefined;
  const [year, month = 0, day = 0, hour = 0, minute = 0] =
    (/^\d{10}$/.test(text) ? text.match(/../g) : null) ?? [];
  const ms = Date.UTC(
    2000 + Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
  );
  const read = Number.isNaN(ms)
    ? ''
    : new Date(ms).toISOString().replaceAll(/[-:T]/g, '').slice(2, 12);
  if (read !== text) throw refuse('CMMVC5767E', `-${flag} ${text}`);
  return ms;
}
