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
