// Scenarios of children: how they start, how they end, what the end of their parent does to them.
import { caught, begin, sleep, child } from './ops.js';
import type { Scenario } from './script.js';

export const CHILDREN: readonly Scenario[] = [
  { name: 'a child succeeds', script: [child('-c', [{ op: 'say', text: 'hello' }])] },
  { name: 'a child fails', script: [caught(child('-c', [{ op: 'fail', type: 'Bad' }]))] },
  {
    name: 'an id that is open',
    script: [
      child('-c', [sleep(1_500)], { started: true }),
      caught(child('-c', [])),
      { op: 'childEnds', id: '-c' },
    ],
  },
  {
    name: 'an id that was just closed',
    script: [child('-c', [{ op: 'say', text: 'one' }]), child('-c', [{ op: 'say', text: 'two' }])],
  },
  {
    // A parent that closes at once may do so before its child's first task: what that had done then is chance.
    name: 'the parent closes: the child is terminated',
    script: [child('-c', [sleep(20_000)], { started: true, policy: 'TERMINATE' }), sleep(1_000)],
  },
  {
    name: 'the parent closes: the child goes on',
    script: [child('-c', [sleep(1_000)], { started: true, policy: 'ABANDON' })],
  },
  {
    name: 'the parent closes: the child is cancelled',
    script: [
      child('-c', [sleep(20_000)], { started: true, policy: 'REQUEST_CANCEL' }),
      sleep(1_000),
    ],
  },
  {
    name: 'a cancelled scope cancels its child, whatever its close policy',
    script: [
      begin('work', child('-c', [sleep(20_000)], { policy: 'ABANDON' })),
      sleep(800),
      { op: 'cancel', name: 'work' },
      caught({ op: 'join', name: 'work' }),
    ],
  },
  {
    name: 'a shielded child does not hear of a cancel of its parent',
    script: [{ op: 'shielded', ops: [child('-c', [sleep(1_500), { op: 'say', text: 'lived' }])] }],
    then: [{ at: 600, do: 'cancel' }],
  },
  {
    name: 'the parent is terminated: an abandoned child goes on',
    script: [child('-c', [sleep(1_500)], { policy: 'ABANDON' })],
    then: [{ at: 700, do: 'terminate' }],
  },
  {
    name: 'the parent is terminated: its child is asked to cancel',
    script: [child('-c', [sleep(20_000)], { policy: 'REQUEST_CANCEL' })],
    then: [{ at: 700, do: 'terminate' }],
  },
  {
    name: 'the parent is terminated: a child that does not obey goes on',
    script: [
      child('-c', [caught(sleep(20_000)), { op: 'say', text: 'looked' }], {
        policy: 'REQUEST_CANCEL',
      }),
    ],
    then: [{ at: 700, do: 'terminate' }],
  },
  {
    name: 'the parent is cancelled: a shielded child is told only when the parent has closed',
    script: [
      {
        op: 'shielded',
        ops: [
          child('-c', [caught(sleep(20_000)), { op: 'say', text: 'told' }], {
            started: true,
            policy: 'REQUEST_CANCEL',
          }),
        ],
      },
      caught(sleep(20_000)),
      { op: 'shielded', ops: [sleep(1_000)] },
    ],
    then: [{ at: 600, do: 'cancel' }],
  },
  {
    name: 'a child is terminated',
    script: [caught(child('-c', [sleep(20_000)]))],
    then: [{ at: 800, do: 'terminate', child: '-c' }],
  },
];
