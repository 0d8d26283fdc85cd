// Every view of the command line, as clients read it: whole rows, every key, what the code level has.
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../../src/simulator/shell/commands/table.js';
import { testArray, type TestArray } from '../array.js';

async function busy(codeLevel: string): Promise<TestArray> {
  const array = await testArray({
    config: {
      system: { name: 'svc1', codeLevel },
      users: [{ name: 'superuser', password: 'secret' }],
      pools: [{ name: 'Pool0', capacity: '1GiB' }],
      volumes: ['a', 'b', 'c', 'd'].map((name) => ({
        name,
        pool: 'Pool0',
        size: '4MiB',
        thin: name === 'd',
      })),
      hosts: [
        { name: 'h1', iqn: 'iqn.2026-01.test:h1' },
        { name: 'h2', wwpn: '21:00:00:00:00:00:00:01' },
      ],
    },
  });
  await array.ok(
    'mkfcconsistgrp -name g1; mkfcmap -name m1 -source a -target b -consistgrp g1 -incremental',
  );
  await array.ok('startfcconsistgrp -prep g1');
  await array.settled();
  await array.code('mkvolumegroup -name vg; chvdisk -volumegroup vg c');
  await array.code(
    'addsnapshot -volumegroup vg -name s1; mkvolume -name clone -type clone -fromsnapshotid 0',
  );
  return array;
}

/** An object that each view with a required one can be asked about. */
const SUBJECT: Readonly<Record<string, string>> = {
  lsfcmapprogress: 'm1',
  lsfcmapdependentmaps: 'm1',
  lshostiogrp: 'h1',
  lsvdiskaccess: 'a',
  lsvdiskhostmap: 'a',
  lsvdiskfcmappings: 'a',
  lsvdiskfcmapcopies: 'a',
  lsvdiskdependentmaps: 'a',
  simread: 'a',
};
const OBJECTS: Readonly<Record<string, string>> = {
  lsvdisk: 'a',
  lsfcmap: 'm1',
  lsfcconsistgrp: 'g1',
  lshost: 'h1',
  lsmdiskgrp: 'Pool0',
  lsiogrp: 'io_grp0',
  lsnode: 'node1',
  lsnodecanister: '1',
  lsuser: 'superuser',
  lsvolumegroup: 'vg',
  lssnapshotpolicy: 'predefinedsspolicy0',
  lsvolumegroupsnapshotpolicy: 'vg',
  lsvolumegroupsnapshot: '0',
  lsvolumesnapshot: '0',
  lsportset: 'portset0',
  lssystem: 'svc1',
  lscluster: 'svc1',
};
const NO_TABLE = ['catxmlspec', 'simstate', 'simread'];
const lists = Object.entries(COMMANDS).filter(
  ([name, { changes }]) => !changes && !NO_TABLE.includes(name),
);

describe.each(['7.8.1.0', '8.3.1.0', '8.6.0.0', '9.1.0.0'])('at level %s', (codeLevel) => {
  it('no view has a ragged row or an empty name, with any delimiter', async () => {
    const array = await busy(codeLevel);
    for (const [name] of lists)
      for (const delimiter of ['!', ',', ':']) {
        const subject = SUBJECT[name] ?? '';
        const { exitCode, stdout, stderr } = await array.execute(
          `svcinfo ${name} -delim ${delimiter} ${subject}`,
        );
        if (stderr.startsWith('CMMVC7205E')) continue;
        expect(`${name} ${exitCode} ${stderr}`).toBe(`${name} 0 `);
        if (delimiter === ':') continue; // values may hold it, as on a real system: iSCSI names do
        const rows = stdout
          .split('\n')
          .filter((row) => row !== '')
          .map((row) => row.split(delimiter));
        expect({
          name,
          widths: [...new Set(rows.map((cells) => cells.length))].length <= 1,
        }).toEqual({
          name,
          widths: true,
        });
        expect(rows[0]?.includes('') ?? false).toBe(false);
      }
  });

  it('every detailed view shows its object, one attribute a line', async () => {
    const array = await busy(codeLevel);
    for (const [name, subject] of Object.entries(OBJECTS)) {
      const { stdout, stderr } = await array.execute(`${name} -bytes -delim ! ${subject}`);
      if (stderr.startsWith('CMMVC7205E')) continue;
      expect(`${name} ${stderr}`).toBe(`${name} `);
      const lines = stdout.split('\n').slice(0, -1);
      expect({
        name,
        ok: lines.every((line) => line === '' || /^[A-Za-z_0-9]+!/.test(line)),
      }).toEqual({
        name,
        ok: true,
      });
      expect(await array.code(`${name} no_such_object`)).toMatch(/^(CMMVC5754E|CMMVC9755E)?$/);
    }
  });

  it('the specification of the command line names every command of the level with its flags, and is well-formed', async () => {
    const array = await busy(codeLevel);
    const xml = await array.ok('catxmlspec');
    expect(xml).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<ArraySyntax version="2.0">/);
    const open = xml.match(/<[A-Z][A-Za-z]*(?=[ >])(?![^>]*\/>)/g) ?? [];
    const close = xml.match(/<\/[A-Z][A-Za-z]*>/g) ?? [];
    expect(open).toHaveLength(close.length);
    expect(xml).toContain('<Command name="mkfcmap"><ValueParam name="-source"/>');
    expect(xml.includes('"addsnapshot"')).toBe(Number.parseFloat(codeLevel) >= 8.6);
    expect(xml.includes('"lsip"')).toBe(Number.parseFloat(codeLevel) >= 8.6);
  });
});

