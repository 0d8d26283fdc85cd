import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { MIB, testArray, type TestArray } from './array.js';

const PAIRS = 12;
const SIZE = 512;
const RECORDS = 1500;
const names = Array.from({ length: PAIRS }, (_, index) => [`s${index}`, `t${index}`]).flat();
const folders: string[] = [];

async function groupOfMany(store: 'memory' | 'image'): Promise<TestArray> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fc-cut-'));
  folders.push(dataDir);
  const array = await testArray({ store, dataDir }, names);
  await array.ok('mkfcconsistgrp -name g1');
  for (let index = 0; index < PAIRS; index++)
    await array.ok(
      `mkfcmap -source s${index} -target t${index} -consistgrp g1 -copyrate 150 -incremental`,
    );
  return array;
}

/** Records go in turn to the front of the first source and to the back of the last one: a cut that takes time tears them apart. */
const PLACES = [
  { source: 's0', target: 't0', offset: 0 },
  { source: `s${PAIRS - 1}`, target: `t${PAIRS - 1}`, offset: 3 * MIB },
] as const;

/** Each record is written only after the one before is durable; nobody quiesces the writer. `act` is called in its midst. */
function dependentWriter(
  array: TestArray,
  at: number,
  act: () => void,
): { stop: () => Promise<number> } {
  let written = 0;
  let running = true;
  const work = (async () => {
    for (; running && written < 2 * RECORDS; written++) {
      const place = PLACES[written % 2 === 0 ? 0 : 1];
      await array.write(
        place.source,
        place.offset + Math.floor(written / 2) * SIZE,
        `record ${written}`.padEnd(SIZE),
      );
      if (written === at) act();
      if (written % 64 === 63) await new Promise((resolve) => setImmediate(resolve));
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

async function recordsOn(array: TestArray, place: (typeof PLACES)[number]): Promise<number> {
  const text = await array.read(place.target, place.offset, RECORDS * SIZE);
  return text.match(/record/g)?.length ?? 0;
}

describe.each(['memory', 'image'] as const)('the cut of a group in the %s store', (store) => {
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  });

  it('never holds record n+1 without record n, with a writer that nobody quiesced', async () => {
    const array = await groupOfMany(store);
    let caught = 0;
    for (let round = 0; round < 5; round++) {
      await array.ok('prestartfcconsistgrp g1');
      await array.settled();
      array.clock.advance(2000);
      await array.ok('lsfcmap');
      let started: Promise<string> | undefined;
      const writer = dependentWriter(array, round * 3, () => {
        started = array.ok('startfcconsistgrp g1');
      });
      while (!started) await new Promise((resolve) => setImmediate(resolve));
      await started;
      const written = await writer.stop();
      await array.settled();
      const [first, second] = [
        await recordsOn(array, PLACES[0]),
        await recordsOn(array, PLACES[1]),
      ];
      expect([0, 1]).toContain(first - second);
      if (first + second < written) caught++;
      array.clock.advance(10_000); // complete: the next round is a refresh
      await array.ok('lsfcmap');
      for (const { source, offset } of PLACES)
        await array.write(source, offset, '\0'.repeat(RECORDS * SIZE));
    }
    expect(caught).toBeGreaterThan(0);
    await array.close();
  });

  it('starts all members with one start time, or none', async () => {
    const array = await groupOfMany(store);
    await array.ok('startfcconsistgrp -prep g1');
    const times = new Set(
      array.state.mappings.map(({ startTime, state }) => `${startTime} ${state}`),
    );
    expect([...times]).toEqual([`${array.state.groups[0]?.startTime} copying`]);
    await array.close();
  });
});
