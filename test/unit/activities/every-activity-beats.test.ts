// Every activity that a worker registers beats before it does anything else: a dead worker is noticed in seconds, whatever it was doing.
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { createActivities, type ActivityDependencies } from '../../../src/activities/index.js';
import { VirtualClock } from '../../../src/testing/index.js';
import { ACTIVITIES } from '../../../src/workflows/activity-table.js';

const gone = (): never => {
  throw new Error('nothing is there');
};
/** Whatever an activity asks for first is not there: what it did until then is looked at. */
const activities: Readonly<Record<string, (order: never) => Promise<unknown>>> = {
  ...createActivities({
    ...{
      arrays: gone,
      hosts: gone,
      arrayHosts: gone,
      parseRequest: gone,
      ledger: {},
      clock: new VirtualClock(),
    },
  } as unknown as ActivityDependencies),
};

/** One read of the server, over in milliseconds: with a beat it would cost half as much again. */
const NEVER_BEATS = ['flashCopyAwaitClose'];
const beating = Object.entries(activities).filter(([name]) => !NEVER_BEATS.includes(name));

describe('every activity beats at once', () => {
  it.each(beating)('%s', async (_, activity) => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 4_000 });
    let beats = 0;
    environment.on('heartbeat', () => (beats += 1));
    await environment.run(activity, {} as never).catch(() => undefined);
    expect(beats).toBeGreaterThan(0);
  });

  it('and the table has a heartbeat time-out for each', () => {
    expect(Object.keys(ACTIVITIES).sort()).toEqual(Object.keys(activities).sort());
    const without = Object.entries(ACTIVITIES).filter(
      ([, { heartbeatTimeout = '' }]) => !/^\d/.test(heartbeatTimeout),
    );
    expect(without.map(([name]) => name)).toEqual(NEVER_BEATS);
  });
});
