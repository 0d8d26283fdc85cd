// What a copy of an existing group no longer asks the array for is told by what it reads anyway: each test holds a lie against that.
import { describe, expect, it, vi } from 'vitest';
import type { StorageArray } from '../../../src/array/array.js';
import { expectedMapping } from '../../../src/domain/plan.js';
import { withMethods } from '../../../src/testing/index.js';
import { carryOut, copied, plan, rawRequest } from './carry-out.js';
import { failure, GROUP, preparedSan, quiesceOrder, REF, san, type San } from './san.js';

const members = (made: San) =>
  made.group.mappings.map((mapping) => expectedMapping(mapping, made.group));
const ensure = (made: San, group = made.group) =>
  made.run('flashCopyEnsureGroup', { ...REF, group });
const prepare = (made: San, mappings = members(made)) =>
  made.run('flashCopyPrepareGroup', { ...REF, ...GROUP, mappings, timeoutMs: 600_000 });
const state = async (made: San) => (await made.storage.readGroup(GROUP.group))?.state;
const reading =
  (replace: (array: StorageArray) => Partial<StorageArray>) =>
  ({ arrays }: { arrays: (name: string) => StorageArray }) => ({
    arrays: (name: string) => withMethods(arrays(name), replace(arrays(name))),
  });

/** Commands by verb; of several in one line, each. */
async function commandsOf(made: San, work: () => Promise<unknown>): Promise<string[]> {
  const execute = vi.spyOn(made.system, 'execute');
  await work();
  const lines = execute.mock.calls.flatMap(([line]) => line.split('; '));
  execute.mockRestore();
  return lines.map((line) => line.split(' ')[0] ?? '');
}

/** Pairs of the set's volumes, copied for their bytes. */
const request = (made: San, names = ['data', 'log', 'web']) =>
  rawRequest(
    names.map((name) => ({
      source: name,
      target: `${name}_copy`,
      overwrite: made.uid(`${name}_copy`),
    })),
    {},
    'nightly',
  );

async function unmapped(made: San): Promise<void> {
  await made.ok('rmvdiskhostmap -host app1 data');
  await made.ok('rmvdiskhostmap -host app1 log');
  await made.ok('rmvdiskhostmap -host web1 web');
}

/** A set that was copied once, completely, and the plan of its next copy. */
async function nextPlan() {
  const made = await san();
  await unmapped(made);
  const { group } = await carryOut(made, request(made), 'aaaaaa');
  await copied(made, group);
  return { made, former: group, planned: (await plan(made, request(made), 'bbbbbb')).groups[0]! };
}

/** A prepare that fails: how, and the commands it took. */
async function refused(
  made: San,
  planned: San['group'],
  { attempt = 1, runId = 'first' }: { readonly attempt?: number; readonly runId?: string } = {},
) {
  const mappings = planned.mappings.map((mapping) => expectedMapping(mapping, planned));
  const order = {
    ...{ ...REF, array: 'svc1', group: planned.name, mappings, timeoutMs: 600_000 },
    firstRunId: 'first',
  };
  let failed: Awaited<ReturnType<typeof failure>> | undefined;
  const verbs = await commandsOf(made, async () => {
    failed = await failure(
      made.run(
        'flashCopyPrepareGroup',
        order,
        made.environment({ attempt, workflowExecution: { workflowId: 'w', runId } }),
      ),
    );
  });
  return { failed: failed!, verbs };
}

/** Nothing was sent, by no attempt. */
const untouched = ({ details }: { readonly details: unknown }): boolean =>
  (details as { details: { untouched?: boolean } }).details.untouched === true;

