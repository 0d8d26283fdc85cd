// The worker dies at every command of ensure: the undo removes what is this run's own and nothing else,
// and where nobody undoes it, the next run finds it and removes or uses it.
import { describe, expect, it } from 'vitest';
import type { StorageArray } from '../../../src/array/array.js';
import { withMethods } from '../../../src/testing/index.js';
import { plan, rawRequest, volumes } from './carry-out.js';
import { failure, san, type San } from './san.js';

const MAKES = [
  'createVDisk',
  'createGroup',
  'renameGroup',
  'createMapping',
  'renameVDisk',
] as const;
const REMOVES = ['removeVDisk', 'removeGroup', 'removeMapping', 'changeMapping'] as const;
const CHANGES = [...MAKES, ...REMOVES];

interface Death {
  /** Changes that are still answered. */
  left: number;
  when: 'before' | 'after';
}

/** From the change on at which it dies, the worker's array answers nothing. */
const mortal =
  (death: Death) =>
  ({ arrays }: { arrays: (name: string) => StorageArray }) => ({
    arrays: (name: string) => {
      const array = arrays(name);
      const dying =
        (change: (...order: never[]) => Promise<void>) =>
        async (...order: never[]): Promise<void> => {
          death.left -= 1;
          if (death.left >= 0) return change(...order);
          if (death.left === -1 && death.when === 'after') await change(...order);
          throw new Error('the worker is dead');
        };
      return withMethods(
        array,
        Object.fromEntries(CHANGES.map((one) => [one, dying(array[one].bind(array) as never)])),
      );
    },
  });

const REQUEST = rawRequest([
  { source: 'one', target: 'one_new', create: { pool: 'Pool0' } },
  { source: 'two', target: 'two_new', create: { pool: 'Pool0' } },
]);

async function state({ storage }: San) {
  const [mappings, groups, vdisks] = await Promise.all([
    storage.readMappings(),
    storage.readGroups(),
    storage.readVDisksCalled('raw_'),
  ]);
  const made = await storage.readVDisks(['one_new', 'two_new']);
  return {
    mappings: mappings.map(({ name, target }) => `${name} ${target}`),
    groups: groups.map(({ name }) => name),
    volumes: [...vdisks, ...made].map(({ name }) => name),
  };
}

const EMPTY = { mappings: [], groups: [], volumes: [] };

async function ensure(made: San, token: string) {
  const planned = await plan(made, REQUEST, token);
  const group = planned.groups[0]!;
  const order = { set: 'raw', run: `raw-${token}`, group };
  return { planned, order, failed: await failure(made.run('flashCopyEnsureGroup', order)) };
}

/** Every place of a run that makes everything, before and after the command took effect. */
const PLACES = [0, 1, 2, 3, 4, 5, 6].flatMap((at) =>
  (['before', 'after'] as const).map((when) => ({ at, when })),
);

async function dead({ at, when }: (typeof PLACES)[number]) {
  const death: Death = { left: at, when };
  const made = await san(mortal(death));
  await volumes(made, 'one', 'two');
  const { order, failed } = await ensure(made, 'aaaaaa');
  expect(failed.type).toBe('UNEXPECTED');
  const reborn = (): void => void (death.left = Infinity);
  return { made, order, death, reborn };
}

describe.each(PLACES)('ensure, dead $when change $at', (place) => {
  it('is undone to the last object, whenever the undo dies in its turn', async () => {
    const { made, order, death, reborn } = await dead(place);
    for (const left of [0, 1, 2]) {
      death.left = left;
      await failure(made.run('flashCopyRemoveCreated', order));
    }
    reborn();
    await made.run('flashCopyRemoveCreated', order);
    expect(await state(made)).toEqual(EMPTY);
  });

  it('is repeated by its next attempt', async () => {
    const { made, order, reborn } = await dead(place);
    reborn();
    await made.run('flashCopyEnsureGroup', order);
    expect(await state(made)).toEqual({
      mappings: ['fc_one_new one_new', 'fc_two_new two_new'],
      groups: ['raw_aaaaaa'],
      volumes: ['one_new', 'two_new'],
    });
  });

  it('leaves nothing that keeps the next run from its copy', async () => {
    const { made, reborn } = await dead(place);
    reborn();
    const { failed } = await ensure(made, 'bbbbbb');
    expect(failed.type).toBe('no failure');
    expect(await state(made)).toEqual({
      mappings: ['fc_one_new one_new', 'fc_two_new two_new'],
      groups: ['raw_bbbbbb'],
      volumes: ['one_new', 'two_new'],
    });
  });
});

it('runs that die without mappings leave one group, not one each', async () => {
  const death: Death = { left: 1, when: 'before' };
  const made = await san(mortal(death));
  await volumes(made, 'one', 'two');
  for (const token of ['aaaaaa', 'bbbbbb', 'cccccc']) {
    death.left = 1;
    await ensure(made, token);
  }
  expect((await state(made)).groups).toHaveLength(1);
});

it('what a stranger made meanwhile is never removed', async () => {
  const made = await san();
  await volumes(made, 'one', 'two');
  const planned = await plan(made, REQUEST, 'aaaaaa');
  const order = { set: 'raw', run: 'raw-aaaaaa', group: planned.groups[0]! };
  await volumes(made, 'two_new', 'raw_zzzzzz_9x');
  await made.ok('mkfcmap -name fc_two_new -source data -target two_new');
  expect((await failure(made.run('flashCopyEnsureGroup', order))).type).toBe('PLAN_OUTDATED');
  await made.run('flashCopyRemoveCreated', order);
  expect(await state(made)).toEqual({
    mappings: ['fc_two_new two_new'],
    groups: [],
    volumes: ['raw_zzzzzz_9x', 'two_new'],
  });
});
