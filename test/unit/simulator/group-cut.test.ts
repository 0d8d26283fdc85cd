import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { testArray, type TestArray } from './array.js';

const PAIRS = 12;
const SIZE = 512;
const names = Array.from({ length: PAIRS }, (_, index) => [`s${index}`, `t${index}`]).flat();
const folders: string[] = [];

async function groupOfMany(store: 'memory' | 'image'): Promise<TestArray> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fc-cut-'));
  folders.push(dataDir);
  const array = await testArray({ store, dataDir }, names);
  await array.ok('mkfcconsistgrp -name g1');
  for (let index = 0; index < PAIRS; index++)
    await array.ok(`mkfcmap -source s${index} -target t${index} -consistgrp g1 -copyrate 0`);
  return array;
}

/** Writes record n to one volume, n+1 to another, each only after the one before is durable; nobody quiesces it. */
function dependentWriter(array: TestArray): { stop: () => Promise<number> } {
  let written = 0;
  let running = true;
  const work = (async () => {
    while (running && written < 4000) {
      const volume = written % 2 === 0 ? 's0' : `s${PAIRS - 1}`;
      await array.write(volume, Math.floor(written / 2) * SIZE, `record ${written}`.padEnd(SIZE));
      written++;
      if (written % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  return {
    stop: async () => {
      running = false;
      await work;
      return written;
    },
  };
}

async function recordsOn(array: TestArray, volume: string): Promise<number> {
  const text = await array.read(volume, 0, 2000 * SIZE);
  return text.match(/record/g)?.length ?? 0;
}

describe.each(['memory', 'image'] as const)('the cut of a group in the %s store', (store) => {
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  });

  it('never holds record n+1 without record n, with a writer that nobody quiesced', async () => {
    const array = await groupOfMany(store);
    let caught = 0;
    for (let round = 0; round < 6; round++) {
      await array.ok('prestartfcconsistgrp g1');
      await array.settled();
      array.clock.advance(2000);
      await array.ok('lsfcmap');
      const writer = dependentWriter(array);
      for (let turn = 0; turn < round; turn++) await new Promise((resolve) => setImmediate(resolve));
      await array.ok('startfcconsistgrp g1');
      const written = await writer.stop();
      await array.settled();
      const [even, odd] = [await recordsOn(array, 't0'), await recordsOn(array, `t${PAIRS - 1}`)];
      expect([0, 1]).toContain(even - odd);
      if (even + odd < written) caught++;
      await array.ok('stopfcconsistgrp g1');
      for (const volume of ['s0', `s${PAIRS - 1}`]) await array.write(volume, 0, '\0'.repeat(2000 * SIZE));
    }
    expect(caught).toBeGreaterThan(0);
    await array.close();
  });

  it('starts all members with one start time, or none', async () => {
    const array = await groupOfMany(store);
    await array.ok('startfcconsistgrp -prep g1');
    const times = new Set(array.state.mappings.map(({ startTime, state }) => `${startTime} ${state}`));
    expect([...times]).toEqual([`${array.state.groups[0]?.startTime} copying`]);
    await array.close();
  });
});