describe('a group that is prepared', () => {
  it('may hold nothing that was not planned: its data would go too (P3)', async () => {
    const made = await san();
    await ensure(made);
    await made.ok('mkvdisk -name other -mdiskgrp Pool0 -size 4194304 -unit b');
    await made.ok('mkvdisk -name dear -mdiskgrp Pool0 -size 4194304 -unit b');
    await made.ok(`mkfcmap -name fc_dear -source other -target dear -consistgrp ${GROUP.group}`);
    expect(await failure(prepare(made))).toMatchObject({
      type: 'PLAN_OUTDATED',
      details: { details: { mappings: ['fc_dear'] } },
    });
    expect(await state(made)).toBe('idle_or_copied');
  });

  it('holds every mapping that was planned', async () => {
    const made = await san();
    await ensure(made);
    await made.ok('chfcmap -consistgrp 0 fc_log_copy');
    expect(await failure(prepare(made))).toMatchObject({
      type: 'PLAN_OUTDATED',
      details: { details: { mappings: ['fc_log_copy'] } },
    });
    expect(await state(made)).toBe('idle_or_copied');
  });

  it('is judged by the listing of mappings where its own view names none', async () => {
    const silent = reading((array) => ({
      readGroup: async (name) => {
        const group = await array.readGroup(name);
        return group && { ...group, members: [] };
      },
    }));
    const made = await san(silent);
    await ensure(made);
    expect((await failure(prepare(made, members(made).slice(1)))).type).toBe('PLAN_OUTDATED');
    await prepare(made);
    expect(await state(made)).toBe('prepared');
  });

  it('has no target that anybody sees, by the plan’s own names', async () => {
    const made = await san();
    await ensure(made);
    await made.ok('mkvdiskhostmap -host web1 log_copy');
    expect((await failure(prepare(made))).type).toBe('NOT_RELEASED');
    expect(await state(made)).toBe('idle_or_copied');
  });
});

describe('a group that is found', () => {
  it('is told to be preparable at rest, and not while it copies or copies of others have to be stopped', async () => {
    const made = await san();
    expect((await ensure(made)).preparable).toBe(true);
    const stopFirst = [{ mapping: 'fc_other', group: '' }];
    expect((await ensure(made, { ...made.group, stopFirst })).preparable).toBe(false);
    await prepare(made);
    expect((await ensure(made)).preparable).toBe(false);
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect((await ensure(made)).preparable).toBe(false);
  });

  it('exactly as wanted is renamed and nothing else: what was changed since the plan is found right before prepare', async () => {
    const { made, planned } = await nextPlan();
    expect(planned.asFound).toBe(true);
    expect(await commandsOf(made, () => ensure(made, planned))).toEqual(['chfcconsistgrp']);
  });

  it.each([
    ['with another copy rate', { rate: 30 }],
    ['with another clean rate than usual', { cleanRate: 80 }],
  ])('%s is given it, and listed for that', async (_what, copy) => {
    const { made } = await nextPlan();
    const wanted = { ...request(made), copy: { ...request(made).copy, ...copy } };
    const planned = (await plan(made, wanted, 'bbbbbb')).groups[0]!;
    expect(planned.asFound).toBe(undefined);
    await ensure(made, planned);
    for (const { name } of planned.mappings)
      expect(await made.storage.readMapping(name)).toMatchObject({
        copyRate: planned.copyRate,
        cleanRate: planned.cleanRate,
      });
  });

  it('has its volumes looked at as long as a mapping was never started', async () => {
    const made = await san();
    await ensure(made);
    const existing = { group: GROUP.group, state: 'idle_or_copied' as const, startTime: '' };
    const [first, ...others] = made.group.mappings.map((mapping) => ({ ...mapping, existing }));
    const mappings = [{ ...first!, target: { ...first!.target, uid: '0'.repeat(32) } }, ...others];
    const group = {
      ...made.group,
      existing: { name: GROUP.group, state: 'idle_or_copied' },
      mappings,
    };
    expect((await failure(ensure(made, group))).type).toBe('PLAN_OUTDATED');
  });
});

