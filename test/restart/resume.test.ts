// A run goes on where it was: the worker is killed in a long step, the next one has that step in hand within 5 s, and nothing before it happens again.
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { end, start, violations, type End } from './copies.js';
import { kill, seen, Stage } from './stage.js';

const MOST_MS = 5_000;
const STEPS = [
  { step: 'prepare', at: 'flashCopyPrepareGroup' },
  { step: 'background copy', at: 'flashCopyAwaitCopied' },
  { step: 'synthesis', at: 'flashCopySynthesise' },
  { step: 'verify', at: 'flashCopyVerify' },
] as const;

let stage: Stage;
let worker: ChildProcess;
const ends: End[] = [];

beforeAll(async () => {
  stage = await Stage.set(STEPS.map((_, at) => `app${at + 2}`));
  worker = await stage.hire();
});
afterAll(() => stage.strike());

describe('a worker killed in the middle of a step', () => {
  it.each(STEPS.map((one, at) => ({ ...one, source: at })))(
    'is taken over in $step',
    async ({ step, at, source }) => {
      const host = stage.san.sources[source]!;
      const workflowId = `flashcopy/${host.name}`;
      stage.gates.set(workflowId, { workflowId, at, when: 'before' });
      const copy = await start(stage, host, 'quiesce');
      await seen(
        () => at,
        () => stage.parked.has(workflowId),
      );
      const known = (await copy.handle.query<{ takenAt?: string }>('report')).takenAt;
      await kill(worker);
      const before = stage.calls.length;
      stage.release();
      worker = await stage.hire();
      const readyAt = performance.timeOrigin + performance.now();
      const after = () =>
        stage.calls.slice(before).filter((call) => call.workflowId === workflowId);
      await seen(
        () => `progress in ${step}`,
        () => after().some(({ what }) => what === at),
        20_000,
      );
      const tookMs = Math.round(after().find(({ what }) => what === at)!.at - readyAt);
      const ended = await end(stage, copy);
      console.log(`${step}: begun again ${tookMs} ms after the new worker was ready`);
      expect(tookMs).toBeLessThan(MOST_MS);
      expect({ outcome: ended.report.outcome, verified: ended.report.verified }).toEqual({
        ...{ outcome: 'done', verified: true },
      });
      const again = after().map(({ what }) => what);
      expect(again[0], 'nothing that was done is done again').toBe(at);
      if (known !== undefined) {
        expect(ended.report.takenAt).toBe(known);
        expect(again).not.toContain('flashCopyTakePointInTime');
      }
      const starts = stage.san.arrays
        .get('svc1')!
        .starts.filter(({ group }) => group.startsWith(`${host.name}_`));
      expect(starts).toHaveLength(1);
      ends.push(ended);
    },
  );

  it('leaves nothing behind, and copies that are good', async () => {
    expect(ends).toHaveLength(STEPS.length);
    expect(await violations(stage, ends)).toEqual([]);
  });
});
