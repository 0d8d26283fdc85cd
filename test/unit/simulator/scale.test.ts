// As large as arrays get: listings stay below a second, limits are refused with their codes.
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock/system-clock.js';
import { createSystem, type SimulatedSystem } from '../../../src/simulator/index.js';

let array: SimulatedSystem;

async function ok(line: string): Promise<string> {
  const answer = await array.execute(line);
  if (answer.exitCode !== 0) throw new Error(`${line}: ${answer.stderr}`);
  return answer.stdout;
}
const code = async (line: string): Promise<string> => (await array.execute(line)).stderr.split(' ')[0] ?? '';

/** ms of this process's own time, the best of three: the machine has other work. */
async function fastest(line: string): Promise<number> {
  const times = [];
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage();
    await ok(line);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return Math.min(...times);
}

beforeAll(async () => {
  array = await createSystem({
    clock: systemClock,
    config: {
      system: { name: 'big', codeLevel: '8.3.0.0' },
      users: [{ name: 'u', password: 'p' }],
      pools: [{ name: 'P', capacity: '100TiB' }],
      volumes: [
        { name: 's', pool: 'P', size: '1MiB', count: 1000 },
        { name: 't', pool: 'P', size: '1MiB', thin: true, count: 8999 },
      ],
      hosts: [{ name: 'h', iqn: 'iqn.2026-01.test:h' }],
    },
  });
  await ok('mkfcconsistgrp -name g');
  for (let from = 1; from <= 512; from += 64)
    await ok(
      Array.from(
        { length: 64 },
        (_, index) =>
          `mkfcmap -name m${from + index} -source s${from + index} -target t${from + index} -consistgrp g -copyrate 0`,
      ).join(';'),
    );
  await ok('startfcconsistgrp -prep g');
}, 120_000);

describe('ten thousand volumes, a group of 512 mappings', () => {
  it.each([
    ['lsvdisk -bytes -delim :', 10_000],
    ['lsfcmap -delim :', 513],
    ['lsfcconsistgrp -delim : g', 5 + 2 + 1024],
    ['lsmdiskgrp -bytes -delim :', 2],
    ['lsvdisk -delim : -filtervalue name=t89*', 112],
    ['lsvdiskcopy -delim :', 10_000],
  ])('%s lists below a second', async (line, rows) => {
    expect((await ok(line)).trim().split('\n')).toHaveLength(rows);
    expect(await fastest(line)).toBeLessThan(1000);
  });

  it('are all at one instant, and found one by one', async () => {
    const rows = (await ok('lsfcmap -nohdr -delim :'))
      .trim()
      .split('\n')
      .map((row) => row.split(':'));
    expect(new Set(rows.map((cells) => [cells[8], cells[16]].join()))).toHaveLength(1);
    expect(await fastest('lsvdisk -bytes t8999; lsfcmap m512')).toBeLessThan(200);
  });
});

describe('limits', () => {
  it('refuses a 513th member, volume 10001 and the tree of 257 with their codes', async () => {
    await ok('stopfcconsistgrp g');
    expect(await code('mkfcmap -source s513 -target t513 -consistgrp g')).toBe('CMMVC6034E');
    expect(await code('mkvdisk -mdiskgrp P -size 1; mkvdisk -mdiskgrp P -size 1')).toBe('CMMVC6034E');
    for (let from = 600; from < 855; from += 51)
      await ok(Array.from({ length: 51 }, (_, index) => `mkfcmap -source s999 -target t${from + index}`).join(';'));
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