describe('the listing right before prepare', () => {
  type Lie = (made: San, group: string) => Promise<unknown>;
  const anew = (target: string) => async (made: San, group: string) => {
    await made.ok('rmfcmap fc_log_copy');
    await made.ok(
      `mkfcmap -name fc_log_copy -source log -target ${target} -consistgrp ${group} -copyrate 100`,
    );
  };
  const dear = (made: San) => made.ok('mkvdisk -name dear -mdiskgrp Pool0 -size 4194304 -unit b');

  it.each<[string, Lie]>([
    [
      'a mapping of that name has another target',
      async (made, group) => dear(made).then(() => anew('dear')(made, group)),
    ],
    [
      'a volume of that name is another one, and its mapping was made anew',
      async (made, group) => {
        await made.ok('rmfcmap fc_log_copy');
        await made.ok('rmvdisk log_copy');
        await made.ok('mkvdisk -name log_copy -mdiskgrp Pool0 -size 4194304 -unit b');
        await made.ok(
          `mkfcmap -name fc_log_copy -source log -target log_copy -consistgrp ${group} -copyrate 100`,
        );
      },
    ],
    [
      'a target has changed its name with another',
      (made) =>
        made
          .ok('chvdisk -name was_log_copy log_copy')
          .then(() => made.ok('mkvdisk -name log_copy -mdiskgrp Pool0 -size 4194304 -unit b')),
    ],
    ['a mapping has left', (made) => made.ok('chfcmap -consistgrp 0 fc_log_copy')],
    [
      'another one has joined',
      async (made, group) => {
        await dear(made);
        await made.ok('mkvdisk -name other -mdiskgrp Pool0 -size 4194304 -unit b');
        await made.ok(`mkfcmap -name fc_dear -source other -target dear -consistgrp ${group}`);
      },
    ],
  ])('finds what somebody did after the group got its name: %s (P3)', async (_what, lie) => {
    const { made, planned } = await nextPlan();
    await ensure(made, planned);
    await lie(made, planned.name);
    const { failed, verbs } = await refused(made, planned);
    expect(failed.type).toBe('PLAN_OUTDATED');
    expect(untouched(failed)).toBe(true);
    expect(verbs).not.toContain('prestartfcconsistgrp');
  });

  it('refuses a group that somebody started meanwhile, and says that its targets are no longer what they were', async () => {
    const { made, planned } = await nextPlan();
    await ensure(made, planned);
    for (const { name } of planned.mappings) await made.ok(`chfcmap -copyrate 0 ${name}`);
    await made.clock.run(made.ok(`startfcconsistgrp -prep ${planned.name}`));
    const { failed, verbs } = await refused(made, planned);
    expect(failed).toMatchObject({
      type: 'NOT_PREPARABLE',
      details: { details: { state: 'copying' } },
    });
    expect(untouched(failed)).toBe(false);
    expect(verbs).not.toContain('prestartfcconsistgrp');
  });

  it('says of what it refuses that nothing was sent, unless an attempt before may have sent it', async () => {
    const { made, planned } = await nextPlan();
    await ensure(made, planned);
    await made.ok('mkhost -name stranger -fcwwpn 5005076801234567 -force');
    await made.ok('mkvdiskhostmap -host stranger log_copy');
    const { failed } = await refused(made, planned);
    expect(failed.type).toBe('NOT_RELEASED');
    expect(untouched(failed)).toBe(true);
    expect(untouched((await refused(made, planned, { attempt: 2 })).failed)).toBe(false);
    const reset = await refused(made, planned, { runId: 'another life' });
    expect(untouched(reset.failed), 'a former life may have sent it').toBe(false);
  });

  it('is followed by the names while the group prepares', async () => {
    let lies = false;
    const made = await san(
      reading((array) => ({
        readGroup: async (name) => {
          const group = await array.readGroup(name);
          return lies && group
            ? { ...group, members: [...(group.members ?? []), 'fc_dear'] }
            : group;
        },
      })),
    );
    await ensure(made);
    lies = true;
    const failed = await failure(prepare(made));
    expect(failed.type).toBe('PLAN_OUTDATED');
    expect(untouched(failed)).toBe(false);
  });
});

