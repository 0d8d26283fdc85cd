// Copies that take hours, on the time-skipping server: waiting costs neither history nor a slot, and a give back is never given up.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApplicationFailure } from '@temporalio/common';
import { carryOut, expectAllGivenBack, hire, type Crew } from './carry-out.js';
import { timeSkipping } from './temporal.js';
import type { Shape } from './request-and-plan.js';
import { failure, World } from './world.js';

let crew: Crew;

/** Time is not skipped while an activity runs: the guard's long poll waits between two attempts instead. */
function longWorld(shape: Shape): World {
  const world = new World(shape);
  world.on('flashCopyAwaitClose', () =>
    Promise.reject(ApplicationFailure.create({ type: 'STILL_OPEN', nextRetryDelay: '7d' })),
  );
  return world;
}

/** A server of its own for each test: what one leaves open would make the next run in real time. */
beforeEach(async () => {
  crew = await hire(timeSkipping);
});
afterEach(() => crew.env.teardown());

describe('a long copy', () => {
  it('gives back at the 25th try, and calls an operator meanwhile', async () => {
    const world = longWorld({ sources: { source1: 'unmount' } });
    const phases: string[] = [];
    world.on('flashCopyGiveBack', async (effect) => {
      // The guard's lease ends meanwhile: it tries beside the copy.
      phases.push(await world.phase());
      if (phases.length < 25) throw failure('HOST_AWAY', { retry: 'safe' });
      return effect();
    });
    const { report, events } = await carryOut(crew, world);
    expect(new Set(phases)).toEqual(new Set(['PAUSED', 'NEEDS_OPERATOR']));
    expect(report.outcome).toBe('done');
    expect(events).toBeLessThan(300);
    expectAllGivenBack(world);
  });

  it('waits for 100 % when asked to, without history', async () => {
    const world = longWorld({ waitFor: 'copied' });
    world.looksUntilCopied = 20;
    world.lookEveryMs = 30 * 60_000;
    const { report, events } = await carryOut(crew, world);
    expect(report.volumes.map(({ independent }) => independent)).toEqual([true]);
    expect(
      Date.parse(report.steps.at(-1)?.endedAt ?? '') - Date.parse(report.takenAt ?? ''),
    ).toBeGreaterThan(9 * 3_600_000);
    expect(events).toBeLessThan(300);
  });
});

describe('a copy whose identities are kept', () => {
  it('has its volume groups activated all the same: nothing could mount them otherwise', async () => {
    const world = new World({ keptGroups: ['vg_data'] });
    const { report } = await carryOut(crew, world);
    expect(report.outcome).toBe('done');
    expect(world.indexOf('flashCopySynthesise')).toBeGreaterThan(world.indexOf('flashCopyPresent'));
    expect(report.steps.find(({ name }) => name === 'synthesise')?.note).toBe(
      'identities are kept as asked',
    );
  });
});
