// The scenarios of the conformance suite: what the simulation driver believes about the server, one belief each.
import { CHILDREN } from './children.js';
import { LIMITS } from './limits.js';
import { activity, begin, cancelled, caught, child, retry, sleep } from './ops.js';
import { RESETS } from './resets.js';
import type { Scenario } from './script.js';
import type { Op } from './workflows.js';

const ACTIVITIES: readonly Scenario[] = [
  { name: 'an activity succeeds', script: [activity({ what: 'ok' })] },
  { name: 'one fails once and is repeated', script: [activity({ what: 'fail', times: 1 })] },
  { name: 'one fails for good', script: [caught(activity({ what: 'fail', never: true }))] },
  { name: 'one fails the run', script: [activity({ what: 'fail', never: true })] },
  { name: 'attempts run out', script: [caught(activity({ what: 'fail' }, { retry: retry(3) }))] },
  {
    name: 'a type that is never repeated',
    script: [
      caught(
        activity(
          { what: 'fail', type: 'Fatal' },
          { retry: { ...retry(5), nonRetryableErrorTypes: ['Fatal'] } },
        ),
      ),
    ],
  },
  {
    name: 'the failure says when to come again',
    script: [activity({ what: 'fail', times: 1, nextRetryMs: 900 }, { retry: retry(3, '1h') })],
  },
  {
    name: 'start-to-close passes, and the next attempt succeeds',
    script: [activity({ what: 'hang', times: 1 }, { startToCloseTimeout: '1s' })],
  },
  {
    name: 'start-to-close passes in every attempt',
    script: [caught(activity({ what: 'hang' }, { startToCloseTimeout: '1s', retry: retry(2) }))],
  },
  {
    name: 'heartbeats stop, and the next attempt knows what the first said',
    script: [activity({ what: 'hang', times: 1, details: 'here' }, { heartbeatTimeout: '1s' })],
  },
  {
    name: 'heartbeats stop in the only attempt',
    script: [
      caught(
        activity({ what: 'hang', details: 'here' }, { heartbeatTimeout: '1s', retry: retry(1) }),
      ),
    ],
  },
  {
    name: 'what a failed attempt said reaches the next',
    script: [activity({ what: 'fail', times: 1, details: 'here' }, { heartbeatTimeout: '5s' })],
  },
  {
    name: 'schedule-to-close ends the running attempt',
    script: [caught(activity({ what: 'hang' }, { scheduleToCloseTimeout: '1s' }))],
  },
  {
    name: 'schedule-to-close allows no further attempt',
    script: [
      caught(
        activity(
          { what: 'fail', ms: 300 },
          { scheduleToCloseTimeout: '1500ms', retry: retry(0, '10s') },
        ),
      ),
    ],
  },
  {
    name: 'three at once',
    script: [
      ...['a', 'b', 'c'].map((name) => begin(name, activity({ what: 'ok' }))),
      ...['a', 'b', 'c'].map((name): Op => ({ op: 'join', name })),
    ],
  },
];

const CANCELS: readonly Scenario[] = [
  {
    name: 'a cancel is waited for: the activity obeys',
    script: cancelled('WAIT_CANCELLATION_COMPLETED', { what: 'beat', ms: 8_000 }),
  },
  {
    name: 'a cancel is waited for: the activity succeeds all the same',
    script: cancelled('WAIT_CANCELLATION_COMPLETED', { what: 'deaf', ms: 1_500 }),
  },
  {
    name: 'a cancel that is tried: nobody waits',
    script: [...cancelled('TRY_CANCEL', { what: 'beat', ms: 3_000 }), sleep(1_500)],
  },
  {
    name: 'an abandoned activity',
    script: [...cancelled('ABANDON', { what: 'beat', ms: 1_000 }), sleep(1_500)],
  },
  {
    name: 'unset means tried',
    script: [...cancelled(undefined, { what: 'beat', ms: 3_000 })].slice(0, 4),
  },
  {
    name: 'scheduled and cancelled in one task, waiting',
    script: cancelled('WAIT_CANCELLATION_COMPLETED', { what: 'ok' }, 0),
  },
  {
    name: 'scheduled and cancelled in one task, trying',
    script: cancelled('TRY_CANCEL', { what: 'ok' }, 0),
  },
  {
    name: 'scheduled and cancelled in one task, abandoned',
    script: cancelled('ABANDON', { what: 'ok' }, 0),
  },
  {
    name: 'cancelled while it waits for its next attempt',
    script: [
      begin('work', activity({ what: 'fail' }, { retry: retry(0, '20s') })),
      sleep(800),
      { op: 'cancel', name: 'work' },
      caught({ op: 'join', name: 'work' }),
    ],
  },
  {
    name: 'the run is cancelled while an activity runs',
    script: [activity({ what: 'beat', ms: 8_000 }, { heartbeatTimeout: '5s' })],
    then: [{ at: 800, do: 'cancel' }],
  },
  {
    name: 'a cancel of the run that is swallowed',
    script: [
      caught(activity({ what: 'beat', ms: 8_000 }, { heartbeatTimeout: '5s' })),
      { op: 'say', text: 'went on' },
    ],
    then: [{ at: 800, do: 'cancel' }],
  },
  {
    name: 'a shielded activity does not hear of the cancel',
    script: [{ op: 'shielded', ops: [activity({ what: 'ok', ms: 1_500 })] }, sleep(100)],
    then: [{ at: 600, do: 'cancel' }],
  },
  {
    name: 'the run is cancelled while it sleeps',
    script: [sleep(20_000)],
    then: [{ at: 600, do: 'cancel' }],
  },
  {
    name: 'a timer is cancelled',
    script: [
      begin('work', sleep(20_000)),
      sleep(500),
      { op: 'cancel', name: 'work' },
      caught({ op: 'join', name: 'work' }),
    ],
  },
  {
    name: 'a timer is started and cancelled in one task',
    script: [
      begin('work', sleep(20_000)),
      { op: 'cancel', name: 'work' },
      caught({ op: 'join', name: 'work' }),
    ],
  },
  {
    name: 'a time limit passes',
    script: [
      caught({
        op: 'within',
        ms: 600,
        ops: [activity({ what: 'beat', ms: 8_000 }, { heartbeatTimeout: '5s' })],
      }),
    ],
  },
  {
    name: 'a time limit is kept',
    script: [{ op: 'within', ms: 8_000, ops: [activity({ what: 'ok' })] }],
  },
];

