// `--models`: the same request gives the same plan each time, and no request is refused only because the models were furnished for another one.
import { describe, expect, it } from 'vitest';
import { inspect } from '../../../src/activities/inspect.js';
import { SharedSystems } from '../../../src/activities/shared-system.js';
import { modelsOf } from '../../../src/cli/models-of.js';
import { systemClock, systemRandomness } from '../../../src/clock/system-clock.js';
import { parseRequest } from '../../../src/config/request.js';
import { planCopy, requirePlan } from '../../../src/domain/plan-rules/plan-copy.js';
import { createModels } from '../../../src/worker/models.js';

/** As a run finds it, in a process of its own. */
async function planOf(written: unknown) {
  const { inventory, request } = await modelsOf(written);
  const models = await createModels(inventory, {
    clock: systemClock,
    randomness: systemRandomness,
  });
  const parsed = parseRequest(request);
  const token = systemRandomness.token(6);
  const systems = new SharedSystems(systemClock);
  const found = await inspect({ ...models, clock: systemClock, systems } as never, parsed, token);
  const { arrayHosts, declaredHosts } = models;
  await models.close();
  return requirePlan(planCopy({ request: parsed, token, arrayHosts, declaredHosts, ...found }));
}

const nightly = {
  name: 'nightly',
  array: 'svc1',
  volumes: [
    { source: 'db_data1', target: 'db_copy1' },
    { source: 'db_data2', target: 'db_copy2' },
  ],
  sources: [{ host: 'source1', method: 'quiesce' }],
  targets: [{ host: 'backup1', mounts: [{ from: '/data', at: '/backup/data' }] }],
};

describe('a plan on models', () => {
  it('has the same hash each time, so that it can be approved', async () => {
    const [first, second] = [await planOf(nightly), await planOf(nightly)];
    expect(second.token).not.toBe(first.token);
    expect(second.hash).toBe(first.hash);
    expect((await planOf({ ...nightly, approval: first.hash })).hash).toBe(first.hash);
  });

  it('of several source hosts gives each its volumes and mounts', async () => {
    const sources = ['source1', 'source2'].map((host) => ({ host, method: 'quiesce' }));
    const { sources: planned } = await planOf({ ...nightly, sources });
    expect(planned.map(({ host, mounts }) => [host, mounts.map((one) => one.mountPoint)])).toEqual([
      ['source1', ['/data']],
      ['source2', ['/data1']],
    ]);
  });

  it('gives each host the mount points that the request names for it', async () => {
    const sources = [
      { host: 'source1', method: 'quiesce' },
      { host: 'source2', method: 'quiesce', mounts: ['/log'] },
    ];
    const mounts = ['/data', '/log'].map((from) => ({ from, at: `/backup${from}` }));
    const plan = await planOf({ ...nightly, sources, targets: [{ host: 'backup1', mounts }] });
    expect(plan.targets[0]!.fileSystems.map(({ from }) => from).sort()).toEqual(['/data', '/log']);
  });

  it('of a restore finds production as well as its copy', async () => {
    const restore = {
      name: 'back',
      array: 'svc1',
      volumes: nightly.volumes.map(({ source, target }) => ({ source: target, target: source })),
      sources: [{ host: 'backup1', method: 'quiesce' }],
      targets: [{ host: 'source1' }],
      copy: { kind: 'restore' },
    };
    const { targets } = await planOf(restore);
    expect(targets[0]!.synthesis).toBe('former');
    expect(targets[0]!.fileSystems).toMatchObject([{ at: '/data', from: '/copy/data' }]);
    expect(targets[0]!.volumeGroups).toMatchObject([{ name: 'vg_data' }]);
  });
});
