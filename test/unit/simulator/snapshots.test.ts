// Volume groups and snapshots, told by bytes: a snapshot is the same grains as any other copy.
import { describe, expect, it } from 'vitest';
import { GRAIN, testArray, type TestArray } from './array.js';

const fill = (text: string): string => text.padEnd(64, '.');

async function grouped(codeLevel = '8.6.0.0'): Promise<TestArray> {
  const array = await testArray(
    {
      config: {
        system: { name: 'svc1', codeLevel },
        users: [{ name: 'superuser', password: 'secret' }],
        pools: [{ name: 'Pool0', capacity: '1GiB' }],
        volumes: ['a', 'b'].map((name) => ({ name, pool: 'Pool0', size: '4MiB' })),
        hosts: [{ name: 'h1', iqn: 'iqn.2026-01.test:h1' }],
      },
    },
    ['a', 'b'],
  );
  await array.ok('mkvolumegroup -name vg; chvdisk -volumegroup vg a; chvdisk -volumegroup vg b');
  await array.write('a', 0, fill('data one'));
  await array.write('b', 5 * GRAIN, fill('log one'));
  return array;
}

const both = async (array: TestArray, names = ['a', 'b']): Promise<string[]> => [
  await array.read(names[0] ?? '', 0, 64),
  await array.read(names[1] ?? '', 5 * GRAIN, 64),
];

async function change(array: TestArray, text: string): Promise<void> {
  await array.write('a', 0, fill(`data ${text}`));
  await array.write('b', 5 * GRAIN, fill(`log ${text}`));
}

const named = (names: readonly string[]): string =>
  names.map((name) => `mkvdiskhostmap -host h1 ${name}`).join('; ');
const snapshot = (array: TestArray, name: string, column: string): Promise<string> =>
  array.ok(`lsvolumegroupsnapshot -delim ! -filtervalue name=${name}`).then((text) => {
    const [header = '', row = ''] = text.split('\n');
    return row.split('!')[header.split('!').indexOf(column)] ?? '';
  });

describe('a snapshot of a volume group', () => {
  it('is restored as it was, all volumes at once, whatever was written since', async () => {
    const array = await grouped();
    expect(await array.ok('addsnapshot -volumegroup vg -name s1')).toBe(
      'Snapshot, id [0], successfully created or triggered\n',
    );
    await change(array, 'two');
    await array.ok('addsnapshot -volumegroup vg -name s2');
    await change(array, 'three');
    await array.ok('restorefromsnapshot -snapshot s1 -volumegroup vg');
    expect(await both(array)).toEqual([fill('data one'), fill('log one')]);
    array.clock.advance(10_000);
    await array.ok('restorefromsnapshot -snapshotid 1');
    expect(await both(array)).toEqual([fill('data two'), fill('log two')]);
    array.clock.advance(10_000);
    expect(await array.ok('lsvdisk -nohdr -delim :')).toMatch(/^0:a:.*\n1:b:.*\n$/);
  });

  it('restores one volume of several when asked for one', async () => {
    const array = await grouped();
    await array.ok('addsnapshot -volumegroup vg -name s1');
    await change(array, 'two');
    await array.ok('restorefromsnapshot -snapshotid 0 -volumes b');
    expect(await both(array)).toEqual([fill('data two'), fill('log one')]);
  });

  it('is seen by nobody: no volume, no mapping, no host, unless hidden ones are asked for', async () => {
    const array = await grouped();
    await array.ok('addsnapshot -volumegroup vg -name s1');
    expect(await array.ok('lsfcmap')).toBe('');
    expect((await array.ok('lsfcmap -nohdr -showhidden')).trim().split('\n')).toHaveLength(2);
    expect(await array.code('lsvdisk 2')).toBe('CMMVC5754E');
    expect(await array.code('mkvdiskhostmap -host h1 2')).toBe('CMMVC5804E');
    expect(await array.code('rmfcmap 0')).toBe('CMMVC5753E');
    expect(await array.attribute('lsvdisk a', 'FC_id')).toBe('');
    expect(await array.attribute('lsvdisk a', 'snapshot_count')).toBe('1');
  });

  it('takes room as its source changes, and gives it back when it goes', async () => {
    const array = await grouped();
    const free = (): Promise<string> => array.attribute('lsmdiskgrp -bytes Pool0', 'free_capacity');
    const before = Number(await free());
    await array.ok('addsnapshot -volumegroup vg -name s1');
    expect(Number(await free())).toBe(before);
    await change(array, 'two');
    expect(before - Number(await free())).toBe(2 * GRAIN);
    await array.ok('rmsnapshot -snapshot s1 -volumegroup vg');
    expect(Number(await free())).toBe(before);
  });
});

