// What a restart finds: the state as last answered, synced and renamed into place, older versions' states too.
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { savedState } from '../../../src/simulator/index.js';
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

it('takes over a state that an older version wrote', async () => {
  await (await testArray({ dataDir })).close();
  const now = JSON.parse(await readFile(state(), 'utf8')) as Record<string, unknown> & {
    volumes: { storedAs?: string }[];
  };
  const { settings: _s, snapshots: _n, volumeGroups: _g, ...old } = now;
  for (const volume of old.volumes) delete volume.storedAs;
  await writeFile(state(), JSON.stringify(old));
  const array = await testArray({ dataDir });
  expect((await array.ok('lsvdisk -nohdr')).trim().split('\n')).toHaveLength(4);
  await array.ok('addsnapshot -volumes a');
});

it.each([
  '{"format":1',
  '',
  '{"format":7}',
  '[]',
  'null',
  '{"format":1,"id":"x","name":"y","serial":1,"volumes":3}',
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
  const saved = JSON.parse(await readFile(state(), 'utf8')) as { mappings: { target: number }[] };
  for (const mapping of saved.mappings) mapping.target = 99;
  await writeFile(state(), JSON.stringify(saved));
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
  const saved = JSON.parse(await readFile(state(), 'utf8')) as { groups: unknown[] };
  expect(saved.groups).toHaveLength(20);
  expect(await readdir(dataDir)).not.toContain('state.json.new');
});
