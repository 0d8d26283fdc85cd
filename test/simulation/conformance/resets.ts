// What the driver believes of resets, of open runs and of closed ones.
import { activity, caught, child, sleep } from './ops.js';
import type { Scenario } from './script.js';
import type { Op } from './workflows.js';

const twoDeeds: readonly Op[] = [activity({ what: 'ok' }), activity({ what: 'ok', ms: 800 })];
export const RESETS: readonly Scenario[] = [
  {
    name: 'an open run is reset: what its kept tasks asked for is asked again',
    script: [...twoDeeds, sleep(300)],
    then: [{ at: 400, do: 'reset', tasks: 1 }],
  },
  {
    name: 'a completed run is reset to its last task, and completes again',
    script: twoDeeds,
    then: [{ at: 2_500, do: 'reset', tasks: 2 }],
  },
  {
    name: 'a completed run is reset to its first task, and does everything again',
    script: [...twoDeeds, { op: 'say', text: 'after' }],
    then: [{ at: 2_500, do: 'reset', tasks: 0 }],
  },
  {
    name: 'a failed run is reset to its last task, and fails again',
    script: [activity({ what: 'ok' }), { op: 'fail', type: 'Bad' }],
    then: [{ at: 1_500, do: 'reset', tasks: 1 }],
  },
  {
    name: 'a terminated run is reset, and goes on',
    script: [activity({ what: 'ok' }), sleep(1_200), { op: 'say', text: 'slept' }],
    then: [
      { at: 500, do: 'terminate' },
      { at: 800, do: 'reset', tasks: 1 },
    ],
  },
  {
    name: 'a signal from after the reset point is told again',
    script: [activity({ what: 'ok' }), { op: 'signals', count: 1 }, sleep(300)],
    then: [
      { at: 500, do: 'signal', text: 'once' },
      { at: 2_500, do: 'reset', tasks: 0 },
    ],
  },
  {
    name: 'an update from after the reset point is asked again, and nobody waits for its answer',
    script: [activity({ what: 'ok' }), sleep(1_000)],
    then: [
      { at: 500, do: 'update', text: 'quick' },
      { at: 2_500, do: 'reset', tasks: 0 },
    ],
  },
  {
    name: 'a cancel from after the reset point is asked again',
    script: [activity({ what: 'ok' }), sleep(4_000)],
    then: [
      { at: 600, do: 'cancel' },
      { at: 1_500, do: 'reset', tasks: 0 },
    ],
  },
  {
    name: 'a reset of an open run leaves its abandoned child alone',
    script: [
      child('-c', [sleep(2_000)], { started: true, policy: 'ABANDON' }),
      activity({ what: 'ok', ms: 600 }),
    ],
    then: [{ at: 400, do: 'reset', tasks: 1 }],
  },
  {
    name: 'a reset of an open run does not cancel the child that its end would',
    script: [
      child('-c', [sleep(1_500)], { started: true, policy: 'REQUEST_CANCEL' }),
      activity({ what: 'ok', ms: 3_000 }),
    ],
    then: [{ at: 400, do: 'reset', tasks: 1 }],
  },
  {
    name: 'a reset to before a child was started finds its id taken',
    script: [
      caught(child('-c', [sleep(3_000)], { started: true, policy: 'ABANDON' })),
      activity({ what: 'ok', ms: 600 }),
    ],
    then: [{ at: 400, do: 'reset', tasks: 0 }],
  },
];
