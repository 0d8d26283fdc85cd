// Mappings that the array removes by itself at 100 %: a run that takes them over keeps them, and
// where they have gone, makes them anew. A copy that ended well is never taken for one that is lost.
import { describe, expect, it } from 'vitest';
import { all, carryOut, copied, plan, rawRequest, read, volumes, write } from './carry-out.js';
import { failure, san, type San } from './san.js';

async function pair() {
  const made = await san();
  const uids = await volumes(made, 'prod', 'copy');
  await write(made, 'prod', 'A');
  return { made, asked: { source: 'prod', target: 'copy', overwrite: uids['copy']! } };
}

/** A copy that is at 0 % and goes by itself when it is complete. */
async function going() {
  const { made, asked } = await pair();
  const first = await carryOut(made, rawRequest([asked], { rate: 1 }), 'aaaaaa');
  await made.run('flashCopySetAutodelete', first.group);
  return { made, asked };
}

const order = (planned: Awaited<ReturnType<typeof plan>>) => ({
  ...{ set: 'raw', run: `raw-${planned.token}`, group: planned.groups[0]! },
});

const complete = async (made: San): Promise<void> => {
  const [mapping] = await made.storage.readMappings();
  await made.storage.changeMapping(mapping!.name, { copyRate: 150 });
  await made.clock.advance(600_000);
  expect(await made.storage.readMappings()).toEqual([]);
  expect(await made.storage.readGroups()).toEqual([]);
};

describe('a copy of the set that goes by itself', () => {
  it('is kept from going by the run that takes it over', async () => {
    const { made, asked } = await going();
    const planned = await plan(made, rawRequest([asked]), 'bbbbbb');
    await made.run('flashCopyEnsureGroup', order(planned));
    await made.clock.advance(600_000_000);
    const [mapping] = await made.storage.readMappings();
    expect(mapping).toMatchObject({ group: 'raw_bbbbbb' });
    expect(await made.storage.readMapping(mapping!.name)).not.toHaveProperty('autodelete');
    expect(await made.storage.readGroup('raw_bbbbbb')).not.toHaveProperty('autodelete');
  });

  it('and is gone between plan and ensure, is made anew, and copied', async () => {
    const { made, asked } = await going();
    const planned = await plan(made, rawRequest([asked]), 'bbbbbb');
    await complete(made);
    const ensured = await made.run('flashCopyEnsureGroup', order(planned));
    expect(ensured).toMatchObject({ preparable: true, remade: ['fc_copy'] });
    const again = await made.run('flashCopyEnsureGroup', order(planned));
    expect(again.remade).toEqual(['fc_copy']);
    await write(made, 'prod', 'B');
    const { group } = await carryOut(made, rawRequest([asked]), 'cccccc');
    await copied(made, group);
    expect(await read(made, 'copy')).toBe(all('B'));
  });

  it('and was gone before the plan, needs its UID confirmed and nothing else', async () => {
    const { made, asked } = await going();
    await complete(made);
    const { group } = await carryOut(made, rawRequest([asked]), 'bbbbbb');
    await copied(made, group);
    expect(await read(made, 'copy')).toBe(all('A'));
  });

  it('is not made anew where the target is another volume by now', async () => {
    const { made, asked } = await going();
    const planned = await plan(made, rawRequest([asked]), 'bbbbbb');
    await complete(made);
    await made.ok('rmvdisk copy');
    await volumes(made, 'copy');
    const failed = await failure(made.run('flashCopyEnsureGroup', order(planned)));
    expect(failed.type).toBe('PLAN_OUTDATED');
  });
});

it('a mapping that is adopted with autodelete on stays, and its good copy counts', async () => {
  const { made, asked } = await pair();
  const { overwrite } = asked;
  await made.ok('mkfcmap -name theirs -source prod -target copy -copyrate 100 -autodelete');
  const adopting = rawRequest([{ ...asked, adopt: 'theirs', overwrite }], { rate: 100 });
  const { group } = await carryOut(made, adopting, 'aaaaaa');
  await copied(made, group);
  expect(await made.storage.readMappings()).toMatchObject([{ name: 'theirs' }]);
  expect(await read(made, 'copy')).toBe(all('A'));
});