describe('reading a group', () => {
  it('asks the array for its state when mappings are not all in one, or there are none', async () => {
    const made = await preparedSan();
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect((await made.run('flashCopyReadGroup', GROUP)).state).toBe('copying');
    await made.ok('chfcmap -copyrate 150 fc_data_copy');
    await made.ok('chfcmap -copyrate 0 fc_log_copy');
    await made.clock.advance(600_000);
    const mixed = await made.run('flashCopyReadGroup', GROUP);
    expect(new Set(mixed.volumes.map((volume) => volume.state))).toEqual(
      new Set(['copying', 'idle_or_copied']),
    );
    expect(mixed.state).toBe('copying');
    const ghost = made.run('flashCopyReadGroup', { ...GROUP, group: 'ghost' });
    expect((await failure(ghost)).type).toBe('GROUP_MISSING');
  });
});

describe('a plan', () => {
  it('reads neither system, hosts nor groups again for a group that tells its state itself', async () => {
    const { made } = await nextPlan();
    const verbs = await commandsOf(made, () => plan(made, request(made), 'cccccc'));
    expect(verbs).toEqual(['lsvdisk', 'lsfcmap', 'lshostvdiskmap']);
  });

  it('reads the groups when a pair is new, or mappings differ in state', async () => {
    const { made, former } = await nextPlan();
    const more = request(made, ['data', 'log', 'web']);
    await made.ok('rmfcmap fc_web_copy');
    expect(await commandsOf(made, () => plan(made, more, 'dddddd'))).toContain('lsfcconsistgrp');
    await made.ok(
      `mkfcmap -name fc_web_copy -source web -target web_copy -consistgrp ${former.group} -copyrate 0`,
    );
    await made.ok(`prestartfcconsistgrp ${former.group}`);
    await made.clock.advance(60_000);
    await made.ok(`startfcconsistgrp ${former.group}`);
    await made.clock.advance(600_000);
    const [planned] = (await plan(made, more, 'eeeeee')).groups;
    expect(new Set(planned?.mappings.map((mapping) => mapping.existing?.state)).size).toBe(2);
    expect(planned?.existing).toEqual({ name: former.group, state: 'copying' });
  });

  it('asks again for the system after minutes, and after a reading that failed', async () => {
    let reads = 0;
    const made = await san(
      reading((array) => ({
        readSystem: () => {
          reads += 1;
          return reads === 1 ? Promise.reject(new Error('connection reset')) : array.readSystem();
        },
      })),
    );
    await unmapped(made);
    expect((await failure(plan(made, request(made), 'aaaaaa'))).type).toBe('UNEXPECTED');
    for (const expected of [2, 2]) {
      await plan(made, request(made), 'aaaaaa');
      expect(reads).toBe(expected);
    }
    await made.clock.advance(400_000);
    await plan(made, request(made), 'aaaaaa');
    expect(reads).toBe(3);
  });
});

describe('the next copy of a group of any size', () => {
  it('costs the array these commands and no others', async () => {
    const { made, planned } = await nextPlan();
    const ref = { set: 'nightly', run: 'nightly-bbbbbb' };
    const at = { array: 'svc1', group: planned.name };
    const mappings = planned.mappings.map((mapping) => expectedMapping(mapping, planned));
    const verbs = await commandsOf(made, async () => {
      await made.run('flashCopyEnsureGroup', { ...ref, group: planned });
      await made.run('flashCopyPrepareGroup', { ...ref, ...at, mappings, timeoutMs: 600_000 });
      const groups = [{ array: 'svc1', name: planned.name }];
      await made.run('flashCopyTakePointInTime', {
        ...ref,
        groups,
        sources: [],
        maxPauseMs: 30_000,
      });
      await made.run('flashCopyReadGroup', at);
    });
    // While it prepares, the group is looked at until it is prepared.
    const looks = verbs.filter(
      (verb, at) => verb !== 'lsfcconsistgrp' || verbs[at - 1] !== 'lsfcconsistgrp',
    );
    expect(looks).toEqual([
      ...['chfcconsistgrp', 'lshostvdiskmap', 'lsfcmap', 'prestartfcconsistgrp'],
      ...['lsfcconsistgrp', 'startfcconsistgrp', 'lsfcmap'],
    ]);
  });
});
