// What an array refuses at prepare for reasons that are no state of the mapping, and what it prints
// beside its answers. Sources: captured outputs of real arrays. When 9406E and 8984E come is not
// known well enough for them to come about by themselves: `simrefuse` sets them.
import { describe, expect, it } from 'vitest';
import { testArray, type TestArray } from './array.js';

async function withGroup(codeLevel = '8.6.0.0', profile = {}): Promise<TestArray> {
  const array = await testArray({
    config: {
      system: { name: 'svc1', codeLevel },
      users: [{ name: 'superuser', password: 'secret' }],
      pools: [{ name: 'Pool0', capacity: '1GiB' }],
      volumes: ['a', 'b', 'c', 'd'].map((name) => ({ name, pool: 'Pool0', size: '4MiB' })),
      hosts: [{ name: 'h1', iqn: 'iqn.2026-01.test:h1' }],
      profile,
    },
  });
  await array.ok('mkfcconsistgrp -name g1; mkfcmap -name m1 -source a -target b -consistgrp g1');
  await array.ok('mkfcmap -name m2 -source c -target d -consistgrp g1');
  return array;
}

describe('prepare is refused, and nothing of the group is touched', () => {
  it.each([
    ['CMMVC9664E', 'one volume was resized', 'expandvdisksize -size 1 -unit mb d'],
    ['CMMVC9862E', 'a source has snapshots', 'addsnapshot -volumes c -ignorelegacy'],
    ['CMMVC9406E', 'a volume is not in a state', 'simrefuse -code CMMVC9406E d'],
    ['CMMVC8984E', 'a volume is held', 'simrefuse -code CMMVC8984E c'],
  ])('%s: %s', async (code, _why, cause) => {
    const array = await withGroup();
    await array.ok(cause);
    for (const line of ['prestartfcconsistgrp g1', 'startfcconsistgrp -prep g1'])
      expect(await array.code(line)).toBe(code);
    expect(await array.ok('lsfcmap -nohdr -delim :')).toMatch(
      /:m1:.*:idle_or_copied:[^]*:m2:.*:idle_or_copied:/,
    );
    expect(await array.attribute('lsvdisk b', 'status')).toBe('online');
  });

  it('and goes on when its reason is gone', async () => {
    const array = await withGroup();
    await array.ok('simrefuse -code CMMVC9406E d; addsnapshot -volumes c -ignorelegacy');
    await array.ok('simrefuse -off d; rmsnapshot -snapshotid 0; prestartfcconsistgrp g1');
  });

  it('a source with snapshots is prepared where the profile says so', async () => {
    const array = await withGroup('8.6.0.0', { sourceWithSnapshots: 'prepared' });
    await array.ok('addsnapshot -volumes c -ignorelegacy; prestartfcconsistgrp g1');
  });

  it('from 9.0 on the listing names what differs in size', async () => {
    const array = await withGroup('9.1.0.0');
    await array.ok('expandvdisksize -size 1 -unit mb d');
    const rows = (await array.ok('lsfcmap -delim :')).trim().split('\n');
    const at = rows[0]?.split(':').indexOf('size_mismatch') ?? -1;
    expect(rows.slice(1).map((row) => row.split(':')[at])).toEqual(['no', 'yes']);
  });
});

describe('start_time after a stop below 100 %', () => {
  it.each([
    ['cleared', ''],
    ['kept', '261124010205'],
  ])('%s by the profile', async (startTimeAfterStop, expected) => {
    const array = await withGroup('8.6.0.0', { startTimeAfterStop });
    await array.ok('startfcconsistgrp -prep g1; stopfcconsistgrp g1');
    expect(await array.attribute('lsfcmap m1', 'status')).toBe('stopped');
    expect(await array.attribute('lsfcmap m1', 'start_time')).toBe(expected);
  });

  it('stays after a stop of a complete copy', async () => {
    const array = await withGroup();
    await array.ok('startfcconsistgrp -prep g1');
    await array.settled();
    array.clock.advance(10_000);
    await array.code('stopfcconsistgrp g1');
    expect(await array.attribute('lsfcmap m1', 'start_time')).toBe('261124010205');
  });
});

describe('what stands on standard output beside an answer, or instead of one', () => {
  it('a banner and a warning stand before the header, and the command has run', async () => {
    const array = await withGroup();
    await array.ok('simfault -on mkfcconsistgrp -do banner');
    expect(await array.ok('mkfcconsistgrp -name g2')).toMatch(/^Authorized .*\n.*\nFlashCopy Cons/);
    await array.ok('simfault -on command -do banner:CMMVC9634W');
    expect(await array.ok('lsfcconsistgrp -delim :')).toMatch(/^CMMVC9634W [^\n]*\nid:name:/);
    expect(await array.ok('lsfcconsistgrp -delim :')).toMatch(/^id:name:/);
  });

  it.each([
    ['stdout', 1],
    ['stdout0', 0],
  ])('%s: CMMVC7017E instead of the answer, exit status %i', async (form, exitCode) => {
    const array = await withGroup();
    await array.ok(`simfault -on lsfcmap -do ${form}:CMMVC7017E`);
    expect(await array.ok('lssimfault -nohdr -delim !')).toMatch(`!${form}:CMMVC7017E!`);
    expect(await array.execute('lsfcmap')).toEqual({
      exitCode,
      stdout: expect.stringMatching(/^CMMVC7017E /) as string,
      stderr: '',
    });
  });
});
