// What a restart finds: the state as last answered, whenever the process ended.
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { savedState } from '../../../src/simulator/index.js';
import { Journal, readJournal } from '../../../src/simulator/state-file/journal.js';
import { recordsOf } from '../../../src/simulator/state-file/records.js';
import { StateFile } from '../../../src/simulator/state-file/state-file.js';
import { testArray, TestClock } from './array.js';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fc-restart-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

const config = {
  system: { name: 'svc1' },
  users: [{ name: 'u', password: 'p' }],
  pools: [{ name: 'P', capacity: '1GiB' }],
};
const state = (): string => join(dataDir, 'state.json');

it('snapshots, volume groups, thin volumes, renamed volumes and settings are there again, bytes included', async () => {
  const first = await testArray({ dataDir, store: 'image' });
  await first.write('a', 0, 'first');
  await first.ok(
    'mkvolumegroup -name vg; chvdisk -volumegroup vg a; addsnapshot -volumegroup vg -name s1',
  );
  await first.ok(
    'chvdisk -name renamed a; mkvdisk -name a -mdiskgrp Pool0 -size 4; chiogrp -feature flash -size 7 0',
  );
  await first.write('renamed', 0, 'later');
  const second = await testArray({ dataDir, store: 'image', clock: first.clock }, ['b']); // the first was not closed: as if killed
  expect(await second.read('renamed', 0, 5)).toBe('later');
  await second.ok('restorefromsnapshot -snapshot s1 -volumegroup vg; mkvdiskhostmap -host h1 a');
  expect([await second.read('renamed', 0, 5), await second.read('a', 0, 5)]).toEqual([
    'first',
    '\0'.repeat(5),
  ]);
  expect(await second.attribute('lsiogrp -bytes 0', 'flash_copy_total_memory')).toBe(
    String(7 * 2 ** 20),
  );
  await first.close();
  await second.close();
});

it('in memory the snapshots ended with the contents', async () => {
  const first = await testArray({ dataDir });
  await first.ok(
    'addsnapshot -volumes a; mkvolume -name clone -type clone -fromsnapshotid 0 -pool Pool0',
  );
  await first.close();
  const second = await testArray({ dataDir });
  expect(await second.ok('lsvolumesnapshot; lsfcmap -showhidden')).toBe('');
  expect(await second.attribute('lsvdisk clone', 'status')).toBe('online');
});

it('a state in the format of an older version is named as that, and kept aside', async () => {
  await writeFile(state(), '{"format":1,"id":"x","name":"svc1","serial":1}\n');
  await expect(testArray({ dataDir })).rejects.toMatchObject({
    code: 'SIMULATOR_STATE_CORRUPT',
    message: /format 1, expected 2/,
  });
});

it.each([
  '{"format":1',
  '',
  '{"format":7}',
  '[]',
  'null',
  '{"format":2}\n',
  '{"format":2}\n{"gone":[],"set":{"system":{}}}\n',
  '{"format":2}\n{"gone":[],"se\n{"gone":[],"set":{}}\n',
  '{"format":2}\n{"gone":[],"se\n',
])(
  'a state file that holds %j is a clear error, kept aside, and the next start begins anew',
  async (text) => {
    await writeFile(state(), text);
    await expect(testArray({ dataDir })).rejects.toMatchObject({
      code: 'SIMULATOR_STATE_CORRUPT',
      message: /state\.json\.corrupt-/,
    });
    const [aside = ''] = (await readdir(dataDir)).filter((name) =>
      name.startsWith('state.json.corrupt-'),
    );
    expect(await readFile(join(dataDir, aside), 'utf8')).toBe(text);
    await (await testArray({ dataDir })).close();
  },
);

it('a mapping of volumes that are not there is found at the start, not in the middle of a command', async () => {
  const array = await testArray({ dataDir });
  await array.ok('mkfcmap -source a -target b');
  await array.close();
  const text = await readFile(state(), 'utf8');
  expect(text).toContain('"target":1,');
  await writeFile(state(), text.replaceAll('"target":1,', '"target":99,'));
  await expect(testArray({ dataDir })).rejects.toMatchObject({ code: 'SIMULATOR_STATE_CORRUPT' });
});

it('the saved state is shown without touching it, and a broken one stays where it is', async () => {
  const clock = new TestClock();
  expect(await savedState({ config, clock, dataDir })).toBeUndefined();
  const array = await testArray({ dataDir });
  await array.ok('mkfcmap -name m -source a -target b');
  const before = await readFile(state(), 'utf8');
  expect(await savedState({ config, clock, dataDir })).toMatch(/m +a +b +idle_or_copied/);
  expect(await readFile(state(), 'utf8')).toBe(before);
  await writeFile(state(), 'x');
  await expect(savedState({ config, clock, dataDir })).rejects.toThrow();
  expect(await readFile(state(), 'utf8')).toBe('x');
});

