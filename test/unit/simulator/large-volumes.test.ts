// Volumes as large as real ones: never-written data is never looked at, and an answer does not wait
// for work that nobody sees. Figures: `npm run bench:simulator`.
import { expect, it } from 'vitest';
import { GRAIN, testArray, type TestArray } from './array.js';

const GIB = 2 ** 30;

async function largeArray(size: string): Promise<TestArray> {
  return testArray({
    config: {
      system: { name: 'svc1' },
      users: [{ name: 'superuser', password: 'secret' }],
      pools: [{ name: 'Pool0', capacity: '20TiB' }],
      volumes: ['a', 'b', 'c', 'd'].map((name) => ({ name, pool: 'Pool0', size })),
      hosts: [{ name: 'h1', iqn: 'iqn.2026-01.test:h1' }],
      limits: { flashBitmapMiB: 2048 },
    },
  });
}

it('of two copies of 100 GiB that nobody ever wrote, the first listing comes at once', async () => {
  const array = await largeArray('100GiB');
  await array.ok('mkfcmap -name ab -source a -target b -copyrate 150');
  await array.ok('mkfcmap -name cd -source c -target d -copyrate 150 -incremental');
  await array.ok('startfcmap -prep ab; startfcmap -prep cd');
  array.clock.advance(40_000); // 2 GiB a second; ab began 2 s earlier
  const before = performance.now();
  expect(await array.attribute('lsfcmap ab', 'progress')).toBe('84');
  array.clock.advance(20_000);
  expect(await array.attribute('lsfcmap cd', 'status')).toBe('idle_or_copied');
  expect(performance.now() - before).toBeLessThan(2000);
}, 20_000);

it('on 1 TiB what was written is copied, kept for its instant, and destroyed by a stop', async () => {
  const array = await largeArray('1TiB');
  await array.write('a', 0, 'first');
  await array.write('a', 700 * GIB, 'far');
  await array.write('b', 500 * GIB, 'stale');
  await array.write('b', 900 * GIB, 'stale');
  await array.ok('mkfcmap -name m -source a -target b -copyrate 150; startfcmap -prep m');
  await array.settled();
  await array.write('a', 700 * GIB, 'new');
  expect(await array.read('b', 700 * GIB, 3)).toBe('far');
  array.clock.advance(256_000); // half of it
  expect(await array.attribute('lsfcmap m', 'progress')).toBe('50');
  expect(await array.read('b', 500 * GIB, 5)).toBe('\0'.repeat(5));
  expect(await array.read('b', 900 * GIB, 5)).toBe('\0'.repeat(5));
  await array.ok('stopfcmap m; rmfcmap -force m');
  await array.settled();
  expect(await array.read('b', 0, 5)).toBe('first');
  expect(await array.read('b', 700 * GIB, 3)).toBe('far');
  for (const at of [600 * GIB, 900 * GIB + 64, 1024 * GIB - GRAIN])
    expect(await array.read('b', at, 40)).toMatch(/POISONED GRAIN/);
  await array.write('b', 600 * GIB, 'mine');
  expect(await array.read('b', 600 * GIB, 20)).toMatch(/^mineONED GRAIN/);
});

it('a cascade of never-written volumes reads through all of them at once', async () => {
  const array = await largeArray('1TiB');
  for (const [name, source, target] of ['ab', 'bc', 'cd'].map((pair) => [pair, ...pair]))
    await array.ok(`mkfcmap -name ${name} -source ${source} -target ${target} -copyrate 0`);
  await array.write('a', 5 * GRAIN, 'deep');
  for (const name of ['ab', 'bc', 'cd']) await array.ok(`startfcmap -prep ${name}`);
  await array.settled();
  await array.write('a', 5 * GRAIN, 'later');
  expect(await array.read('d', 5 * GRAIN, 4)).toBe('deep');
  await array.ok('chfcmap -copyrate 150 cd');
  array.clock.advance(600_000);
  expect(await array.attribute('lsfcmap cd', 'progress')).toBe('100');
  expect(await array.read('d', 5 * GRAIN, 4)).toBe('deep');
});

it('every mapping is at the same instant, however long it takes to work that out', async () => {
  const array = await largeArray('1GiB');
  await array.ok('mkfcconsistgrp -name g');
  for (const pair of ['ab', 'cd'])
    await array.ok(`mkfcmap -source ${pair[0]} -target ${pair[1]} -consistgrp g -copyrate 50`);
  await array.ok('startfcconsistgrp -prep g');
  await array.settled();
  const asked: number[] = [];
  const began = array.clock.now();
  // A clock that runs on as it is asked.
  array.clock.now = () => began + 100 * asked.push(0);
  await array.ok('lsfcmap');
  const sizes = array.state.mappings.map(({ pending }) => pending.size);
  expect(sizes[0]).toBe(sizes[1]);
});
