// Builders of scripts, shared by the scenarios.
import type { Op } from './workflows.js';

type Deed = Extract<Op, { op: 'activity' }>['deed'];
type Options = NonNullable<Extract<Op, { op: 'activity' }>['options']>;

export const activity = (deed: Deed, options?: Options): Op =>
  options === undefined ? { op: 'activity', deed } : { op: 'activity', deed, options };
export const caught = (...ops: Op[]): Op => ({ op: 'caught', ops });
export const begin = (name: string, ...ops: Op[]): Op => ({ op: 'begin', name, ops });
export const sleep = (ms: number): Op => ({ op: 'sleep', ms });
export const retry = (
  maximumAttempts: number,
  initialInterval = '300ms',
): NonNullable<Options['retry']> => ({
  ...{ maximumAttempts, backoffCoefficient: 1 },
  initialInterval: initialInterval as '300ms',
});
export const child = (
  id: string,
  script: readonly Op[],
  more: Partial<Extract<Op, { op: 'child' }>> = {},
): Op => ({
  ...{ op: 'child', id, script },
  ...more,
});
export const cancelled = (type: Options['cancellationType'], deed: Deed, afterMs = 600): Op[] => [
  begin(
    'work',
    activity(deed, {
      heartbeatTimeout: '5s',
      ...(type === undefined ? {} : { cancellationType: type }),
    }),
  ),
  ...(afterMs > 0 ? [sleep(afterMs)] : []),
  { op: 'cancel', name: 'work' },
  caught({ op: 'join', name: 'work' }),
];
