// The client's promises when answers are lost, repeated, or say that somebody else was there first.
import { describe, expect, it } from 'vitest';
import type { FlashCopyError } from '../../../src/domain/errors.js';
import { channelLost, unreachable } from '../../../src/transport/failures.js';
import {
  fcmapView,
  groupView,
  MAPPING_HEADER,
  mappingRow,
  refuses,
  scripted,
  VDISK_HEADER,
  vdiskRow,
} from './scripted-array.js';

const lost = (seen = ''): Error => Object.assign(channelLost('svc', 'gone'), { cause: seen });
const mapping = {
  name: 'fc_tgt',
  source: 'src',
  target: 'tgt',
  group: 'g_abc123',
  copyRate: 50,
  cleanRate: 50,
  incremental: true,
  grainSize: 256,
} as const;
const MAPS_HEADER = 'id!name!SCSI_id!host_id!host_name!vdisk_UID!IO_group_id!IO_group_name';
const mapsOf = (host: string, scsi = 3): string =>
  `${MAPS_HEADER}\n5!tgt!${scsi}!0!${host}!600507680c8000abc800000000000012!0!io_grp0\n`;

describe('the start that takes the point in time', () => {
  const start = async (answer: Parameters<typeof scripted>[0][string][number]) => {
    const { array, lines } = scripted({ start: [answer] });
    const session = await array.reserveStart(1000);
    return { answer: await session.startPrepared('g_abc123', 1000), lines };
  };

  it('is done only when it exits 0, and says what was read before it', async () => {
    const { answer, lines } = await start({ stdout: groupView() });
    expect(answer).toMatchObject({ stateRead: 'prepared', started: 'done', code: '' });
    expect(lines).toEqual(["lsfcconsistgrp -delim '!' g_abc123; startfcconsistgrp g_abc123"]);
    expect(lines[0]).not.toContain('-prep');
  });

  it('never counts "already copying" as success', async () => {
    const { answer } = await start({ ...refuses('CMMVC5907E'), stdout: groupView('copying') });
    expect(answer).toMatchObject({ stateRead: 'copying', started: 'unknown', code: 'CMMVC5907E' });
  });

  it.each([
    ['a group that is gone', 'CMMVC5754E'],
    ['a group not prepared', 'CMMVC5905E'],
    ['a busy array', 'CMMVC5786E'],
    ['a code that our table lacks', 'CMMVC9406E'],
  ])('is not-done for %s', async (_, cmmvc) => {
    expect((await start(refuses(cmmvc))).answer).toMatchObject({
      stateRead: '',
      started: 'not-done',
      code: cmmvc,
    });
  });

  it.each([
    ['no code at all', { exitCode: 127, stderr: 'rbash: not found' }],
    ['a signal', { exitCode: undefined }],
    ['a warning with a failing exit', { exitCode: 1, stderr: 'CMMVC6372W licence' }],
  ])('is unknown for %s', async (_, answer) => {
    expect((await start({ ...answer, stdout: groupView() })).answer).toMatchObject({
      stateRead: 'prepared',
      started: 'unknown',
    });
  });

  it.each([
    ['exit 0', { exitCode: 0 }],
    ['exit 1', { exitCode: 1 }],
  ])(
    'is not-done when 10 sessions were in use, %s; done is what it may be else',
    async (_, end) => {
      const refused = 'CMMVC7017E Login has failed\n';
      expect((await start({ ...end, stdout: refused })).answer).toMatchObject({
        started: 'not-done',
        code: 'CMMVC7017E',
      });
      // The session was let in: what is seen right after tells, and nothing calls it refused.
      expect((await start({ ...end, stdout: groupView() + refused })).answer).toMatchObject({
        ...{ stateRead: 'prepared', started: 'unknown', code: 'CMMVC7017E', unheard: true },
      });
    },
  );

  it.each([0, 1])('with a warning and exit %i keeps the warning', async (exitCode) => {
    const warning = 'CMMVC6450W The capacity is close to the limit.';
    const { answer } = await start({ exitCode, stdout: groupView(), stderr: `${warning}\n` });
    expect(answer).toMatchObject(
      exitCode === 0
        ? { started: 'done', warnings: [warning] }
        : { started: 'unknown', code: 'CMMVC6450W', unheard: true, warnings: [warning] },
    );
  });

  it('keeps the state read when the connection drops after the first part', async () => {
    const { answer } = await start(lost(groupView().slice(0, 45)));
    expect(answer).toMatchObject({
      stateRead: 'prepared',
      started: 'unknown',
      code: 'CHANNEL_LOST',
    });
  });

  it('reads no state from half a line or from another group', async () => {
    const view = groupView();
    const cut = view.indexOf('prepared') + 4;
    expect((await start(lost(view.slice(0, cut)))).answer.stateRead).toBe('');
    expect((await start({ stdout: groupView('prepared', 'other') })).answer.stateRead).toBe('');
  });

  it('is not-done when nothing was sent, and never throws for any of it', async () => {
    expect((await start(unreachable('svc', 'refused'))).answer).toMatchObject({
      started: 'not-done',
      code: 'UNREACHABLE',
    });
    expect((await start(new Error('boom'))).answer).toMatchObject({ started: 'unknown' });
  });
});