const SIGNALS: readonly Scenario[] = [
  {
    name: 'waits for a signal',
    script: [{ op: 'signals', count: 1 }],
    then: [{ at: 500, do: 'signal', text: 'a' }],
  },
  {
    name: 'two signals in their order',
    script: [{ op: 'signals', count: 2 }],
    then: [
      { at: 400, do: 'signal', text: 'a' },
      { at: 800, do: 'signal', text: 'b' },
    ],
  },
  { name: 'no signal in time', script: [{ op: 'signals', count: 1, withinMs: 600 }] },
  {
    name: 'a signal in time',
    script: [{ op: 'signals', count: 1, withinMs: 20_000 }],
    then: [{ at: 500, do: 'signal', text: 'a' }],
  },
  { name: 'a signal to nobody', script: [caught({ op: 'tell', id: '-nobody' })] },
  {
    name: 'a signal to another run',
    script: [
      child('-c', [{ op: 'signals', count: 1 }], { started: true }),
      { op: 'tell', id: '-c' },
      { op: 'childEnds', id: '-c' },
    ],
  },
  {
    name: 'a signal to a run that is closed',
    script: [child('-c', []), caught({ op: 'tell', id: '-c' })],
  },
  {
    name: 'an update is answered',
    script: [sleep(1_500)],
    then: [{ at: 400, do: 'update', text: 'hello' }],
  },
  {
    name: 'a refused update leaves no trace',
    script: [sleep(1_500)],
    then: [{ at: 400, do: 'update', text: 'refuse' }],
  },
  {
    name: 'an update whose handler fails',
    script: [sleep(1_500)],
    then: [{ at: 400, do: 'update', text: 'throw' }],
  },
  {
    name: 'an update that takes its time',
    script: [sleep(2_500)],
    then: [{ at: 400, do: 'update', text: 'slow' }],
  },
  {
    name: 'an update to a run that is closed',
    script: [],
    then: [{ at: 1_500, do: 'update', text: 'hello' }],
  },
];

const ENDS: readonly Scenario[] = [
  { name: 'the run fails', script: [{ op: 'fail', type: 'Bad' }] },
  { name: 'the run is terminated', script: [sleep(20_000)], then: [{ at: 500, do: 'terminate' }] },
  { name: 'the run has no more time', script: [sleep(20_000)], runTimeoutMs: 1_000 },
  {
    name: 'the run goes on as new',
    script: [{ op: 'again', script: [{ op: 'say', text: 'second' }] }],
  },
  {
    name: 'an abandoned child lives through a continue-as-new',
    script: [
      child('-c', [sleep(1_000)], { started: true, policy: 'ABANDON' }),
      { op: 'again', script: [sleep(1_500)] },
    ],
  },
  {
    name: 'an activity asked for in the closing task never runs',
    script: [{ op: 'unawaited', ops: [activity({ what: 'ok' })] }],
  },
  {
    name: 'a child asked for in the closing task never is',
    script: [{ op: 'unawaited', ops: [child('-c', [])] }],
  },
  {
    name: 'a signal sent in the closing task is lost',
    script: [
      child('-c', [{ op: 'signals', count: 1, withinMs: 1_200 }], {
        started: true,
        policy: 'ABANDON',
      }),
      { op: 'tell', id: '-c', awaited: false },
    ],
  },
];

export const SCENARIOS: readonly Scenario[] = [
  ...ACTIVITIES,
  ...CANCELS,
  ...SIGNALS,
  ...CHILDREN,
  ...ENDS,
  ...RESETS,
  ...LIMITS,
];