describe('volumes from a snapshot', () => {
  it('a clone shows the snapshot at once, becomes independent by itself, and outlives it', async () => {
    const array = await grouped();
    await array.ok('addsnapshot -volumegroup vg -name s1');
    await change(array, 'two');
    await array.ok(
      'mkvolumegroup -name vgc -type clone -snapshot s1 -fromsourcegroup vg -pool Pool0',
    );
    const names = (await array.ok('lsvdisk -nohdr -delim : -filtervalue volume_group_name=vgc'))
      .trim()
      .split('\n')
      .map((line) => line.split(':')[1] ?? '');
    await array.ok(named(names));
    expect(await both(array, names)).toEqual([fill('data one'), fill('log one')]);
    await array.ok('rmsnapshot -snapshotid 0');
    expect(await snapshot(array, 's1', 'state')).toBe('dependent_deleting');
    array.clock.advance(10_000);
    expect(await array.ok('lsvolumegroupsnapshot')).toBe('');
    expect(await array.ok('lsfcmap -showhidden')).toBe('');
    expect(await both(array, names)).toEqual([fill('data one'), fill('log one')]);
    expect(await array.attribute(`lsvdisk ${names[0]}`, 'source_volume_name')).toBe('a');
  });

  it('a thin clone reads through its snapshot for ever, and may be written to', async () => {
    const array = await grouped();
    await array.ok('addsnapshot -volumes a:b -name s1');
    await change(array, 'two');
    await array.ok(
      'mkvolume -name t -type thinclone -fromsnapshotid 0 -fromsourcevolume a -pool Pool0',
    );
    await array.ok('mkvdiskhostmap -host h1 t');
    array.clock.advance(3_600_000);
    expect(await array.read('t', 0, 64)).toBe(fill('data one'));
    await array.write('t', 64, fill('mine'));
    await array.ok('restorefromsnapshot -snapshotid 0');
    expect([await array.read('t', 64, 64), await array.read('a', 0, 64)]).toEqual([
      fill('mine'),
      fill('data one'),
    ]);
    expect(await array.attribute('lsvdisk t', 'volume_type')).toBe('thinclone');
    await array.ok('addsnapshot -volumes t -name st');
    await array.write('t', 0, fill('changed'));
    await array.ok('restorefromsnapshot -snapshotid 1');
    array.clock.advance(60_000);
    expect([await array.read('t', 0, 64), await array.read('t', 64, 64)]).toEqual([
      fill('data one'),
      fill('mine'),
    ]);
  });
});

/** A group of thin clones of `s1`, mapped; and `s2`, taken after a change. */
async function thinlyCloned(): Promise<{ array: TestArray; names: string[] }> {
  const array = await grouped('8.7.0.0');
  await array.ok('addsnapshot -volumegroup vg -name s1');
  await array.ok(
    'mkvolumegroup -name vgt -type thinclone -snapshot s1 -fromsourcegroup vg -pool Pool0',
  );
  await change(array, 'two');
  await array.ok('addsnapshot -volumegroup vg -name s2');
  const listing = await array.ok('lsvdisk -nohdr -delim : -filtervalue volume_group_name=vgt');
  const names = listing
    .trim()
    .split('\n')
    .map((line) => line.split(':')[1] ?? '');
  await array.ok(named(names));
  return { array, names };
}

describe('a thin clone', () => {
  it('is converted to a clone, which needs its snapshot no longer', async () => {
    const { array, names } = await thinlyCloned();
    await array.write(names[0] ?? '', 64, fill('mine'));
    const populated = () => array.ok('lsvolumegrouppopulation -nohdr -delim :');
    expect(await populated()).toMatch(/^\d+:vgt:thinclone:0:.*:vg:s1\n$/);
    expect(await array.ok('converttoclone -volumegroup vgt')).toBe('');
    expect(await populated()).toMatch(/^\d+:vgt:clone:/);
    array.clock.advance(60_000);
    await array.ok('rmsnapshot -snapshotid 0');
    expect(await array.ok('lsvolumegroupsnapshot -nohdr')).not.toMatch(/:?s1/);
    expect(await both(array, names)).toEqual([fill('data one'), fill('log one')]);
    expect(await array.read(names[0] ?? '', 64, 64)).toBe(fill('mine'));
    expect(await array.attribute(`lsvdisk ${names[0]}`, 'volume_type')).not.toBe('thinclone');
    expect(await array.code('converttoclone -volumegroup vgt')).toBe('CMMVC5804E');
  });

  it('is refreshed from another snapshot, all at once; what was written on it is gone', async () => {
    const { array, names } = await thinlyCloned();
    await array.write(names[0] ?? '', 64, fill('mine'));
    expect(
      await array.ok('refreshfromsnapshot -volumegroup vgt -snapshot s2 -fromsourcegroup vg'),
    ).toBe('');
    await change(array, 'three');
    expect(await both(array, names)).toEqual([fill('data two'), fill('log two')]);
    expect(await array.read(names[0] ?? '', 64, 64)).not.toBe(fill('mine'));
    await array.ok('rmsnapshot -snapshotid 0');
    expect(await snapshot(array, 's1', 'state')).toBe('');
    await array.ok(`refreshfromsnapshot -volumes ${names[1]} -fromsnapshotid 1`);
  });

  it('is nothing else: other volumes, other snapshots and older levels are refused', async () => {
    const { array, names } = await thinlyCloned();
    expect(await array.code('converttoclone -volumegroup vg')).toBe('CMMVC5804E');
    expect(await array.code('converttoclone -volumegroup vgt -volumes a')).toBe('CMMVC5804E');
    expect(await array.code('refreshfromsnapshot -volumes a -fromsnapshotid 1')).toBe('CMMVC5804E');
    expect(await array.code('refreshfromsnapshot -fromsnapshotid 1')).toBe('CMMVC5707E');
    expect(await array.code('refreshfromsnapshot -volumegroup vgt -fromsnapshotid 7')).toBe(
      'CMMVC9755E',
    );
    await array.ok(`addsnapshot -volumes ${names[0]} -name own`);
    expect(await array.code('refreshfromsnapshot -volumegroup vgt -fromsnapshotid 1')).toBe(
      'CMMVC6310E',
    );
    const older = await grouped();
    expect(await older.code('converttoclone -volumegroup vg')).toBe('CMMVC7205E');
  });
});