describe('creating what exists already', () => {
  it('is success only when the mapping read back is the one asked for', async () => {
    const { array } = scripted({
      mkfcmap: [refuses('CMMVC6035E')],
      lsfcmap: [{ stdout: fcmapView() }],
    });
    await array.createMapping(mapping);
  });

  it('with a warning in the place of success it is read back', async () => {
    const warning = { exitCode: 1, stderr: 'CMMVC6450W The capacity is close to the limit.\n' };
    const found = scripted({ mkfcmap: [warning], lsfcmap: [{ stdout: fcmapView() }] });
    await found.array.createMapping(mapping);
    const missing = scripted({ mkfcmap: [warning], lsfcmap: [refuses('CMMVC5754E')] });
    await expect(missing.array.createMapping(mapping)).rejects.toMatchObject({
      ...{ outcome: 'unknown', message: expect.stringContaining('CMMVC6450W') as string },
    });
  });

  it.each([
    ['source', { source_vdisk_name: 'other' }],
    ['target', { target_vdisk_name: 'other' }],
    ['group', { group_name: '' }],
    ['copyRate', { copy_rate: '0' }],
    ['cleanRate', { clean_rate: '0' }],
    ['incremental', { incremental: 'off' }],
    ['grainSize', { grain_size: '64' }],
  ])('is ATTRIBUTES_DIFFER when its %s is another', async (attribute, change) => {
    const { array } = scripted({
      mkfcmap: [refuses('CMMVC6466E')],
      lsfcmap: [{ stdout: fcmapView(change) }],
    });
    const error = await array
      .createMapping(mapping)
      .catch((thrown: unknown) => thrown as FlashCopyError);
    expect(error).toMatchObject({ code: 'ATTRIBUTES_DIFFER', retry: 'never' });
    expect((error as FlashCopyError).message).toContain(attribute);
  });

  it('stays a refusal when the pair is mapped under another name', async () => {
    const { array } = scripted({
      mkfcmap: [refuses('CMMVC6466E')],
      lsfcmap: [refuses('CMMVC5754E')],
    });
    await expect(array.createMapping(mapping)).rejects.toMatchObject({ code: 'MAPPING_EXISTS' });
  });

  it('compares size and pool of a volume', async () => {
    const listing = { stdout: `${VDISK_HEADER}\n${vdiskRow('v', 512)}\n` };
    const wanted = { name: 'v', pool: 'pool0', capacityBytes: 1024 };
    const { array, lines } = scripted({ mkvdisk: [refuses('CMMVC6035E')], lsvdisk: [listing] });
    await expect(array.createVDisk(wanted)).rejects.toMatchObject({ code: 'ATTRIBUTES_DIFFER' });
    expect(lines[0]).toBe('mkvdisk -name v -mdiskgrp pool0 -iogrp 0 -size 1024 -unit b');
  });

  it('accepts a group of that name, and nothing else of that name', async () => {
    await scripted({
      mkfcconsistgrp: [refuses('CMMVC6035E')],
      lsfcconsistgrp: [{ stdout: groupView() }],
    }).array.createGroup('g_abc123');
    const other = scripted({
      mkfcconsistgrp: [refuses('CMMVC6035E')],
      lsfcconsistgrp: [refuses('CMMVC5754E')],
    });
    await expect(other.array.createGroup('g_abc123')).rejects.toMatchObject({
      code: 'OBJECT_EXISTS',
    });
  });
});

