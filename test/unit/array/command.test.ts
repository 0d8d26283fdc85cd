// Nothing hostile reaches a command line.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkGroupName,
  delimited,
  renderInOrder,
  renderCommand,
  restBody,
  restPath,
  show,
} from '../../../src/array/svc/command.js';
import { scripted } from './scripted-array.js';

const HOSTILE = [
  "a'; rmvdisk b; '",
  'a"b',
  '$(reboot)',
  '`id`',
  'a;b',
  'a|b',
  'a\nrmvdisk b',
  'a\u0000',
  '-force',
  '--',
  ' a',
  'a ',
  '',
  'größe',
  'ａ',
  '1abc',
  'a*',
  'a!b',
  'a:b',
  'a\\b',
  'x'.repeat(64),
];

describe('object names', () => {
  it.each(HOSTILE)('refuses %j in every command before anything is sent', async (name) => {
    const { array, lines } = scripted({});
    const mapping = {
      name: 'm',
      source: 's',
      target: 't',
      group: 'g',
      copyRate: 1,
      cleanRate: 1,
      grainSize: 64,
    } as const;
    const session = await array.reserveStart(1);
    const calls: (() => Promise<unknown>)[] = [
      () => array.readVDisks([name]),
      () => array.readHostMaps(name),
      () => array.readGroup(name),
      () => array.createVDisk({ name, pool: 'p', capacityBytes: 1 }),
      () => array.createVDisk({ name: 'v', pool: name, capacityBytes: 1 }),
      () => array.removeVDisk(name),
      () => array.createGroup(name),
      () => array.renameGroup(name, 'g'),
      () => array.renameGroup('g', name),
      () => array.removeGroup(name),
      ...(['name', 'source', 'target', 'group'] as const).map(
        (key) => () => array.createMapping({ ...mapping, incremental: false, [key]: name }),
      ),
      () => array.changeMapping(name, { copyRate: 1 }),
      // '' means "no group" here.
      () => array.changeMapping('m', { group: name || '$' }),
      () => array.removeMapping(name),
      () => array.prepareGroup(name),
      () => array.stopGroup(name),
      () => array.mapVDisk({ vdisk: name, host: 'h' }),
      () => array.mapVDisk({ vdisk: 'v', host: name }),
      () => array.unmapVDisk({ vdisk: name, host: 'h' }),
      () => array.unmapVDisk({ vdisk: 'v', host: name }),
      () => session.startPrepared(name, 1),
    ];
    for (const call of calls)
      await expect((async () => call())()).rejects.toMatchObject({ code: 'INVALID_NAME' });
    expect(lines).toEqual([]);
  });

  it('lets inner blanks through, quoted', () => {
    expect(renderCommand(delimited(show('lsvdiskhostmap', 'my disk-1')))).toBe(
      "lsvdiskhostmap -delim '!' 'my disk-1'",
    );
  });

  it('keeps groups to what the array takes everywhere', () => {
    expect(() => checkGroupName('sixteen_letters_')).toThrow(/INVALID_NAME/);
    expect(() => checkGroupName('a-b')).toThrow(/INVALID_NAME/);
  });
});

describe('a rendered line', () => {
  it('holds no shell character outside single quotes, whatever goes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (value, object) => {
        try {
          const line = renderCommand({ verb: 'lsvdisk', flags: { filtervalue: value }, object });
          const outside = line.replace(/'[^']*'/g, '');
          return /^[A-Za-z0-9._ -]*$/.test(outside) && /^[\x20-\x7e]+$/.test(line);
        } catch (error) {
          return /INVALID_NAME|UNSAFE_PARAMETER/.test(String(error));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('puts the object last and leaves absent flags out', () => {
    expect(
      renderCommand({
        verb: 'chfcmap',
        flags: { consistgrp: undefined, copyrate: 0 },
        object: 'm',
      }),
    ).toBe('chfcmap -copyrate 0 m');
  });

  it('joins two commands in order', () => {
    const start = { verb: 'startfcconsistgrp', object: 'g_a' };
    expect(renderInOrder([delimited(show('lsfcconsistgrp', 'g_a')), start])).toBe(
      "lsfcconsistgrp -delim '!' g_a; startfcconsistgrp g_a",
    );
  });

  it('becomes path and body over REST, with the same values refused', () => {
    const command = {
      verb: 'chfcmap',
      flags: { consistgrp: 0, copyrate: undefined, incremental: true },
      object: 'm',
    } as const;
    expect([restPath(command), restBody(command)]).toEqual([
      ['chfcmap', 'm'],
      { consistgrp: '0', incremental: true },
    ]);
    expect(() => restPath({ verb: 'rmfcmap', object: '../auth' })).toThrow(/INVALID_NAME/);
    expect(() => restBody({ verb: 'mkvdisk', flags: { name: "a'b" } })).toThrow(/UNSAFE_PARAMETER/);
  });
});
