// A whole copy, planned by the rules and carried out activity by activity, twice: no writer ever stops, and the copy is one instant.
import { describe, expect, it } from 'vitest';
import type { FlashCopyRequest } from '../../../src/domain/request.js';
import { readRecords, sameInstant } from '../../../src/testing/index.js';
import { failure, san, type San } from './san.js';

const request = (made: San, over: Partial<FlashCopyRequest> = {}): FlashCopyRequest => ({
  name: 'nightly',
  groups: [
    {
      array: 'svc1',
      volumes: ['data', 'log', 'web'].map((name) => ({
        ...{ source: name, target: `${name}_copy`, overwrite: made.uid(`${name}_copy`) },
      })),
    },
  ],
  sources: ['app1', 'web1'].map((host) => ({
    host,
    method: 'quiesce',
    units: [],
    applications: [],
    mounts: 'auto',
  })),
  targets: [
    {
      ...{ host: 'dev1', synthesis: 'auto', volumeGroups: {}, keepMapped: false },
      mounts: ['/db', '/logs', '/web'].map((from) => ({
        from,
        at: `/copy${from}`,
        readOnly: false,
      })),
    },
  ],
  copy: { rate: 100, cleanRate: 50, incremental: false, grainSize: 256, waitFor: 'started' },
  ...{
    grade: 'filesystem',
    maxPauseMs: 30_000,
    maxOutageMs: 300_000,
    maxPreparedMs: 600_000,
    withinMs: 600_000,
    attempts: 1,
  },
  verify: { fileSystem: true },
  ...over,
});

async function copyOnce(made: San, token: string) {
  const plan = await made.run('flashCopyPlan', { request: request(made), token });
  const ref = { set: plan.set, run: `${plan.set}-${token}` };
  const [group, target] = [plan.groups[0]!, plan.targets[0]!];
  const name = { array: group.array, group: group.name };
  await made.run('flashCopyEnsureGroup', { ...ref, group });
  await made.run('flashCopyMakePreparable', { ...ref, group });
  await made.run('flashCopyReleaseTarget', { ...ref, target });
  for (const source of plan.sources) await made.run('flashCopyPreFlush', { ...ref, source });
  await made.run('flashCopyPrepareGroup', { ...ref, ...name, timeoutMs: plan.maxPreparedMs });
  made.writer.start();
  await made.clock.advance(500);
  const cut = await made.run('flashCopyTakePointInTime', {
    ...ref,
    groups: [{ array: group.array, name: group.name }],
    sources: plan.sources,
    maxPauseMs: plan.maxPauseMs,
  });
  await made.clock.advance(500);
  for (const source of plan.sources) await made.run('flashCopyGiveBack', { ...ref, source });
  for (const source of plan.sources) await made.run('flashCopyMarkAfter', { ...ref, source });
  await made.clock.run(made.writer.stop());
  await made.run('flashCopyPresent', { ...ref, target });
  await made.run('flashCopySynthesise', { ...ref, target });
  await made.run('flashCopyMount', { ...ref, target, check: true });
  const verdict = await made.run('flashCopyVerify', { ...ref, target });
  const lasts = await Promise.all(
    ['/copy/logs', '/copy/db'].map((at) => readRecords(made.dev1.kernel.mountAt(at)!.fileSystem)),
  );
  return { cut, verdict, lasts };
}

describe('the activities, one after another', () => {
  it('refuse a target whose data nobody gave up, all reasons at once, and touch nothing', async () => {
    const made = await san();
    const volumes = ['data', 'log'].map((name) => ({ source: name, target: `${name}_copy` }));
    const asked = request(made, { groups: [{ array: 'svc1', volumes }] });
    const failed = await failure(made.run('flashCopyPlan', { request: asked, token: 'aaaaaa' }));
    expect(failed.details).toMatchObject({ family: 'plan', outcome: 'not-done', retry: 'never' });
    expect(await made.storage.readGroups()).toEqual([]);
  });

  it('carry out a planned copy, and the next one of the same set over it', async () => {
    const made = await san();
    const first = await copyOnce(made, 'aaaaaa');
    const second = await copyOnce(made, 'bbbbbb');
    for (const { cut, verdict, lasts } of [first, second]) {
      expect(cut.error).toBeUndefined();
      expect(cut.attestations?.map(({ broken }) => broken)).toEqual(['', '']);
      expect(verdict).toEqual({ contradictions: [], checked: 3, changed: [] });
      expect(sameInstant(lasts)).toBe(true);
    }
    expect(second.lasts[0]).toBeGreaterThan(first.lasts[0]!);
  });
});