describe('repeating a change whose answer was lost', () => {
  it('is never done by the client itself', async () => {
    const { array, lines } = scripted({
      mkfcmap: [lost()],
      prestartfcconsistgrp: [lost()],
      rmfcmap: [unreachable('a', 'b')],
    });
    await expect(array.createMapping(mapping)).rejects.toMatchObject({ outcome: 'unknown' });
    await expect(array.prepareGroup('g')).rejects.toMatchObject({ outcome: 'unknown' });
    await expect(array.removeMapping('m')).rejects.toMatchObject({
      outcome: 'not-done',
      retry: 'safe',
    });
    expect(lines).toHaveLength(3);
  });

  it('finds removed objects removed', async () => {
    const gone = () => [refuses('CMMVC5754E')];
    const { array } = scripted({ rmfcmap: gone(), rmfcconsistgrp: gone(), rmvdisk: gone() });
    await Promise.all([array.removeMapping('m'), array.removeGroup('g'), array.removeVDisk('v')]);
  });

  it('never forces', async () => {
    const { array, lines } = scripted({
      rmfcmap: [refuses('CMMVC5899E')],
      rmfcconsistgrp: [refuses('CMMVC6037E')],
    });
    await expect(array.removeMapping('m')).rejects.toMatchObject({ code: 'WRONG_STATE' });
    await expect(array.removeGroup('g')).rejects.toMatchObject({ code: 'GROUP_NOT_EMPTY' });
    expect(lines.join(' ')).not.toContain('-force');
  });

  it('finds a renamed group under its new name, and only then calls it success', async () => {
    const renamed = scripted({
      chfcconsistgrp: [refuses('CMMVC5754E')],
      lsfcconsistgrp: [{ stdout: groupView() }],
    });
    await renamed.array.renameGroup('g_old111', 'g_abc123');
    const gone = scripted({
      chfcconsistgrp: [refuses('CMMVC5754E')],
      lsfcconsistgrp: [refuses('CMMVC5754E')],
    });
    await expect(gone.array.renameGroup('g_old111', 'g_abc123')).rejects.toMatchObject({
      code: 'OBJECT_MISSING',
    });
  });

  it('finds a stopped group stopped, but not a preparing one', async () => {
    await scripted({ stopfcconsistgrp: [refuses('CMMVC5912E')] }).array.stopGroup('g');
    const preparing = scripted({ stopfcconsistgrp: [refuses('CMMVC5911E')] });
    await expect(preparing.array.stopGroup('g')).rejects.toMatchObject({ code: 'WRONG_STATE' });
  });
});

describe('host maps', () => {
  it('count as made only when that very host has the volume', async () => {
    const map = { vdisk: 'tgt', host: 'app2', scsiId: 3 };
    const answers = (cmmvc: string, host: string, scsi?: number) =>
      scripted({
        mkvdiskhostmap: [refuses(cmmvc)],
        lsvdiskhostmap: [{ stdout: mapsOf(host, scsi) }],
      }).array;
    await answers('CMMVC5878E', 'app2').mapVDisk(map);
    await answers('CMMVC6071E', 'app2').mapVDisk(map);
    await expect(answers('CMMVC6071E', 'other').mapVDisk(map)).rejects.toMatchObject({
      code: 'MAPPED_ELSEWHERE',
    });
    await expect(answers('CMMVC5878E', 'app2', 4).mapVDisk(map)).rejects.toMatchObject({
      code: 'ATTRIBUTES_DIFFER',
    });
  });

  it('count as removed only when the array shows that host no more', async () => {
    const map = { vdisk: 'tgt', host: 'app2' };
    await scripted({
      rmvdiskhostmap: [refuses('CMMVC5842E')],
      lsvdiskhostmap: [{}],
    }).array.unmapVDisk(map);
    const still = scripted({
      rmvdiskhostmap: [refuses('CMMVC5842E')],
      lsvdiskhostmap: [{ stdout: mapsOf('app2') }],
    });
    await expect(still.array.unmapVDisk(map)).rejects.toMatchObject({ code: 'NOT_MAPPED' });
    const noVolume = scripted({
      rmvdiskhostmap: [refuses('CMMVC5754E')],
      lsvdiskhostmap: [refuses('CMMVC5754E')],
    });
    await expect(noVolume.array.unmapVDisk(map)).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
  });
});

