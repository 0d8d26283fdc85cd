// What goes wrong in operation, on demand: room, bitmaps, licence, protection, broken volumes, late effects, failovers.
import { describe, expect, it } from 'vitest';
import type { SimulatorConfigInput } from '../../../src/simulator/index.js';
import { GRAIN, MIB, testArray, type TestArray } from './array.js';

const fill = (text: string): string => text.padEnd(64, '.');

async function arrayWith(config: Partial<SimulatorConfigInput>): Promise<TestArray> {
  return testArray(
    {
      config: {
        system: { name: 'svc1' },
        users: [{ name: 'superuser', password: 'secret' }],
        pools: [{ name: 'Pool0', capacity: '16MiB' }],
        volumes: ['a', 'b'].map((name) => ({ name, pool: 'Pool0', size: '4MiB' })),
        hosts: [{ name: 'h1', iqn: 'iqn.2026-01.test:h1' }],
        ...config,
      },
    },
    ['a', 'b'],
  );
}

describe('room', () => {
  it('a thin volume takes what is written, in its pool and in its own view', async () => {
    const array = await arrayWith({});
    await array.ok(
      'mkvdisk -name t -mdiskgrp Pool0 -size 4 -rsize 0% -autoexpand; mkvdiskhostmap -host h1 t',
    );
    const free = async (): Promise<number> =>
      Number(await array.attribute('lsmdiskgrp -bytes Pool0', 'free_capacity'));
    expect(await free()).toBe(8 * MIB);
    await array.write('t', 0, 'x');
    await array.write('t', 3 * MIB, 'y');
    expect(await free()).toBe(8 * MIB - 2 * 64 * 1024);
    expect(await array.ok('lsvdiskcopy -bytes -delim : -copy 0 t')).toMatch(
      /\nused_capacity:131072\n.*\n?/,
    );
  });

  it('a thin target that may not grow goes offline when it is full, and its copy stops', async () => {
    const array = await arrayWith({});
    for (let grain = 0; grain < 16; grain++) await array.write('a', grain * GRAIN, fill('data'));
    await array.ok(
      'mkvdisk -name t -mdiskgrp Pool0 -size 4 -rsize 10%; mkfcmap -name m -source a -target t -copyrate 50',
    );
    await array.ok('startfcmap -prep m; mkvdiskhostmap -host h1 t');
    await array.settled();
    expect(await array.read('t', 0, 64)).toBe(fill('data'));
    array.clock.advance(1000);
    expect(await array.attribute('lsfcmap m', 'status')).toBe('stopped');
    expect(await array.attribute('lsvdisk t', 'status')).toBe('offline');
    await expect(array.read('t', 0, 1)).rejects.toMatchObject({ code: 'EIO' });
    expect(await array.read('a', 0, 64)).toBe(fill('data'));
  });

  it('a pool that runs full takes its growing volumes offline, with the write that did not fit', async () => {
    const array = await arrayWith({});
    await array.ok(
      'mkvdisk -name t -mdiskgrp Pool0 -size 16 -rsize 0% -autoexpand; mkvdiskhostmap -host h1 t',
    );
    const written = [];
    for (let at = 0; at < 16 * MIB; at += 64 * 1024)
      written.push(
        await array.write('t', at, 'x').then(
          () => true,
          () => false,
        ),
      );
    expect(written.indexOf(false)).toBe((8 * MIB) / (64 * 1024));
    expect(await array.attribute('lsvdisk t', 'status')).toBe('offline');
  });

  it('bitmap memory that is used up refuses a mapping, and more of it takes it in', async () => {
    const array = await arrayWith({
      pools: [{ name: 'Pool0', capacity: '10TiB' }],
      volumes: ['a', 'b', 'c', 'd'].map((name) => ({ name, pool: 'Pool0', size: '1TiB' })),
      limits: { flashBitmapMiB: 1 },
    }); // 1 TiB in grains of 256 KiB: 512 KiB of bitmap
    await array.ok('mkfcmap -source a -target b; mkfcmap -source a -target c');
    expect(await array.code('mkfcmap -source a -target d')).toBe('CMMVC5917E');
    expect(await array.code('addsnapshot -volumes d')).toBe('CMMVC5917E');
    expect(await array.attribute('lsiogrp -bytes io_grp0', 'flash_copy_free_memory')).toBe('0');
    await array.ok(
      'chiogrp -feature flash -size 3 io_grp0; mkfcmap -source a -target d -incremental',
    );
    expect(await array.code('chiogrp -feature flash -size 1 0')).toBe('CMMVC5917E');
  });
});

describe('settings of the system', () => {
  it('without a licence no mapping and no snapshot is made', async () => {
    const array = await arrayWith({ flashCopyLicensed: false });
    expect(await array.code('mkfcmap -source a -target b')).toBe('CMMVC7205E');
    expect(await array.code('addsnapshot -volumes a')).toBe('CMMVC7205E');
    await array.ok('chlicense -flash on; mkfcmap -source a -target b');
  });

  it('volume protection keeps volumes with recent I/O mapped and alive, forced or not', async () => {
    const array = await arrayWith({ volumeProtection: true });
    await array.write('a', 0, 'x');
    expect(await array.code('rmvdiskhostmap -host h1 a')).toBe('CMMVC8783E');
    expect(await array.code('rmvdisk -force a')).toBe('CMMVC8783E');
    await array.ok('rmvdiskhostmap -host h1 b; rmvdisk b');
    array.clock.advance(15 * 60_000);
    await array.ok('rmvdisk -force a');
  });
});

