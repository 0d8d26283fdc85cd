// Groups: created or adopted by reading, never forced; flush failures bounded; a shared listing that is never trusted for a verdict.
import { describe, expect, it, vi } from 'vitest';
import type { StorageArray } from '../../../src/array/array.js';
import type { GroupState } from '../../../src/domain/mapping.js';
import { withMethods } from '../../../src/testing/index.js';
import { failure, GROUP, preparedSan, quiesceOrder, REF, san, type San } from './san.js';

const ensure = (made: San, group = made.group) =>
  made.run('flashCopyEnsureGroup', { ...REF, group });
const prepare = (made: San, timeoutMs = 600_000) =>
  made.run('flashCopyPrepareGroup', { ...REF, ...GROUP, timeoutMs });
const state = async (made: San) => (await made.storage.readGroup(GROUP.group))?.state;
const withArray =
  (replace: (array: StorageArray) => Partial<StorageArray>) =>
  ({ arrays }: { arrays: (name: string) => StorageArray }) => ({
    arrays: (name: string) => withMethods(arrays(name), replace(arrays(name))),
  });

describe('flashCopyEnsureGroup', () => {
  it('refuses a volume that is another one than planned', async () => {
    const made = await san();
    const [first, ...others] = made.group.mappings;
    const mappings = [{ ...first!, target: { ...first!.target, uid: '0'.repeat(32) } }, ...others];
    expect((await failure(ensure(made, { ...made.group, mappings }))).type).toBe('PLAN_OUTDATED');
    expect(await made.storage.readGroups()).toEqual([]);
  });

  it('refuses a mapping that stands in the way with other attributes', async () => {
    const made = await san();
    await made.ok('mkfcmap -name fc_data_copy -source log -target data_copy');
    expect((await failure(ensure(made))).type).toBe('PLAN_OUTDATED');
  });

  it('refuses a target that appeared since the plan, in whatever attempt', async () => {
    const made = await san();
    await made.ok('mkvdisk -name new_copy -mdiskgrp Pool0 -size 4194304 -unit b');
    const [first] = made.group.mappings;
    const target = { name: 'new_copy', uid: '', capacityBytes: first!.source.capacityBytes };
    const group = {
      ...made.group,
      mappings: [{ ...first!, target, createTarget: { pool: 'Pool0' } }],
    };
    for (const attempt of [1, 2]) {
      const env = made.environment({ attempt });
      const again = made.run('flashCopyEnsureGroup', { ...REF, group }, env);
      expect((await failure(again)).type).toBe('PLAN_OUTDATED');
      await made.run('flashCopyRemoveCreated', { ...REF, group });
      expect(await made.storage.readVDisks(['new_copy'])).toHaveLength(1);
    }
  });

  it('does not mistake a lost answer for a conflict: the repeat finds its own mapping', async () => {
    const made = await san(
      withArray((array) => {
        let lost = false;
        return {
          createMapping: async (mapping) => {
            await array.createMapping(mapping);
            if (!lost) throw ((lost = true), new Error('connection reset'));
          },
        };
      }),
    );
    expect((await failure(ensure(made))).type).toBe('UNEXPECTED');
    const { created } = await ensure(made);
    expect(created).toEqual([
      ...made.group.mappings.map(({ name }) => `mapping:${name}`),
      `group:${GROUP.group}`,
    ]);
    expect(await made.storage.readMappings()).toHaveLength(3);
  });

  it("renames the set's former group to this run's name and tells the former start times", async () => {
    const made = await preparedSan();
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    const before = await made.storage.readMappings();
    const mappings = made.group.mappings.map((mapping) => {
      const found = before.find(({ name }) => name === mapping.name)!;
      return {
        ...mapping,
        existing: { group: found.group, state: found.state, startTime: found.startTime },
      };
    });
    const existing = { name: GROUP.group, state: 'copying' };
    const answer = await ensure(made, {
      ...made.group,
      name: 'nightly_zz9999',
      existing,
      mappings,
    });
    expect(answer.created).toEqual([]);
    expect(answer.startTimes).toEqual(before.map(({ startTime }) => startTime));
    expect((await made.storage.readGroups()).map(({ name }) => name)).toEqual(['nightly_zz9999']);
  });
});

describe('flashCopyMakePreparable', () => {
  it('does not stop a copy that the plan did not see', async () => {
    const made = await preparedSan();
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    const failed = await failure(
      made.run('flashCopyMakePreparable', { ...REF, group: made.group }),
    );
    expect(failed.type).toBe('PLAN_OUTDATED');
    expect(await state(made)).toBe('copying');
  });

  it('waits out preparing, for stop is illegal there, and then stops', async () => {
    const made = await san();
    await ensure(made);
    await made.ok(`prestartfcconsistgrp ${GROUP.group}`);
    expect(await state(made)).toBe('preparing');
    const group = { ...made.group, existing: { name: GROUP.group, state: 'preparing' } };
    await made.run('flashCopyMakePreparable', { ...REF, group });
    expect(['stopped', 'idle_or_copied']).toContain(await state(made));
  });
});

