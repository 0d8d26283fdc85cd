// Copies that hang on each other, told by what hosts read, not by what the states say.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GRAIN, MIB, testArray, type TestArray } from './array.js';

const GRAINS = (4 * MIB) / GRAIN;
const fill = (text: string): string => text.padEnd(64, '.');
const at = (array: TestArray, name: string, grain = 0): Promise<string> =>
  array.read(name, grain * GRAIN, 64);
const status = (array: TestArray, name: string): Promise<string> =>
  array.attribute(`lsfcmap ${name}`, 'status');

async function start(array: TestArray, name: string): Promise<void> {
  await array.ok(`startfcmap -prep ${name}`);
  await array.settled();
}

/** Each grain of `a` holds its number. */
async function filled(volumes?: string[]): Promise<TestArray> {
  const array = await testArray({}, volumes);
  for (let grain = 0; grain < GRAINS; grain++)
    await array.write('a', grain * GRAIN, fill(`one ${grain}`));
  return array;
}

describe('a writable test copy of a golden copy', () => {
  async function golden(): Promise<TestArray> {
    const array = await filled();
    await array.ok('mkfcmap -name gold -source a -target b -copyrate 150 -incremental');
    await start(array, 'gold');
    array.clock.advance(1000);
    expect(await status(array, 'gold')).toBe('idle_or_copied');
    await array.ok('mkfcmap -name test -source b -target c -copyrate 0');
    await start(array, 'test');
    return array;
  }

  it('may be written to; the golden one and the source stay as they are', async () => {
    const array = await golden();
    await array.write('c', 0, fill('scratch'));
    expect([await at(array, 'a'), await at(array, 'b'), await at(array, 'c')]).toEqual(
      ['one 0', 'one 0', 'scratch'].map(fill),
    );
    expect(await at(array, 'c', 7)).toBe(fill('one 7'));
  });

  it('stands in the way of a refresh until it is stopped', async () => {
    const array = await golden();
    await array.write('a', 0, fill('two'));
    expect(await array.ok('lsvdiskdependentmaps -nohdr -delim : b')).toBe('1:test\n');
    expect(await array.code('prestartfcmap gold')).toBe('CMMVC6310E');
    await array.ok('stopfcmap test');
    await start(array, 'gold');
    expect([await at(array, 'b'), await at(array, 'b', 5)]).toEqual([fill('two'), fill('one 5')]);
  });

  it('begun before the golden copy is complete keeps it copying at 100 percent until it is served or split off', async () => {
    const array = await filled();
    await array.ok('mkfcmap -name gold -source a -target b -copyrate 10 -cleanrate 0'); // half a grain a second
    await start(array, 'gold');
    await array.ok('mkfcmap -name test -source b -target c -copyrate 0');
    await array.code('prestartfcmap test');
    await array.settled();
    array.clock.advance(2000);
    await array.ok('startfcmap test');
    await array.settled();
    array.clock.advance(600_000);
    expect([
      await status(array, 'gold'),
      await array.attribute('lsfcmap gold', 'progress'),
    ]).toEqual(['copying', '100']);
    expect(await array.attribute('lsfcmap gold', 'dependent_mappings')).toBe('1');
    expect(await array.ok('lsfcmapdependentmaps -nohdr -delim : gold')).toBe('1:test\n');
    await array.ok('stopfcmap -split gold');
    expect([await status(array, 'gold'), await status(array, 'test')]).toEqual([
      'idle_or_copied',
      'copying',
    ]);
    await array.write('a', 0, fill('later'));
    expect([await at(array, 'b'), await at(array, 'c')]).toEqual([fill('one 0'), fill('one 0')]);
  });

  it('is refused a split below 100 percent', async () => {
    const array = await filled();
    await array.ok('mkfcmap -name m -source a -target b -copyrate 0');
    await start(array, 'm');
    expect(await array.code('stopfcmap -split m')).toBe('CMMVC5767E');
    expect(await array.code('stopfcmap -split -force m')).toBe('CMMVC5713E');
  });
});

describe('two copies of one source', () => {
  /** `old` of rate 0 first, then `new` at a rate that completes. */
  async function twoTargets(cleanRate: number): Promise<TestArray> {
    const array = await filled();
    await array.ok('mkfcmap -name old -source a -target b -copyrate 0');
    await start(array, 'old');
    await array.write('a', 0, fill('two'));
    await array.ok(`mkfcmap -name new -source a -target c -copyrate 150 -cleanrate ${cleanRate}`);
    await start(array, 'new');
    await array.write('a', 0, fill('three'));
    array.clock.advance(1000);
    await array.ok('lsfcmap');
    return array;
  }

  it('each show their own point in time', async () => {
    const array = await twoTargets(0);
    expect([await at(array, 'a'), await at(array, 'b'), await at(array, 'c')]).toEqual(
      ['three', 'one 0', 'two'].map(fill),
    );
  });

  it('the newer one goes on copying while the older one reads from it, and cleaning serves the older one at its rate', async () => {
    const array = await twoTargets(0);
    expect([await status(array, 'new'), await array.attribute('lsfcmap new', 'progress')]).toEqual([
      'copying',
      '100',
    ]);
    await array.ok('chfcmap -cleanrate 50 new'); // 8 grains a second
    array.clock.advance(1000);
    expect(Number(await array.attribute('lsfcmap old', 'progress'))).toBeGreaterThanOrEqual(50);
    expect(await status(array, 'new')).toBe('copying');
    array.clock.advance(1500);
    expect([await status(array, 'new'), await status(array, 'old')]).toEqual([
      'idle_or_copied',
      'idle_or_copied',
    ]);
    expect([await at(array, 'b'), await at(array, 'c')]).toEqual(['one 0', 'two'].map(fill));
  });

  it('a stop of the newer one leaves the older one whole, a stop by force takes it along, offline', async () => {
    const kind = await twoTargets(0);
    await kind.ok('stopfcmap new');
    expect(await status(kind, 'new')).toBe('stopping');
    kind.clock.advance(60_000);
    expect([await status(kind, 'new'), await status(kind, 'old')]).toEqual([
      'idle_or_copied',
      'idle_or_copied',
    ]);
    expect(await at(kind, 'b')).toBe(fill('one 0'));
    const rude = await twoTargets(0);
    await rude.ok('stopfcmap -force new');
    expect([await status(rude, 'new'), await status(rude, 'old')]).toEqual([
      'idle_or_copied',
      'stopped',
    ]);
    await expect(at(rude, 'b')).rejects.toMatchObject({ code: 'EIO' });
    await rude.settled();
    await rude.ok('rmfcmap -force old');
    expect(await at(rude, 'b', 3)).toMatch(/^POISONED GRAIN 3 OF old/);
    expect(await at(rude, 'b')).toBe(fill('one 0')); // this grain was copied before
  });

  it('a stop of the older one disturbs nobody', async () => {
    const array = await twoTargets(0);
    await array.ok('stopfcmap old');
    expect([await status(array, 'old'), await status(array, 'new')]).toEqual([
      'stopped',
      'idle_or_copied',
    ]);
    expect(await at(array, 'c')).toBe(fill('two'));
  });
});