describe('retention', () => {
  it('lets a snapshot go by itself, and keeps a safeguarded one until then', async () => {
    const array = await grouped();
    await array.ok('addsnapshot -volumegroup vg -name s1 -retentiondays 1 -safeguarded');
    await array.ok('addsnapshot -volumegroup vg -name s2 -retentionminutes 5');
    expect(await snapshot(array, 's1', 'safeguarded')).toBe('yes');
    expect(await snapshot(array, 's1', 'expiration_time')).toBe('261125010203');
    expect(await array.code('rmsnapshot -snapshotid 0')).toBe('CMMVC6032E');
    array.clock.advance(5 * 60_000);
    expect((await array.ok('lsvolumegroupsnapshot -nohdr')).trim().split('\n')).toHaveLength(1);
    array.clock.advance(86_400_000);
    expect(await array.ok('lsvolumegroupsnapshot')).toBe('');
  });
});

describe('refusals', () => {
  it.each([
    ['addsnapshot', 'CMMVC5707E'],
    ['addsnapshot -volumegroup nope', 'CMMVC5804E'],
    ['addsnapshot -volumes a:nope', 'CMMVC5804E'],
    ['mkvolumegroup -name empty; addsnapshot -volumegroup empty', 'CMMVC5753E'],
    ['addsnapshot -volumegroup vg -name s; addsnapshot -volumegroup vg -name s', 'CMMVC6035E'],
    ['addsnapshot -volumegroup vg -name s; rmsnapshot -snapshot s', 'CMMVC5707E'],
    ['rmsnapshot -snapshotid 9', 'CMMVC9755E'],
    ['restorefromsnapshot -snapshot s -volumegroup vg', 'CMMVC9755E'],
    ['rmvolumegroup vg', 'CMMVC8749E'],
    ['addsnapshot -volumegroup vg; rmvdisk -force a', 'CMMVC5840E'],
    [
      'mkvdisk -name t -mdiskgrp Pool0 -size 4; mkfcmap -source a -target t; addsnapshot -volumegroup vg',
      'CMMVC6032E',
    ],
    ['addsnapshot -volumegroup vg -safeguarded', 'CMMVC5707E'],
    ['chvdisk -volumegroup vg -novolumegroup a', 'CMMVC5713E'],
  ])('%s: %s', async (line, code) => {
    const { stderr } = await (await grouped()).execute(line);
    expect(stderr.split(' ')[0]).toBe(code);
  });

  it('a level without the function answers as one', async () => {
    const array = await grouped('8.4.2.0');
    expect(await array.code('addsnapshot -volumegroup vg')).toBe('CMMVC7205E');
    expect(await array.code('mkvolumegroup -name c -type clone -fromsnapshotid 0')).toBe(
      'CMMVC5709E',
    );
    expect(await array.ok('catxmlspec')).not.toContain('addsnapshot');
  });

  it('legacy mappings are borne when they are ignored', async () => {
    const array = await grouped();
    await array.ok(
      'mkvdisk -name t -mdiskgrp Pool0 -size 4; mkfcmap -name m -source a -target t -copyrate 0; startfcmap -prep m',
    );
    await array.settled();
    await array.ok('addsnapshot -volumegroup vg -ignorelegacy; mkvdiskhostmap -host h1 t');
    await change(array, 'two');
    expect(await array.read('t', 0, 64)).toBe(fill('data one'));
  });
});

it('a loose volume has a name of a snapshot once; another volume may have it too; an unknown pool is an object of a wrong name', async () => {
  const array = await testArray();
  await array.ok(
    'addsnapshot -volumes a -name s1; addsnapshot -volumes b -name s1; addsnapshot -volumes a -name s2',
  );
  expect(await array.code('addsnapshot -volumes a:c -name s1')).toBe('CMMVC6035E');
  expect(await array.code('addsnapshot -volumes c -name s1 -pool Nowhere')).toBe('CMMVC5754E');
});