describe('flashCopyPrepareGroup', () => {
  it('refuses while a target is mapped to anybody', async () => {
    const made = await san();
    await ensure(made);
    await made.ok('mkvdiskhostmap -host web1 log_copy');
    const failed = await failure(prepare(made));
    expect(failed).toMatchObject({
      type: 'NOT_RELEASED',
      details: { details: { maps: ['log_copy to web1'] } },
    });
    expect(await state(made)).toBe('idle_or_copied');
  });

  it('does not prepare again what somebody else started meanwhile: the copy is complete by now', async () => {
    const states: GroupState[] = [];
    const prepareGroup = vi.fn(() => Promise.resolve());
    const made = await san(
      withArray((array) => ({
        prepareGroup,
        readGroup: async (name) => {
          const group = await array.readGroup(name);
          return group && { ...group, state: states.shift() ?? 'idle_or_copied' };
        },
      })),
    );
    await ensure(made);
    states.push('preparing', 'idle_or_copied');
    expect((await failure(prepare(made))).type).toBe('NOT_PREPARABLE');
    expect(prepareGroup).toHaveBeenCalledTimes(1);
  });

  it('leaves it to the next attempt to prepare again when the flush failed, three in all', async () => {
    let prepares = 0;
    const made = await san(
      withArray((array) => ({
        prepareGroup: () => Promise.resolve(void (prepares += 1)),
        readGroup: async (name) => {
          const group = await array.readGroup(name);
          return group && prepares > 0 ? { ...group, state: 'stopped' } : group;
        },
        readMappings: async () =>
          (await array.readMappings()).map((one) =>
            prepares > 0 ? { ...one, state: 'stopped' } : one,
          ),
      })),
    );
    await ensure(made);
    let beat: object = {};
    for (const [attempt, retry] of [
      [1, 'after-check'],
      [2, 'after-check'],
      [3, 'never'],
    ] as const) {
      // Not by the same attempt: its run may be gone, and the stop its guard's.
      prepares = 0;
      const order = { ...REF, ...GROUP, timeoutMs: 600_000 };
      // The failures are counted in the heartbeat: a worker that died between them has used up none.
      const heartbeatDetails = { ...beat, trouble: { ms: 0, failedAt: 0, attempt: attempt - 1 } };
      const environment = made.environment({ attempt, heartbeatDetails });
      environment.on('heartbeat', (details: object | undefined) => (beat = details ?? beat));
      const failed = await failure(made.run('flashCopyPrepareGroup', order, environment));
      expect(failed).toMatchObject({ type: 'FLUSH_FAILED', details: { retry } });
      expect(prepares).toBe(1);
    }
  });

  it('reads the state again when the array refuses it, and says the refusal when it stays', async () => {
    const made = await san();
    await ensure(made);
    made.system.faults.add({ on: 'prestartfcconsistgrp', do: { code: 'CMMVC5901E' } });
    await prepare(made);
    expect(await state(made)).toBe('prepared');
    await made.run('flashCopyUnprepareGroup', { ...REF, ...GROUP });
    made.system.faults.add({ on: 'prestartfcconsistgrp', do: { code: 'CMMVC6310E' }, times: 9 });
    const failed = await failure(prepare(made));
    expect(failed).toMatchObject({
      type: 'WRONG_STATE',
      details: { details: { cmmvc: 'CMMVC6310E' } },
    });
  });

  it('sends a prepare once that is refused for good, with a code that our table lacks', async () => {
    const made = await san();
    await ensure(made);
    const fault = { on: 'prestartfcconsistgrp', do: { code: 'CMMVC9406E' }, times: 9 } as const;
    made.system.faults.add(fault);
    const failed = await failure(prepare(made));
    expect(failed).toMatchObject({
      type: 'ARRAY_REFUSED',
      details: {
        ...{ outcome: 'not-done', retry: 'never', details: { cmmvc: 'CMMVC9406E' } },
        message: expect.stringContaining('CMMVC9406E') as string,
      },
    });
    expect(made.system.faults.list()[0]?.left).toBe(8);
  });

  it('gives up when the array takes longer than allowed, and says in which state', async () => {
    const made = await san(
      withArray((array) => ({
        readGroup: async (name) => {
          const group = await array.readGroup(name);
          return (
            group && { ...group, state: group.state === 'prepared' ? 'preparing' : group.state }
          );
        },
      })),
    );
    await ensure(made);
    const failed = await failure(prepare(made, 5_000));
    expect(failed).toMatchObject({
      type: 'PREPARE_TIMED_OUT',
      details: { details: { state: 'preparing' } },
    });
  });

  it('is done when the group is prepared already', async () => {
    const made = await preparedSan();
    await prepare(made);
    expect(await state(made)).toBe('prepared');
  });
});

