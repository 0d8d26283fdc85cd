// Schedules that once broke a promise, shrunk: each stands here with what was wrong, so that it is tried for ever.
import type { Scenario } from '../laboratory.js';
import type { Fault } from '../world/faults.js';
import type { CopyOrder } from '../world/world.js';

interface Found {
  readonly what: string;
  readonly scenario: Scenario;
}

function alone(
  method: CopyOrder['method'],
  faults: readonly Partial<Fault>[],
  again = false,
): Scenario {
  return {
    ...{ seed: 11, san: { sources: { app1: 'svc1' } }, evictions: 0, again },
    copies: [{ set: 'nightly', method, hosts: ['app1'], afterMs: 0 }],
    faults: faults.map((fault) => ({
      at: '',
      where: '',
      nth: 1,
      effect: 'cancel',
      ms: 0,
      ...fault,
    })),
  };
}

export const FOUND_SEEDS: readonly Found[] = [
  {
    what: 'a copy terminated before it had a guard left its locks',
    scenario: alone('quiesce', [{ at: 'flashCopyPlan', effect: 'terminate' }]),
  },
  {
    what: 'a worker that was stopped prepared a group that its run had given up',
    scenario: alone('quiesce', [{ at: 'flashCopyPrepareGroup', effect: 'late', ms: 5_000 }]),
  },
  {
    what: 'a copy reset to before its plan dismissed the guard of what it had taken down',
    scenario: alone('unmount', [{ at: 'flashCopyTakeDown', effect: 'reset', ms: 2_000 }]),
  },
  {
    what: 'a pause answered the text of an error with a password in it',
    scenario: alone('quiesce', [{ at: 'session.startPrepared', effect: 'throws-after' }]),
  },
  {
    what: 'the next copy missed its group in a listing from before the group was renamed',
    scenario: alone('quiesce', [], true),
  },
  {
    what: 'the prepare of a run that was reset prepared again what its later life had copied',
    scenario: {
      ...{
        seed: 1268,
        san: { sources: { app1: 'svc1', app2: 'svc1', app3: 'svc1' } },
        evictions: 0,
        again: false,
      },
      copies: [
        { set: 'second', method: 'quiesce', hosts: ['app2'], afterMs: 0 },
        { set: 'first', method: 'unmount', hosts: ['app3'], afterMs: 1_098 },
      ],
      faults: [{ at: 'source.arm', where: '', nth: 1, effect: 'reset', ms: 3 }],
    },
  },
  {
    what: 'the prepare of a run that was reset took the stop of a guard for a failed flush, and prepared again',
    scenario: {
      ...{ seed: 2940, san: { sources: { app1: 'svc1' } }, evictions: 0, again: false },
      copies: [{ set: 'second', method: 'quiesce', hosts: ['app1'], afterMs: 0 }],
      faults: [{ at: 'array.readGroup', where: '', nth: 4, effect: 'reset', ms: 8 }],
    },
  },
  {
    what: 'a copy reset in its pause takes its point in time once more, and is good (each life starts once)',
    scenario: {
      ...{ seed: 9501, san: { sources: { app1: 'svc1' } }, evictions: 0, again: false },
      copies: [{ set: 'first', method: 'unmount', hosts: ['app1'], afterMs: 2_197 }],
      faults: [
        { at: 'flashCopyPrepareGroup', where: '', nth: 2, effect: 'hangs', ms: 1 },
        { at: 'source.attest', where: '', nth: 2, effect: 'reset', ms: 6 },
      ],
    },
  },
  {
    what: 'a copy was reset before its first task had ended, which no server does, and never went on',
    scenario: {
      ...{
        seed: 4538,
        san: { sources: { app1: 'svc1', app2: 'svc1' } },
        evictions: 0,
        again: false,
      },
      copies: [
        { set: 'second', method: 'quiesce', hosts: ['app1', 'app2'], afterMs: 0 },
        { set: 'first', method: 'quiesce', hosts: ['app2'], afterMs: 103 },
      ],
      faults: [{ at: 'array.readHostMapsOf', where: '', nth: 2, effect: 'reset', ms: 7 }],
    },
  },
];
