// The steps of the procedure, named as reports, pictures and documents name them; inspection is part of `plan`. Tests are generated from this list.
export const STEPS = [
  'validate',
  'lock',
  'plan',
  'ensure',
  'releaseTargets',
  'makePreparable',
  'preFlush',
  'prepare',
  'takePointInTime',
  'giveBack',
  'grade',
  'present',
  'synthesise',
  'mount',
  'verify',
  'backgroundCopy',
  'retain',
] as const;
export type StepName = (typeof STEPS)[number];

/** Each step in plain words, for people who do not know the code. */
export const STEP_MEANING: Readonly<Record<StepName, string>> = {
  validate: 'read the request',
  lock: 'lock the volumes against other copies',
  plan: 'inspect array and hosts, apply the rules',
  ensure: 'make mappings and group on the array',
  releaseTargets: 'take the targets away from their host, if they are there',
  makePreparable: 'stop an earlier copy, if one still runs',
  preFlush: 'flush dirty data before the pause',
  prepare: 'the array flushes its cache',
  takePointInTime: 'all sources stand still, the copy starts',
  giveBack: 'give the source its I/O back',
  grade: 'weigh the evidence',
  present: 'map the copy and find its disks',
  synthesise: 'identities of its own for the copy',
  mount: 'mount the copy',
  verify: 'look for both marks on the copy',
  backgroundCopy: 'the array moves the data',
  retain: 'keep the copy, free the locks',
};

/** What the phase search attribute and the query show. */
export type Phase =
  | 'PLANNING'
  | 'PREPARING'
  | 'PAUSED'
  | 'STARTED'
  | 'MOUNTING_TARGET'
  | 'COPYING'
  | 'COMPENSATING'
  | 'NEEDS_OPERATOR'
  | 'DONE'
  | 'FAILED'
  | 'CANCELLED';