describe('trouble', () => {
  async function copying(flags = ''): Promise<TestArray> {
    const array = await testArray();
    for (let grain = 0; grain < 16; grain++) await array.write('a', grain * GRAIN, fill('data'));
    await array.ok(`mkfcmap -name m -source a -target b -copyrate 50 ${flags}; startfcmap -prep m`);
    await array.settled();
    return array;
  }

  it('an I/O error on the target stops its copy: the target is offline, the source is not', async () => {
    const array = await copying();
    array.faults.add({ on: 'target-io:b', do: 'fail' });
    array.clock.advance(500);
    expect(await array.attribute('lsfcmap m', 'status')).toBe('stopped');
    await expect(array.read('b', 0, 1)).rejects.toMatchObject({ code: 'EIO' });
    expect(await array.read('a', 0, 4)).toBe('data');
    expect(await array.ok('lseventlog -nohdr -delim ! -alert yes')).toMatch(
      /!fc_map!0!m!!alert!no!!!I\/O errors/,
    );
    await array.ok('simrepair b; startfcmap -prep m');
    await array.settled();
    array.clock.advance(10_000);
    await array.ok('lsfcmap');
    expect(await array.read('b', 15 * GRAIN, 64)).toBe(fill('data'));
  });

  it('with -keeptarget the source goes offline with its target instead', async () => {
    const array = await copying('-keeptarget');
    await array.ok('simbreak b');
    array.clock.advance(500);
    expect(await array.attribute('lsfcmap m', 'status')).toBe('copying');
    await expect(array.read('a', 0, 1)).rejects.toMatchObject({ code: 'EIO' });
    await array.ok('simrepair a; simrepair b');
    array.clock.advance(10_000);
    expect(await array.attribute('lsfcmap m', 'status')).toBe('idle_or_copied');
  });

  it('an I/O group that goes suspends its copies, and they go on when it comes back', async () => {
    const array = await copying();
    await array.ok('simiogrp -state offline');
    expect(await array.attribute('lsfcmap m', 'status')).toBe('suspended');
    expect(await array.code('rmfcmap m')).toBe('CMMVC5900E');
    for (const name of ['a', 'b'])
      await expect(array.read(name, 0, 1)).rejects.toMatchObject({ code: 'EIO' });
    await array.ok('simiogrp -state online');
    array.clock.advance(2000);
    expect(await array.attribute('lsfcmap m', 'status')).toBe('idle_or_copied');
    expect(await array.read('b', 15 * GRAIN, 64)).toBe(fill('data'));
  });

  it('an effect can come after its caller has given up', async () => {
    const array = await testArray();
    array.faults.add({ on: 'mkfcconsistgrp', do: { delayMs: 60_000 } });
    const late = array.execute('mkfcconsistgrp -name g1');
    expect(array.state.groups).toHaveLength(0);
    await late;
    expect(array.state.groups).toHaveLength(1);
  });

  it('is armed by command and by configuration, listed, and forgotten', async () => {
    const array = await arrayWith({ faults: [{ on: 'flush', do: 'fail', times: 2 }] });
    await array.ok(
      'simfault -on startfcmap -do CMMVC5786E; simfault -on rest -do http:429 -times 3',
    );
    expect(await array.ok('lssimfault -delim :')).toBe(
      'on:when:do:left\nflush:before:fail:2\nstartfcmap:before:CMMVC5786E:1\nrest:before:http:429:3\n',
    );
    await array.ok('mkfcmap -name m -source a -target b');
    expect(await array.code('startfcmap m')).toBe('CMMVC5786E');
    expect(await array.code('startfcmap -prep m')).toBe('CMMVC5908E');
    await array.ok('rmsimfault');
    expect(await array.ok('lssimfault')).toBe('');
    expect(await array.code('simfault -on x -do nonsense')).toBe('CMMVC5767E');
  });

  it('a failover in the middle of a command loses its answer, and the array is the same afterwards', async () => {
    const array = await testArray();
    const downs: number[] = [];
    array.onFailover((downMs) => downs.push(downMs));
    array.faults.add({ on: 'mkfcconsistgrp', when: 'after', do: 'failover' });
    await expect(array.execute('mkfcconsistgrp -name g1')).rejects.toMatchObject({
      code: 'CHANNEL_LOST',
    });
    expect([downs, array.state.groups.length, array.state.settings.configNode]).toEqual([
      [5000],
      1,
      2,
    ]);
  });
});

describe('for people', () => {
  it('shows the whole array as a table, and bytes without a host', async () => {
    const array = await testArray();
    await array.ok(
      'simwrite -offset 10 -text hello a; mkfcconsistgrp -name g1; mkfcmap -name m -source a -target b -consistgrp g1',
    );
    expect(await array.ok('simread -offset 8 -length 10 a')).toBe('"\\u0000\\u0000hello"\n');
    const table = await array.ok('simstate');
    expect(table).toMatch(
      /mapping +source +target +group +state +percent +rate +started\nm +a +b +g1 +idle_or_copied +0 +50\n/,
    );
    expect(table).toMatch(/volume +size +thin +state +hosts\na +4 MiB +no +online +h1\n/);
  });
});
