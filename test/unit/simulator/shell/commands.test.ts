import { describe, expect, it } from 'vitest';
import { testArray } from '../array.js';

describe('refusals', () => {
  it.each([
    ['mkfcmap -source a', 'CMMVC5707E'],
    ['mkfcmap -source a -source b -target c', 'CMMVC5707E'],
    ['mkfcmap -source a -target a', 'CMMVC6303E'],
    ['mkfcmap -source a -target nope', 'CMMVC5804E'],
    ['mkfcmap -source a -target b -colour red', 'CMMVC5709E'],
    ['mkfcmap -source a -target b -copyrate 151', 'CMMVC5767E'],
    [
      'mkvdisk -name small -mdiskgrp Pool0 -size 1 -unit mb; mkfcmap -source a -target small',
      'CMMVC5924E',
    ],
    ['mkvdisk -name 9lives -mdiskgrp Pool0 -size 1', 'CMMVC6527E'],
    ['mkvdisk -name a -mdiskgrp Pool0 -size 1', 'CMMVC6035E'],
    ['mkvdisk -name big -mdiskgrp Pool0 -size 2 -unit tb', 'CMMVC5860E'],
    ['mkvdisk -name odd -mdiskgrp Pool0 -size 100 -unit b', 'CMMVC7019E'],
    [`mkfcconsistgrp -name ${'x'.repeat(64)}`, 'CMMVC5738E'],
    ['rmvdisk a', 'CMMVC5840E'],
    ['mkvdiskhostmap -host h1 a', 'CMMVC5878E'],
    ['mkhost -name h2 -iscsiname iqn.2026-01.test:h2; mkvdiskhostmap -host h2 a', 'CMMVC6071E'],
    ['mkhost -name h2 -iscsiname iqn.2026-01.test:h2; rmvdiskhostmap -host h2 a', 'CMMVC5842E'],
    ['rmvdiskhostmap -host h1 a; mkvdiskhostmap -host h1 -scsi 1 a', 'CMMVC5879E'],
    ['lsvdisk -filtervalue colour=red', 'CMMVC5741E'],
    ['lsfcmap nope', 'CMMVC5754E'],
    ['rmfcmap nope', 'CMMVC5753E'],
    ['startfcconsistgrp nope', 'CMMVC5753E'],
    ['mkfcmap -source a -target b; mkfcmap -source c -target b', 'CMMVC6466E'],
    ['mkrcrelationship -master a -aux b', 'CMMVC7205E'],
  ])('%s answers %s', async (line, code) => {
    const answer = await (await testArray()).execute(line);
    expect([answer.exitCode, answer.stderr.split(' ')[0]]).toEqual([1, code]);
  });
});

it.each([
  ['8.6.0.0', ''],
  ['9.1.0.0', 'CMMVC5738E'],
])(
  'at level %s a group name as long as Cinder makes it is answered with "%s"',
  async (codeLevel, code) => {
    const array = await testArray({
      config: {
        system: { name: 'svc1', codeLevel },
        users: [{ name: 'superuser', password: 'secret' }],
        pools: [{ name: 'Pool0', capacity: '1GiB' }],
      },
    });
    expect(
      await array.code('mkfcconsistgrp -name cg_snap-bbdd1316-4606-41e6-a4c9-622115eb5e50'),
    ).toBe(code);
    expect(await array.code('mkfcconsistgrp -name a_name_of_15_ch')).toBe('');
  },
);

describe('output', () => {
  it('prints nothing at all for a view without rows', async () => {
    expect(await (await testArray()).execute('lsfcmap')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('shows concise views with header, delimiter, bytes and filter', async () => {
    const array = await testArray();
    const [header = '', ...rows] = (
      await array.ok('svcinfo lsvdisk -bytes -delim ! -filtervalue name=a*:status=online')
    )
      .trimEnd()
      .split('\n');
    expect(header.split('!').slice(0, 9).join()).toBe(
      'id,name,IO_group_id,IO_group_name,status,mdisk_grp_id,mdisk_grp_name,capacity,type',
    );
    expect(rows.map((row) => row.split('!').length)).toEqual([header.split('!').length]);
    expect(rows[0]?.split('!')[7]).toBe('4194304');
  });

  it('repeats member keys in the detailed view of a group, and none of them as numbers of a dead group', async () => {
    const array = await testArray();
    await array.ok(
      'mkfcconsistgrp -name g1; mkfcmap -source a -target b -consistgrp g1; mkfcmap -source c -target d -consistgrp 1',
    );
    expect((await array.ok('lsfcconsistgrp -delim : g1')).match(/FC_mapping_name:.*/g)).toEqual([
      'FC_mapping_name:fcmap0',
      'FC_mapping_name:fcmap1',
    ]);
    expect(await array.code('rmfcconsistgrp g1')).toBe('CMMVC5895E');
  });

  it('runs read and start as one line and tells the status of each', async () => {
    const array = await testArray();
    const answer = await array.execute('lsfcconsistgrp nope || echo "rc=$?"; echo $?');
    expect([answer.exitCode, answer.stdout]).toEqual([0, 'rc=1\n0\n']);
    expect((await array.execute('whoami')).exitCode).toBe(127);
  });

  it('fences: after a rename the old name does not start anything', async () => {
    const array = await testArray();
    await array.ok(
      'mkfcconsistgrp -name old; mkfcmap -source a -target b -consistgrp old; prestartfcconsistgrp old',
    );
    await array.settled();
    array.clock.advance(2000);
    await array.ok('chfcconsistgrp -name new old');
    expect(await array.code('startfcconsistgrp old')).toBe('CMMVC5753E');
    expect(await array.code('startfcconsistgrp new')).toBe('');
  });

  it('uses ids again after a removal, UIDs never', async () => {
    const array = await testArray();
    await array.ok('rmvdiskhostmap -host h1 a');
    const uid = await array.attribute('lsvdisk a', 'vdisk_UID');
    expect(uid).toMatch(/^600507680[0-9A-F]{23}$/);
    expect(await array.ok('rmvdisk a; mkvdisk -name a2 -mdiskgrp Pool0 -size 4')).toBe(
      'Virtual Disk, id [0], successfully created\n',
    );
    expect(await array.attribute('lsvdisk a2', 'vdisk_UID')).not.toBe(uid);
  });
});
