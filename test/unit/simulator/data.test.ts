import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GRAIN, MIB, takeCopy, testArray, type TestArray } from './array.js';

const GRAINS = (4 * MIB) / GRAIN;
const grains = fc.uniqueArray(fc.integer({ min: 0, max: GRAINS - 1 }));
const fill = (text: string): string => text.padEnd(64, '.');

async function copiedOnce(flags = '-incremental'): Promise<TestArray> {
  const array = await testArray();
  await array.ok('mkfcconsistgrp -name g1');
  await array.ok(`mkfcmap -name m1 -source a -target b -consistgrp g1 -copyrate 50 ${flags}`);
  for (let grain = 0; grain < GRAINS; grain++)
    await array.write('a', grain * GRAIN, fill(`first ${grain}`));
  await takeCopy(array, 'g1');
  array.clock.advance(10_000);
  await array.ok('lsfcmap');
  return array;
}

const content = async (array: TestArray, vdisk: string): Promise<string> =>
  array.read(vdisk, 0, 4 * MIB);

describe('grains', () => {
  it('refreshes exactly the union of the grains changed on the source and on the target', async () => {
    await fc.assert(
      fc.asyncProperty(grains, grains, async (onSource, onTarget) => {
        const array = await copiedOnce();
        for (const grain of onSource) await array.write('a', grain * GRAIN + 77, fill('new'));
        for (const grain of onTarget) await array.write('b', grain * GRAIN + 99, fill('stray'));
        const union = [...new Set([...onSource, ...onTarget])].sort((x, y) => x - y);
        expect(Number(await array.attribute('lsfcmap m1', 'difference'))).toBe(
          Math.ceil((union.length / GRAINS) * 100),
        );
        await takeCopy(array, 'g1');
        expect(array.state.mappings[0]?.pending.members()).toEqual(union);
        const source = await content(array, 'a');
        array.clock.advance(union.length * 125 - 1); // 2 MiB/s = 8 grains a second
        await array.ok('lsfcmap');
        expect(array.state.mappings[0]?.pending.size).toBe(union.length === 0 ? 0 : 1);
        array.clock.advance(1);
        expect(await array.attribute('lsfcmap m1', 'status')).toBe('idle_or_copied');
        expect((await content(array, 'b')) === source).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('shows the point in time on the target whatever is written to the source or target later', async () => {
    const write = fc.record({
      side: fc.constantFrom('a', 'b'),
      at: fc.integer({ min: 0, max: 4 * MIB - 64 }),
      wait: fc.integer({ min: 0, max: 300 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 20 }), async (writes) => {
        const array = await testArray();
        await array.ok('mkfcconsistgrp -name g1; mkfcmap -source a -target b -consistgrp g1');
        for (let grain = 0; grain < GRAINS; grain++)
          await array.write('a', grain * GRAIN, fill(`first ${grain}`));
        const expected = {
          a: Buffer.from(await content(array, 'a'), 'latin1'),
          b: Buffer.from(await content(array, 'a'), 'latin1'),
        };
        await takeCopy(array, 'g1');
        for (const [index, { side, at, wait }] of writes.entries()) {
          await array.write(side, at, fill(`later ${index}`));
          expected[side].write(fill(`later ${index}`), at, 'latin1');
          array.clock.advance(wait);
          await array.ok('lsfcmap');
        }
        expect((await content(array, 'a')) === expected.a.toString('latin1')).toBe(true);
        expect((await content(array, 'b')) === expected.b.toString('latin1')).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('gives a cascade and a second target their own points in time', async () => {
    const array = await testArray();
    await array.write('a', 0, fill('one'));
    await array.ok('mkfcmap -name ab -source a -target b -copyrate 0; startfcmap -prep ab');
    await array.ok('mkfcmap -name bc -source b -target c -copyrate 0; startfcmap -prep bc');
    await array.write('a', 0, fill('two'));
    await array.ok('mkfcmap -name ad -source a -target d -copyrate 0; startfcmap -prep ad');
    await array.write('a', 0, fill('three'));
    await array.write('b', 64, fill('mine'));
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((name) => array.read(name, 0, 64)))).toEqual(
      ['three', 'one', 'one', 'two'].map(fill),
    );
    expect(await array.read('c', 64, 64)).toBe('\0'.repeat(64));
  });

  it('restores the source from its target, and only with -restore while the first copy is active', async () => {
    const array = await testArray();
    for (let grain = 0; grain < GRAINS; grain++)
      await array.write('a', grain * GRAIN, fill(`good ${grain}`));
    const good = await content(array, 'a');
    await array.ok('mkfcmap -name ab -source a -target b -copyrate 0; startfcmap -prep ab');
    for (const grain of [0, 5, 8]) await array.write('a', grain * GRAIN, fill('broken'));
    await array.ok('mkfcmap -name ba -source b -target a');
    expect(await array.code('prestartfcmap ba')).toBe('CMMVC6310E');
    await array.ok('startfcmap -prep -restore ba');
    await array.settled();
    expect(await array.attribute('lsfcmap ba', 'restoring')).toBe('yes');
    expect((await content(array, 'a')) === good).toBe(true);
    array.clock.advance(10_000);
    expect(await array.attribute('lsfcmap ba', 'status')).toBe('idle_or_copied');
    expect((await content(array, 'a')) === good).toBe(true);
  });

  it('survives grains that do not divide the volume', async () => {
    const array = await testArray();
    await array.ok(
      'mkvdisk -name odd1 -mdiskgrp Pool0 -size 300032 -unit b; mkvdisk -name odd2 -mdiskgrp Pool0 -size 300032 -unit b',
    );
    await array.ok('mkvdiskhostmap -host h1 odd1; mkvdiskhostmap -host h1 odd2');
    await array.write('odd1', 300032 - 64, fill('tail'));
    await array.ok('mkfcmap -name m -source odd1 -target odd2; startfcmap -prep m');
    await array.settled();
    array.clock.advance(2000);
    expect(await array.attribute('lsfcmap m', 'progress')).toBe('100');
    expect(await array.read('odd2', 300032 - 64, 64)).toBe(fill('tail'));
  });
});

describe('a copy that is not whole is no copy', () => {
  it('poisons the grains that were not copied and takes the target offline', async () => {
    const array = await testArray();
    for (let grain = 0; grain < GRAINS; grain++)
      await array.write('a', grain * GRAIN, fill(`first ${grain}`));
    await array.ok('mkfcconsistgrp -name g1; mkfcmap -name m1 -source a -target b -consistgrp g1');
    await takeCopy(array, 'g1');
    array.clock.advance(500); // 4 of 16 grains
    await array.ok('stopfcconsistgrp g1');
    await expect(array.read('b', 0, 64)).rejects.toMatchObject({ code: 'EIO' });
    expect(await array.attribute('lsvdisk b', 'status')).toBe('offline');
    await array.ok('rmfcmap -force m1');
    expect(await array.read('b', 3 * GRAIN, 64)).toBe(fill('first 3'));
    for (let grain = 4; grain < GRAINS; grain++)
      expect(await array.read('b', grain * GRAIN, 64)).toMatch(
        new RegExp(`^POISONED GRAIN ${grain} OF m1 `),
      );
  });

  it('copies everything again after a refresh was stopped below 100 percent', async () => {
    const array = await copiedOnce();
    for (const grain of [1, 2, 3]) await array.write('a', grain * GRAIN, fill('new'));
    await takeCopy(array, 'g1');
    await array.ok('stopfcconsistgrp g1');
    await takeCopy(array, 'g1');
    expect(array.state.mappings[0]?.pending.size).toBe(GRAINS);
    expect((await content(array, 'b')) === (await content(array, 'a'))).toBe(true);
  });

  it('scribbles on the target at prepare already: a prepare that is called off leaves a destroyed copy', async () => {
    const array = await copiedOnce();
    await array.ok('prestartfcconsistgrp g1');
    await array.settled();
    array.clock.advance(2000);
    await array.ok('stopfcconsistgrp g1');
    expect(await array.attribute('lsfcmap m1', 'status')).toBe('idle_or_copied');
    expect(await array.read('b', 0, 9)).toBe('SCRIBBLED');
    await takeCopy(array, 'g1');
    expect((await content(array, 'b')) === (await content(array, 'a'))).toBe(true);
  });

  it.each(['preparing', 'prepared', 'stopped'])(
    'fails host I/O on the target while %s',
    async (state) => {
      const array = await copiedOnce();
      await array.ok('prestartfcconsistgrp g1');
      await array.settled();
      if (state !== 'preparing') array.clock.advance(2000);
      if (state === 'stopped') {
        await array.ok('startfcconsistgrp g1');
        await array.write('a', 0, fill('x'));
        await array.ok('stopfcconsistgrp g1; prestartfcconsistgrp g1');
        array.faults.add({ on: 'flush', do: 'fail' });
      }
      await expect(array.read('b', 0, 1)).rejects.toMatchObject({
        code: 'EIO',
        outcome: 'not-done',
      });
      await expect(array.write('b', 0, 'x')).rejects.toMatchObject({ code: 'EIO' });
      await array.write('a', 0, 'the source is not disturbed');
    },
  );
});
