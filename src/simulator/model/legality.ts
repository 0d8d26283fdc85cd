// Which command is legal in which state, and the code a refusal carries. Source: IBM command pages 8.3-9.1, message list for the codes.
import type { Cmmvc } from './codes.js';
import { refuse } from './codes.js';
import type { Group, Mapping, MappingState, GroupState, ArrayState } from './state.js';
import type { Profile } from './profile.js';

export type Verb = 'prepare' | 'start' | 'stop' | 'delete' | 'regroup';
type Verdict = Cmmvc | 'legal' | 'no-op' | 'force';

const IDLE_FIRST: Readonly<Record<Verb, Readonly<Record<MappingState, Verdict>>>> = {
  prepare: {
    idle_or_copied: 'legal',
    preparing: 'CMMVC5901E',
    prepared: 'CMMVC5902E',
    copying: 'CMMVC5903E',
    stopping: 'CMMVC6310E',
    stopped: 'legal',
    suspended: 'CMMVC5904E',
  },
  start: {
    idle_or_copied: 'CMMVC5905E',
    preparing: 'CMMVC5906E',
    prepared: 'legal',
    copying: 'CMMVC5907E',
    stopping: 'CMMVC6311E',
    stopped: 'CMMVC5908E',
    suspended: 'CMMVC5909E',
  },
  stop: {
    idle_or_copied: 'no-op',
    preparing: 'CMMVC5911E',
    prepared: 'legal',
    copying: 'legal',
    stopping: 'legal',
    stopped: 'CMMVC5912E',
    suspended: 'legal',
  },
  delete: {
    idle_or_copied: 'legal',
    preparing: 'CMMVC5896E',
    prepared: 'CMMVC5897E',
    copying: 'CMMVC5898E',
    stopping: 'CMMVC6319E',
    stopped: 'force',
    suspended: 'CMMVC5900E',
  },
  regroup: {
    idle_or_copied: 'legal',
    preparing: 'CMMVC5913E',
    prepared: 'CMMVC5914E',
    copying: 'CMMVC5915E',
    stopping: 'CMMVC6319E',
    stopped: 'legal',
    suspended: 'CMMVC5916E',
  },
};

/** Throws the state's own code; false means: accepted, nothing to do. */
export function checkLegal(
  verb: Verb,
  state: GroupState,
  how: { profile: Profile; force?: boolean },
): boolean {
  if (state === 'empty') throw refuse('CMMVC6031E');
  const verdict = IDLE_FIRST[verb][state];
  if (verdict === 'legal' || (verdict === 'force' && how.force === true)) return true;
  if (verdict === 'force') throw refuse('CMMVC5899E');
  if (verdict !== 'no-op') throw refuse(verdict);
  if (how.profile.stopOnIdle === 'refused') throw refuse('CMMVC5910E');
  return false;
}

const STRONGEST: readonly MappingState[] = [
  'suspended',
  'stopping',
  'preparing',
  'prepared',
  'copying',
  'stopped',
];

/** `empty`, or the common state; mixed members (some already complete) show the one that still matters. */
export function groupState(state: ArrayState, group: Group): GroupState {
  const members = state.mappingsOf(group.id);
  if (members.length === 0) return 'empty';
  return (
    STRONGEST.find((candidate) => members.some((member) => member.state === candidate)) ??
    'idle_or_copied'
  );
}

/** Host I/O to the target of such a mapping fails. */
export function targetOffline(mapping: Mapping): boolean {
  if (mapping.state === 'stopping') return mapping.pending.size > 0;
  return ['preparing', 'prepared', 'stopped', 'suspended'].includes(mapping.state);
}

/** Active: the target of this mapping reads through to its source or records what changes. */
export const isActive = (mapping: Mapping): boolean =>
  ['copying', 'suspended', 'stopping'].includes(mapping.state);