describe('flashCopyUnprepareGroup', () => {
  it('leaves a group alone that copies: a late start must be judged, not stopped', async () => {
    const made = await preparedSan();
    await made.ok(`startfcconsistgrp ${GROUP.group}`);
    await made.run('flashCopyUnprepareGroup', { ...REF, ...GROUP });
    expect(await state(made)).toBe('copying');
  });

  it('brings a prepared group back, and is content with one that is gone', async () => {
    const made = await preparedSan();
    await made.run('flashCopyUnprepareGroup', { ...REF, ...GROUP });
    expect(await state(made)).not.toBe('prepared');
    await made.run('flashCopyUnprepareGroup', { ...REF, array: 'svc1', group: 'nobody' });
  });
});

describe('flashCopyFenceGroup', () => {
  it('makes a late start miss its group, and may be repeated', async () => {
    const made = await preparedSan();
    const order = { ...REF, ...GROUP, newName: 'nightly_f00000' };
    await made.run('flashCopyFenceGroup', order);
    const late = await made.system.execute(`startfcconsistgrp ${GROUP.group}`);
    expect(late.exitCode).not.toBe(0);
    expect((await made.run('flashCopyFenceGroup', order)).state).toBe('prepared');
  });
});

describe('flashCopyAwaitCopied', () => {
  it('fails benign with the progress as message and the delay to the next look', async () => {
    const made = await preparedSan();
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    const failed: unknown = await made
      .run('flashCopyAwaitCopied', GROUP)
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({
      type: 'COPY_RUNNING',
      nonRetryable: false,
      category: 'BENIGN',
      nextRetryDelay: 2000,
    });
    expect((failed as Error).message).toMatch(/slowest volume at \d+ %, \d of 3 independent/);
  });

  it('lists once for all runs that wait', async () => {
    const reads = vi.fn();
    const made = await preparedSan(
      withArray((array) => ({ readMappings: () => (reads(), array.readMappings()) })),
    );
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    reads.mockClear();
    await Promise.all([1, 2, 3, 4].map(() => failure(made.run('flashCopyAwaitCopied', GROUP))));
    expect(reads).toHaveBeenCalledTimes(1);
  });

  it('does not take a listing from before the start for the end of the copy', async () => {
    let old = true;
    const made = await preparedSan(
      withArray((array) => ({
        readMappings: async () => {
          const mappings = await array.readMappings();
          return old
            ? mappings.map((one) => ({
                ...one,
                state: 'idle_or_copied' as const,
                progressPercent: 100,
              }))
            : mappings;
        },
      })),
    );
    await failure(made.run('flashCopyAwaitCopied', GROUP));
    old = false;
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect((await failure(made.run('flashCopyAwaitCopied', GROUP))).type).toBe('COPY_RUNNING');
  });

  it('does not miss its group in a listing from before the group got its name', async () => {
    const made = await preparedSan();
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    await failure(made.run('flashCopyAwaitCopied', GROUP));
    await made.ok(`chfcconsistgrp -name nightly_next01 ${GROUP.group}`);
    const next = { ...GROUP, group: 'nightly_next01' };
    expect((await failure(made.run('flashCopyAwaitCopied', next))).type).toBe('COPY_RUNNING');
  });

  it('ends the waiting when somebody stopped the copy', async () => {
    const made = await preparedSan();
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    await made.ok(`stopfcconsistgrp ${GROUP.group}`);
    await made.clock.advance(60_000);
    expect((await failure(made.run('flashCopyAwaitCopied', GROUP))).type).toBe('COPY_STOPPED');
  });

  it('succeeds once every volume is at 100 %', async () => {
    const made = await preparedSan();
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    await made.clock.advance(600_000);
    const { volumes } = await made.run('flashCopyAwaitCopied', GROUP);
    expect(volumes.map(({ independent }) => independent)).toEqual([true, true, true]);
  });
});

describe('flashCopyRemoveCreated', () => {
  it('removes what the run created', async () => {
    const made = await san();
    await ensure(made);
    await made.run('flashCopyRemoveCreated', { ...REF, group: made.group });
    expect([await made.storage.readGroups(), await made.storage.readMappings()]).toEqual([[], []]);
  });

  it('leaves everything alone once it was prepared', async () => {
    const made = await preparedSan();
    const failed = await failure(made.run('flashCopyRemoveCreated', { ...REF, group: made.group }));
    expect(failed.type).toBe('CREATED_IN_USE');
    expect(await made.storage.readMappings()).toHaveLength(3);
  });
});