describe('what differs between levels', () => {
  const header = async (codeLevel: string, line: string): Promise<string[]> =>
    ((await (await busy(codeLevel)).ok(`${line} -delim :`)).split('\n')[0] ?? '').split(':');

  it('columns of mappings and groups', async () => {
    expect(await header('8.6.0.0', 'lsfcmap')).toEqual([
      ...[
        'id',
        'name',
        'source_vdisk_id',
        'source_vdisk_name',
        'target_vdisk_id',
        'target_vdisk_name',
        'group_id',
      ],
      ...[
        'group_name',
        'status',
        'progress',
        'copy_rate',
        'clean_progress',
        'incremental',
        'partner_FC_id',
      ],
      ...['partner_FC_name', 'restoring', 'start_time', 'rc_controlled'],
    ]);
    expect((await header('9.1.0.0', 'lsfcmap')).slice(-3)).toEqual([
      'size_mismatch',
      'is_snapshot',
      'snapshot_id',
    ]);
    expect(await header('7.8.1.0', 'lsfcconsistgrp')).toEqual([
      'id',
      'name',
      'status',
      'start_time',
    ]);
    expect((await header('8.3.1.0', 'lsfcconsistgrp')).slice(-2)).toEqual([
      'owner_id',
      'owner_name',
    ]);
  });

  it('rates above 100 from 7.8.1 on', async () => {
    expect(await (await busy('7.8.0.0')).code('chfcmap -copyrate 101 m1')).toBe('CMMVC5767E');
    expect(await (await busy('7.8.1.0')).code('chfcmap -copyrate 150 m1')).toBe('');
  });

  it('a volume in a mapping grows from 8.4.2 on, by the difference, and its next copy covers all of it', async () => {
    expect(await (await busy('8.3.1.0')).code('expandvdisksize -size 4 -unit mb a')).toBe(
      'CMMVC5837E',
    );
    const array = await busy('8.6.0.0');
    array.clock.advance(10_000);
    await array.ok('expandvdisksize -size 4 -unit mb a');
    expect(await array.attribute('lsvdisk -bytes a', 'capacity')).toBe(String(8 * 2 ** 20));
    expect(await array.code('prestartfcconsistgrp g1')).toBe('CMMVC9664E');
    await array.ok('expandvdisksize -size 4 -unit mb b');
    await array.write('a', 7 * 2 ** 20, 'beyond');
    await array.ok('startfcconsistgrp -prep g1');
    await array.settled();
    expect(await array.read('b', 7 * 2 ** 20, 6)).toBe('beyond');
    expect(await array.code('shrinkvdisksize -size 1 -unit mb b')).toBe('CMMVC5837E');
  });
});

describe('hosts', () => {
  it('get ports, lose them, are renamed, and go when nothing is mapped', async () => {
    const array = await busy('8.6.0.0');
    await array.ok(
      'addhostport -force -hbawwpn 2100000000000002 h2; chhost -name h3 h2; chhost -chapsecret s3cret h3',
    );
    expect((await array.ok('lshost -delim ! h3')).match(/^WWPN!.*/gm)).toEqual([
      'WWPN!2100000000000001',
      'WWPN!2100000000000002',
    ]);
    expect(await array.code('addhostport -fcwwpn 2100000000000002 h1')).toBe('CMMVC5867E');
    expect(await array.code('addhostport -force -fcwwpn 2100000000000002 h1')).toBe('CMMVC6035E');
    expect(await array.code('mkhost -force -hbawwpn 2100000000000002 -name h9')).toBe('CMMVC6035E');
    expect(await array.code('mkhost -force -hbawwpn no-port -name h9')).toBe('CMMVC5867E');
    expect(await array.code('rmhostport -fcwwpn 21000000000000FF h3')).toBe('CMMVC5753E');
    await array.ok('rmhostport -fcwwpn 2100000000000001 h3');
    expect(await array.ok('lsfabric -nohdr -delim : -host h3')).toMatch(/^2100000000000002:/);
    expect(await array.ok('lsiscsiauth -nohdr -delim !')).toMatch(/host!\d!h3!chap!s3cret/);
    expect(await array.code('rmhost h1')).toBe('CMMVC5871E');
    await array.ok('rmhost h3');
  });
});

it('a filter takes several terms, a star at one end, and says which attributes there are', async () => {
  const array = await busy('8.6.0.0');
  expect(await array.ok('lsvdisk -nohdr -delim : -filtervalue FC_name=m1:status=online')).toMatch(
    /^0:a:.*\n1:b:.*\n$/,
  );
  expect(await array.ok('lsvdisk -nohdr -delim : -filtervalue name=*one')).toMatch(/:clone:/);
  expect(await array.code('lsvdisk -filtervalue name=*o*')).toBe('CMMVC5767E');
  expect(await array.code('lsvdisk -filtervalue name=a a')).toBe('CMMVC5713E');
  expect((await array.ok('lsfcmap -nohdr -filtervalue?')).split('\n')).toContain('copy_rate');
});
