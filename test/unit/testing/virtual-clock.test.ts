// Time under control: order of waking, aborted sleeps, and work that would never end.
import { describe, expect, it } from 'vitest';
import { seededRandomness, VirtualClock } from '../../../src/testing/index.js';

describe('the virtual clock', () => {
  it('throws when work waits for something that never comes', async () => {
    await expect(new VirtualClock().run(new Promise(() => undefined))).rejects.toThrow(
      'nothing sleeps',
    );
  });

  it("rejects an aborted sleep with the signal's reason", async () => {
    const stop = new AbortController();
    const sleeping = new VirtualClock().sleep(1_000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
  });

  it('wakes in order of time, each at its own', async () => {
    const clock = new VirtualClock(0);
    const woken: number[] = [];
    for (const ms of [300, 100, 200]) void clock.sleep(ms).then(() => woken.push(clock.now()));
    await clock.advance(250);
    expect(woken).toEqual([100, 200]);
    expect(clock.now()).toBe(250);
  });

  it('takes no time for hours', async () => {
    const clock = new VirtualClock(0);
    await clock.run(clock.sleep(8 * 3_600_000));
    expect(clock.now()).toBe(8 * 3_600_000);
  });
});

describe('seeded randomness', () => {
  it('draws the same again, in the form of tokens', () => {
    const draw = () => seededRandomness(42).token(6);
    expect(draw()).toBe(draw());
    expect(draw()).toMatch(/^[a-z][a-z0-9]{5}$/);
  });
});
