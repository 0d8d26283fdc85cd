import { mkdtemp, readdir, readFile, rm, stat, writeFile, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataPlane } from '../../../src/simulator/index.js';
import { GRAIN, takeCopy, testArray, type TestArray } from './array.js';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fc-images-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

const image = (name: string): string => join(dataDir, 'volumes', `${name}.img`);

/** As a data plane does: straight into the file, the array is not told. */
async function writeBehind(name: string, offset: number, text: string): Promise<void> {
  const file = await open(image(name), 'r+');
  await file.write(text, offset);
  await file.close();
}

/** A data plane that only notes what it is told. */
function recorder(): DataPlane & { calls: string[] } {
  const calls: string[] = [];
  const note = (...call: unknown[]): Promise<void> =>
    Promise.resolve(void calls.push(call.join(' ')));
  return {
    calls,
    serve: async ({ name }) => {
      await note('serve', name);
      return { uid: `6000${name.toUpperCase().padStart(28, '0')}` };
    },
    withdraw: (name) => note('withdraw', name),
    map: (name, initiator) => note('map', name, initiator),
    unmap: (name, initiator) => note('unmap', name, initiator),
    setOnline: (name, online) => note('setOnline', name, online),
    atOneInstant: async (cut) => {
      await note('hold');
      const result = await cut();
      await note('release');
      return result;
    },
    close: () => note('close'),
  };
}

async function withCopy(flags = ''): Promise<TestArray> {
  const array = await testArray({ store: 'image', dataDir });
  await array.ok(
    `mkfcconsistgrp -name g1; mkfcmap -name m1 -source a -target b -consistgrp g1 ${flags}`,
  );
  await array.write('a', 5 * GRAIN, 'first');
  await takeCopy(array, 'g1');
  return array;
}

describe('image files', () => {
  it('finds the grains that others changed in the files, and copies their union', async () => {
    const array = await withCopy('-incremental');
    array.clock.advance(10_000);
    await array.ok('lsfcmap');
    for (const grain of [1, 2, 7]) await writeBehind('a', grain * GRAIN + 5, 'behind');
    for (const grain of [2, 9]) await writeBehind('b', grain * GRAIN + 9, 'stray');
    await takeCopy(array, 'g1');
    expect(array.state.mappings[0]?.pending.members()).toEqual([1, 2, 7, 9]);
    expect((await readFile(image('b'))).equals(await readFile(image('a')))).toBe(true);
    await array.close();
  });

  it('keeps the inode of the target and stays sparse', async () => {
    const before = await testArray({ store: 'image', dataDir });
    const { ino } = await stat(image('b'));
    await before.close();
    const array = await withCopy();
    expect((await stat(image('b'))).ino).toBe(ino);
    expect((await stat(image('a'))).blocks * 512).toBeLessThan(GRAIN);
    await array.close();
  });

  it('poisons uncopied grains in the file at a stop below 100 percent', async () => {
    const array = await withCopy();
    array.clock.advance(250); // 2 grains
    await array.ok('stopfcconsistgrp g1');
    await array.settled();
    const bytes = await readFile(image('b'));
    expect(bytes.subarray(GRAIN, GRAIN + 8).toString()).toBe('\0'.repeat(8));
    expect(bytes.subarray(5 * GRAIN, 5 * GRAIN + 16).toString()).toBe('POISONED GRAIN 5');
    await array.close();
  });

  it('tells the data plane: offline before prepare answers, one instant for the cut, online after it', async () => {
    const plane = recorder();
    const array = await testArray({ store: 'image', dataDir, dataPlane: plane });
    await array.ok(
      'mkfcconsistgrp -name g1; mkfcmap -source a -target b -consistgrp g1; mkfcmap -source c -target d -consistgrp g1',
    );
    plane.calls.length = 0;
    await array.ok('prestartfcconsistgrp g1');
    expect(plane.calls).toEqual(['setOnline b false', 'setOnline d false']);
    await array.settled();
    array.clock.advance(2000);
    await array.ok('startfcconsistgrp g1; rmvdiskhostmap -host h1 b');
    expect(plane.calls.slice(2)).toEqual([
      'hold',
      'release',
      'setOnline b true',
      'setOnline d true',
      'unmap b iqn.2026-01.test:h1',
    ]);
    expect(await array.attribute('lsvdisk b', 'vdisk_UID')).toBe(`6000${'B'.padStart(28, '0')}`);
    await array.close();
  });
});

describe('a restart', () => {
  it('goes on with the state, the bitmap, the contents and the data plane', async () => {
    const first = await withCopy();
    first.clock.advance(1000);
    await first.ok('chfcconsistgrp -name g2 g1'); // no close(): as if it were killed
    const plane = recorder();
    const second = await testArray({
      store: 'image',
      dataDir,
      dataPlane: plane,
      clock: first.clock,
    });
    expect(await second.attribute('lsfcconsistgrp g2', 'status')).toBe('copying');
    expect(await second.attribute('lsfcmap m1', 'progress')).toBe('50');
    expect(await second.read('b', 5 * GRAIN, 5)).toBe('first');
    expect(plane.calls).toContain('map b iqn.2026-01.test:h1');
    expect(plane.calls.filter((call) => call.startsWith('serve'))).toHaveLength(4);
    first.clock.advance(1000);
    expect(await second.attribute('lsfcmap m1', 'status')).toBe('idle_or_copied');
    await first.close();
    await second.close();
  });

  it('refuses a corrupt state file by name and keeps it aside', async () => {
    await (await testArray({ dataDir })).close();
    await writeFile(join(dataDir, 'state.json'), '{"format":1,"id":"x"');
    await expect(testArray({ dataDir })).rejects.toMatchObject({ code: 'SIMULATOR_STATE_CORRUPT' });
    expect((await readdir(dataDir)).some((name) => name.startsWith('state.json.corrupt-'))).toBe(
      true,
    );
  });

  it('in memory stops every copy that was begun: its contents are gone', async () => {
    const first = await testArray({ dataDir });
    await first.ok('mkfcmap -name m1 -source a -target b; startfcmap -prep m1');
    await first.close();
    const second = await testArray({ dataDir });
    expect(await second.attribute('lsfcmap m1', 'status')).toBe('stopped');
    await expect(second.read('b', 0, 1)).rejects.toMatchObject({ code: 'EIO' });
  });
});
