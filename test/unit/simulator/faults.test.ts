import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testArray, takeCopy, type TestArray } from './array.js';

async function prepared(options = {}): Promise<TestArray> {
  const array = await testArray(options);
  await array.ok(
    'mkfcconsistgrp -name g1; mkfcmap -source a -target b -consistgrp g1; prestartfcconsistgrp g1',
  );
  await array.settled();
  array.clock.advance(2000);
  return array;
}

it.each([
  ['before', 'prepared'],
  ['after', 'copying'],
] as const)(
  'a connection dropped %s the start leaves the group %s, and the caller cannot tell',
  async (when, state) => {
    const array = await prepared();
    array.faults.add({ on: 'startfcconsistgrp', when, do: 'drop-connection' });
    await expect(array.execute('lsfcconsistgrp g1 && startfcconsistgrp g1')).rejects.toMatchObject({
      code: 'CHANNEL_LOST',
      outcome: 'unknown',
    });
    expect(await array.attribute('lsfcconsistgrp g1', 'status')).toBe(state);
  },
);

it('a code on demand replaces the answer as often as asked, then the command works', async () => {
  const array = await prepared();
  array.faults.add({ on: 'startfcconsistgrp', do: { code: 'CMMVC5786E' }, times: 2 });
  expect([
    await array.code('startfcconsistgrp g1'),
    await array.code('svctask startfcconsistgrp g1'),
  ]).toEqual(['CMMVC5786E', 'CMMVC5786E']);
  expect(await array.code('startfcconsistgrp g1')).toBe('');
});

it('a delay takes time on the clock', async () => {
  const array = await prepared();
  array.faults.add({ on: 'lssystem', do: { delayMs: 700 } });
  const before = array.clock.now();
  await array.ok('lssystem');
  expect(array.clock.now() - before).toBe(700);
});

it('records each executed start and no refused one', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'fc-starts-'));
  const array = await testArray({ dataDir });
  await array.ok('mkfcconsistgrp -name g1; mkfcmap -source a -target b -consistgrp g1');
  await array.code('startfcconsistgrp g1');
  await takeCopy(array, 'g1');
  expect(array.startDurationsMs).toEqual([0]);
  expect(await readFile(join(dataDir, 'starts.csv'), 'utf8')).toBe(
    'time,group,mappings,ms\n2026-11-24T01:02:05.000Z,g1,1,0\n',
  );
  await rm(dataDir, { recursive: true });
});
