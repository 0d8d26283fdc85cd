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

describe('every activity beats at once', () => {
  it.each(Object.entries(activities))('%s', async (_, activity) => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 4_000 });
    let beats = 0;
    environment.on('heartbeat', () => (beats += 1));
    await environment.run(activity, {} as never).catch(() => undefined);
    expect(beats).toBeGreaterThan(0);
  });

  it('and the table has a heartbeat time-out for each', () => {
    expect(Object.keys(ACTIVITIES).sort()).toEqual(Object.keys(activities).sort());
    expect(
      Object.values(ACTIVITIES).filter(({ heartbeatTimeout }) => !/^\d/.test(heartbeatTimeout)),
    ).toEqual([]);
  });
});