describe('restore', () => {
  it('makes the source look like an older copy at once while a newer copy of it keeps its own point in time', async () => {
    const array = await filled();
    await array.ok('mkfcmap -name ab -source a -target b -copyrate 0');
    await start(array, 'ab');
    await array.write('a', 0, fill('two'));
    await array.write('a', 2 * GRAIN, fill('two')); // not written again: only the source holds it when the restore begins
    await array.ok('mkfcmap -name ac -source a -target c -copyrate 0');
    await start(array, 'ac');
    await array.write('a', 0, fill('broken'));
    await array.ok('mkfcmap -name ba -source b -target a -copyrate 150');
    expect(await array.code('startfcmap -prep ba')).toBe('CMMVC6310E');
    await array.ok('startfcmap -prep -restore ba');
    await array.settled();
    expect([await at(array, 'a'), await at(array, 'b'), await at(array, 'c')]).toEqual(
      ['one 0', 'one 0', 'two'].map(fill),
    );
    expect([await at(array, 'a', 2), await at(array, 'b', 2), await at(array, 'c', 2)]).toEqual(
      ['one 2', 'one 2', 'two'].map(fill),
    );
    expect(await array.attribute('lsfcmap ba', 'partner_FC_name')).toBe('ab');
    await array.write('a', GRAIN, fill('after'));
    expect([await at(array, 'a', 1), await at(array, 'b', 1)]).toEqual([
      fill('after'),
      fill('one 1'),
    ]);
  });
});

it('any order of writes, starts, stops and splits leaves every whole copy at its own point in time', async () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('write' as const),
      on: fc.constantFrom('a', 'b', 'c', 'd'),
      grain: fc.nat(GRAINS - 1),
    }),
    fc.record({
      do: fc.constantFrom('start', 'stop'),
      on: fc.constantFrom('ab', 'ac', 'bd'),
      grain: fc.constant(0),
    }),
    fc.record({
      do: fc.constant('wait' as const),
      on: fc.constant(''),
      grain: fc.integer({ min: 1, max: 60 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const array = await filled();
      await array.ok(
        'mkfcmap -name ab -source a -target b -copyrate 60; mkfcmap -name ac -source a -target c -copyrate 0',
      );
      await array.ok('mkfcmap -name bd -source b -target d -copyrate 40 -incremental');
      const model: Record<string, string[]> = Object.fromEntries(
        ['a', 'b', 'c', 'd'].map((name) => [
          name,
          Array.from({ length: GRAINS }, (_, grain) =>
            name === 'a' ? fill(`one ${grain}`) : '\0'.repeat(64),
          ),
        ]),
      );
      const unknown = new Set<string>(); // targets of copies that were broken off
      for (const [index, { do: what, on, grain }] of steps.entries()) {
        if (what === 'wait') array.clock.advance(grain * 100);
        if (what === 'write') {
          const done = await array.write(on, grain * GRAIN, fill(`w${index}`)).then(
            () => true,
            () => false,
          );
          const volume = model[on];
          if (done && volume) volume[grain] = fill(`w${index}`);
        }
        const [from = '', to = ''] = on;
        if (
          what === 'start' &&
          !unknown.has(from) &&
          (await array.code(`startfcmap -prep ${on}`)) === ''
        ) {
          await array.settled();
          model[to] = [...(model[from] ?? [])];
          unknown.delete(to);
        }
        if (what === 'stop') await array.code(`stopfcmap ${on}`);
        await array.settled();
        for (const mapping of array.state.mappings)
          if (['stopped', 'stopping'].includes(mapping.state) && mapping.pending.size > 0)
            unknown.add(mapping.name[1] ?? '');
        for (const [name, wanted] of Object.entries(model)) {
          if (unknown.has(name)) continue;
          const seen = await Promise.all(
            wanted.map((_, number) => at(array, name, number).catch(() => 'EIO')),
          );
          expect({ index, name, seen }).toEqual({ index, name, seen: wanted });
        }
      }
    }),
    { numRuns: 12 },
  );
});
