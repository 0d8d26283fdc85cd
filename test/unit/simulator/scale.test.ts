// As large as arrays get: listings are whole, limits are refused with their codes. How long they take: `npm run bench:array`.
import { beforeAll, describe, expect, it } from 'vitest';
import { createLargeArray, printed } from '../../../bench/array/large-array.js';
import type { SimulatedSystem } from '../../../src/simulator/index.js';

let array: SimulatedSystem;

const ok = (line: string): Promise<string> => printed(array, line);
const code = async (line: string): Promise<string> =>
  (await array.execute(line)).stderr.split(' ')[0] ?? '';

beforeAll(async () => void (array = await createLargeArray()), 120_000);

describe('ten thousand volumes, a group of 512 mappings', () => {
  it.each([
    ['lsvdisk -bytes -delim :', 10_000],
    ['lsfcmap -delim :', 513],
    ['lsfcconsistgrp -delim : g', 5 + 2 + 1024],
    ['lsmdiskgrp -bytes -delim :', 2],
    ['lsvdisk -delim : -filtervalue name=t89*', 112],
    ['lsvdiskcopy -delim :', 10_000],
  ])('%s lists all of them', async (line, rows) => {
    expect((await ok(line)).trim().split('\n')).toHaveLength(rows);
  });

  it('are all at one instant, and found one by one', async () => {
    const rows = (await ok('lsfcmap -nohdr -delim :'))
      .trim()
      .split('\n')
      .map((row) => row.split(':'));
    expect(new Set(rows.map((cells) => [cells[8], cells[16]].join()))).toHaveLength(1);
    expect(await ok('lsvdisk -bytes -delim : t8999; lsfcmap -delim : m512')).toMatch(
      /^name:t8999$[^]*^name:m512$/m,
    );
  });
});

describe('limits', () => {
  it('refuses a 513th member, volume 10001 and the tree of 257 with their codes', async () => {
    await ok('stopfcconsistgrp g');
    expect(await code('mkfcmap -source s513 -target t513 -consistgrp g')).toBe('CMMVC6034E');
    expect(await code('mkvdisk -mdiskgrp P -size 1; mkvdisk -mdiskgrp P -size 1')).toBe(
      'CMMVC6034E',
    );
    for (let from = 600; from < 855; from += 51)
      await ok(
        Array.from(
          { length: 51 },
          (_, index) => `mkfcmap -source s999 -target t${from + index}`,
        ).join(';'),
      );
    await ok('mkfcmap -source t600 -target t900');
    expect(await code('mkfcmap -source s999 -target t901')).toBe('CMMVC6302E');
    expect(await code('mkfcmap -source s998 -target s999')).toBe('CMMVC6302E');
    expect(await code('mkfcmap -source s998 -target t901')).toBe('');
  });

  it('refuses one group too many', async () => {
    const made = await array.execute(Array.from({ length: 500 }, () => 'mkfcconsistgrp').join(';'));
    expect(made.stderr.trim().split('\n')).toEqual([expect.stringMatching(/^CMMVC6034E /)]);
  });
});