it('changes that come at once are all in the file when they are answered', async () => {
  const array = await testArray({ dataDir });
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => array.ok(`mkfcconsistgrp -name g${index}`)),
  );
  const found = await new StateFile(dataDir).read();
  expect(found?.groups).toHaveLength(20);
  expect(await readdir(dataDir)).not.toContain('state.json.new');
  await array.close();
});

describe('a process that is killed', () => {
  it('leaves what was last answered, after every single command', async () => {
    const array = await testArray({ dataDir, store: 'image' });
    const lines = [
      'mkfcconsistgrp -name g1',
      ...['mkfcmap -source a -target b -consistgrp g1', 'mkfcmap -name x -source c -target d'],
      ...['chfcmap -copyrate 80 x', 'rmfcmap x', 'mkfcmap -name x -source d -target c'],
      ...['prestartfcconsistgrp g1', 'lsfcmap', 'startfcconsistgrp g1', 'lsfcmap', 'lsfcmap'],
      ...['addsnapshot -volumes d -ignorelegacy', 'stopfcconsistgrp g1', 'rmfcmap -force fcmap0'],
      ...[
        'rmvdisk -force a',
        'mkvdisk -name e -mdiskgrp Pool0 -size 4',
        'chsystem -vdiskprotectionenabled yes',
      ],
    ];
    for (const line of lines) {
      await array.settled();
      array.clock.advance(1000);
      await array.ok(line);
      const found = await new StateFile(dataDir).read();
      if (!line.startsWith('ls')) expect(found && recordsOf(found)).toEqual(recordsOf(array.state));
      expect(found?.mappings.map((mapping) => [mapping.id, mapping.state])).toEqual(
        array.state.mappings.map((mapping) => [mapping.id, mapping.state]),
      );
    }
    await array.close();
  });

  it('may have cut off the line it was writing: nobody was answered', async () => {
    const array = await testArray({ dataDir });
    await array.ok('mkfcconsistgrp -name g1');
    const { size } = await stat(state());
    await array.ok('mkfcconsistgrp -name g2');
    const text = await readFile(state(), 'utf8');
    for (const cut of [size, size + 1, size + 30, text.length - 2]) {
      await writeFile(state(), text.slice(0, cut));
      expect((await new StateFile(dataDir).read())?.groups.map(({ name }) => name)).toEqual(['g1']);
    }
    await array.close();
  });
});

it('the file is rewritten when its lines outweigh the state', async () => {
  const journal = new Journal(state());
  const record = (at: number): [string, string] => ['volumes/1', `"${String(at).repeat(2 ** 19)}"`];
  await journal.rewrite(new Map([record(0)]));
  for (let at = 1; at < 8; at++) {
    expect(journal.isLong).toBe(false);
    await journal.append({ set: [record(at)], gone: [] });
  }
  await journal.append({ set: [record(8)], gone: [] });
  expect(journal.isLong).toBe(true);
  await journal.rewrite(new Map([record(9)]));
  expect([journal.isLong, (await stat(state())).size < 2 ** 20]).toEqual([false, true]);
  await journal.close();
  expect(await readJournal(state())).toEqual(new Map([['volumes/1', '9'.repeat(2 ** 19)]]));
});

describe('a state that cannot be written down', () => {
  it('stops the array: nothing is answered, and a restart finds what was before', async () => {
    const array = await testArray({ dataDir });
    const halts: Error[] = [];
    array.onHalt((error) => halts.push(error));
    await array.ok('mkfcconsistgrp -name g1');
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const save = vi.spyOn(StateFile.prototype, 'save').mockRejectedValue(full);
    for (const line of ['mkfcconsistgrp -name g2', 'lsfcconsistgrp'])
      await expect(array.execute(line)).rejects.toMatchObject({ code: 'CHANNEL_LOST' });
    save.mockRestore();
    await expect(array.execute('lsfcconsistgrp')).rejects.toMatchObject({ code: 'CHANNEL_LOST' });
    await expect(array.read('a', 0, 1)).rejects.toMatchObject({ code: 'EIO' });
    expect(halts.map(({ message }) => message)).toEqual([expect.stringContaining('ENOSPC')]);
    await array.close();
    const second = await testArray({ dataDir });
    expect(second.state.groups.map(({ name }) => name)).toEqual(['g1']);
    await second.close();
  });

  it('a record of starts that cannot be written is told, and the start is answered', async () => {
    const warnings: string[] = [];
    const array = await testArray({ dataDir, warn: (message) => warnings.push(message) });
    await mkdir(join(dataDir, 'starts.csv'));
    await array.ok('mkfcmap -name m -source a -target b; startfcmap -prep m');
    expect(warnings).toEqual([expect.stringContaining('starts.csv')]);
    await array.close();
  });
});
