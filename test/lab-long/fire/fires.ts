// The fires, one line of the printed table each: what is harmed at which moment, and how the copy may end after it.
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Fault } from '../../../src/simulator/index.js';
import type { CopyHandle } from '../../../src/client/index.js';
import type { Ground, Method } from './ground.js';
import { cutPower, groupIs, inTheCopy, killHolder, reset, terminate } from './harm.js';

export interface Fire {
  readonly name: string;
  readonly method: Method;
  /** Of the array, armed before the copy begins. */
  readonly faults?: readonly Fault[];
  /** Copy slowly, and wait for the end of it. */
  readonly slowly?: boolean;
  /** The moment of the harm; default: the source stands still. */
  readonly when?: (ground: Ground, copy: CopyHandle) => Promise<unknown>;
  readonly harm: (ground: Ground, copy: CopyHandle) => Promise<unknown>;
  /** What a person or a cluster mends later, once the source writes again. */
  readonly mend?: (ground: Ground) => Promise<unknown>;
  /** A power cut: recovery is counted from the end of the boot. */
  readonly reboots?: true;
  /** Who lets go of the locks when the run is no more. Absent: the run itself did, before it ended, and the next copy finds nothing held. */
  readonly tidiedBy?: 'guard' | 'janitor';
  /** Codes with which the copy may end; '' is a good copy. */
  readonly ends: readonly string[];
}

/** Keeps the source still long enough to be hit: the start takes effect later. */
const longPause: Fault = { on: 'startfcconsistgrp', do: { delayMs: 5_000 } };
const held = { faults: [longPause] };
const BROKEN = ['QUIESCE_BROKEN', 'GRADE_TOO_LOW', 'TIMED_OUT', 'START_UNKNOWN', 'HOLD_ENDED'];
const workerAgain = { mend: (ground: Ground) => ground.startWorker() };
const serverAgain = { mend: (ground: Ground) => ground.startServer() };
const copying = { slowly: true, when: inTheCopy };
const methods: readonly Method[] = ['quiesce', 'unmount'];
const both = (of: (method: Method) => Omit<Fire, 'method'>): Fire[] =>
  methods.map((method) => ({ method, ...of(method) }));

export const FIRES: readonly Fire[] = [
  ...both((method) => ({
    ...{ name: 'Temporal killed in the pause', ...held, ...serverAgain },
    harm: (ground) => ground.killServer(),
    // One activity holds the whole pause of a quiesce: it may still be told when the server is back.
    ends: method === 'quiesce' ? ['', ...BROKEN] : BROKEN,
  })),
  {
    ...{
      name: 'Temporal killed in the background copy',
      method: 'quiesce',
      ...copying,
      ...serverAgain,
    },
    harm: (ground) => ground.killServer(),
    ends: [''],
  },
  {
    ...{ name: 'network to the host cut in the pause', method: 'quiesce', ...held },
    harm: ({ wires }) => Promise.resolve(wires.source1.cut()),
    mend: ({ wires }) => Promise.resolve(wires.source1.mend()),
    ends: BROKEN,
  },
  {
    ...{ name: 'network to the array cut after start', method: 'quiesce' },
    faults: [{ on: 'startfcconsistgrp', when: 'after', do: { delayMs: 6_000 } }],
    harm: ({ wires }) => Promise.resolve(wires.array.cut()),
    mend: ({ wires }) => Promise.resolve(wires.array.mend()),
    ends: BROKEN,
  },
  ...both(() => ({ name: 'holder killed', ...held, harm: () => killHolder(), ends: BROKEN })),
  ...both(() => ({
    name: 'holder and watchdog killed',
    ...held,
    harm: () => killHolder(true),
    ends: BROKEN,
  })),
  ...both((method) => ({
    name: `rebooted while ${method === 'quiesce' ? 'frozen' : 'unmounted'}`,
    ...{
      ...held,
      reboots: true as const,
      harm: cutPower,
      ends: BROKEN,
    },
  })),
  {
    ...{ name: 'array failover in prepare', method: 'quiesce', when: () => Promise.resolve() },
    faults: [{ on: 'prestartfcconsistgrp', when: 'after', do: 'failover' }],
    harm: () => Promise.resolve(),
    ends: [''],
  },
  ...both(() => ({
    ...{
      name: 'terminated in the pause',
      ...held,
      ends: ['TERMINATED'],
      tidiedBy: 'guard' as const,
    },
    harm: (ground, copy) => terminate(ground, copy),
  })),
  ...both(() => ({
    ...{
      name: 'run and guard terminated',
      ...held,
      ends: ['TERMINATED'],
      tidiedBy: 'janitor' as const,
    },
    harm: (ground, copy) => terminate(ground, copy, true),
  })),
  ...both(() => ({
    ...{ name: 'reset to its begin in the pause', ...held },
    // Its second life may find the source held by the first, and touches nothing.
    ends: ['', ...BROKEN, 'HELD_BY_OTHER'],
    harm: (ground, copy) => reset(ground, copy, 'first'),
  })),
  {
    ...{
      name: 'reset to its begin in prepare',
      method: 'quiesce',
      when: () => groupIs('preparing'),
    },
    harm: (ground, copy) => reset(ground, copy, 'first'),
    ends: [''],
  },
  {
    ...{ name: 'reset to the last decision in the copy', method: 'quiesce', ...copying },
    harm: (ground, copy) => reset(ground, copy, 'last'),
    ends: [''],
  },
  {
    ...{ name: 'reset to its begin in the copy', method: 'quiesce', ...copying },
    harm: (ground, copy) => reset(ground, copy, 'first'),
    ends: [''],
  },
];

const KILLS = 20;
/** Spread over a whole run, each somewhere in its own part: a share of a run's length. */
export const killPoints = (random: () => number): number[] =>
  Array.from({ length: KILLS }, (_, at) => (at + random()) / KILLS);

export const killAt = (afterMs: number, method: Method): Fire => ({
  ...{ name: `worker killed after ${(afterMs / 1000).toFixed(1)} s`, method, ...workerAgain },
  when: () => sleepFor(afterMs),
  harm: (ground) => ground.killWorker(),
  // Before the pause and after it another worker goes on; in it, the holder has given back.
  ends: ['', ...BROKEN],
});