describe('reads', () => {
  it('are repeated after a lost answer, but not for ever', async () => {
    const rows = { stdout: `${MAPPING_HEADER}\n${mappingRow('m')}\n` };
    const twice = scripted({ lsfcmap: [lost(), refuses('CMMVC5786E'), rows] });
    expect(await twice.array.readMappings()).toHaveLength(1);
    const dead = scripted({ lsfcmap: [lost(), lost(), lost(), rows] });
    await expect(dead.array.readMappings()).rejects.toMatchObject({ code: 'CHANNEL_LOST' });
    expect(dead.lines).toHaveLength(3);
  });

  it('are not repeated when the array refuses', async () => {
    const { array, lines } = scripted({ lsfcmap: [refuses('CMMVC5767E')] });
    await expect(array.readMappings()).rejects.toMatchObject({ code: 'COMMAND_REJECTED' });
    expect(lines).toHaveLength(1);
  });

  it('of many volumes are one listing; a missing name is simply not there', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const listing = `${VDISK_HEADER}\n${['a', 'f', 'stranger'].map((name) => vdiskRow(name)).join('\n')}\n`;
    const { array, lines } = scripted({ lsvdisk: [{ stdout: listing }] });
    expect((await array.readVDisks(names)).map((vdisk) => vdisk.name)).toEqual(['a', 'f']);
    expect(lines).toEqual(["lsvdisk -bytes -delim '!'"]);
  });

  it('of a strange volume nobody asked for do not fail', async () => {
    const listing = `${VDISK_HEADER}\n${vdiskRow('a')}\n${vdiskRow('odd', 1, 'no-uid')}\n`;
    const { array, lines } = scripted({ lsvdisk: [{ stdout: listing }] });
    expect(await array.readVDisks(['a'])).toHaveLength(1);
    expect(lines).toEqual(["lsvdisk -bytes -filtervalue 'name=a' -delim '!'"]);
  });

  it('of a group that does not exist give undefined', async () => {
    expect(
      await scripted({ lsfcconsistgrp: [refuses('CMMVC5754E')] }).array.readGroup('g'),
    ).toBeUndefined();
  });

  it('of the system tell whether volume protection is on', async () => {
    const view = (line: string) => ({
      stdout: `id!0000\nname!svc1\ncode_level!8.6.0.0 (build 169.8)\n${line}`,
    });
    const read = (line: string) => scripted({ lssystem: [view(line)] }).array.readSystem();
    expect((await read('vdisk_protection_enabled!yes\n')).vdiskProtection).toBe(true);
    expect((await read('')).vdiskProtection).toBe(false);
    await expect(read('vdisk_protection_enabled!perhaps\n')).rejects.toMatchObject({
      code: 'UNREADABLE_OUTPUT',
    });
  });
});

describe('a system that says more than its answers', () => {
  const SYSTEM = 'id!0000020060C0C0C0\nname!svc1\ncode_level!8.4.0.0\n';
  const BANNER = 'Authorised use only.\nAll activity is recorded.\n';

  it('has no objects when it prints its banner and nothing else', async () => {
    const { array } = scripted({
      lsfcmap: [{ stdout: BANNER }],
      lssystem: [{ stdout: BANNER + SYSTEM }],
    });
    expect(await array.readMappings()).toEqual([]);
  });

  it('is not read where text stands that is not its banner', async () => {
    // Another text, none, or one that stands in place of every answer.
    for (const system of [SYSTEM, `Hello\n${SYSTEM}`, BANNER]) {
      const { array } = scripted({ lsfcmap: [{ stdout: BANNER }], lssystem: [{ stdout: system }] });
      await expect(array.readMappings()).rejects.toMatchObject({ code: 'UNREADABLE_OUTPUT' });
    }
  });

  it.each([
    ['on standard output', { stdout: `CMMVC9633W The password has to be changed.\n${SYSTEM}` }],
    ['on standard error', { stdout: SYSTEM, stderr: 'CMMVC9633W 文字化け\n' }],
    ['as an error', { exitCode: 1, stderr: 'CMMVC9604E 文字化け\n' }],
  ])('is not worked with while its password has to be changed, %s', async (_, answer) => {
    const { array } = scripted({ lssystem: [answer] });
    await expect(array.readSystem()).rejects.toMatchObject({
      ...{ code: 'AUTH_REFUSED', outcome: 'not-done', retry: 'never' },
      message: expect.stringMatching(/CMMVC9(633W|604E)/) as string,
    });
  });

  it('that is busy is asked again', async () => {
    const busy = { stdout: 'CMMVC7017E Login has failed\n' };
    const { array, lines } = scripted({ lssystem: [busy, busy, { stdout: SYSTEM }] });
    expect((await array.readSystem()).name).toBe('svc1');
    expect(lines).toHaveLength(3);
  });
});
