// Snapshot policies at work, told by the bytes of the snapshots they take: at their times, for their days, over restarts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StateFile } from '../../../src/simulator/state-file/state-file.js';
import { MIB } from './array.js';
import { alerts, column, DAY_MS, HOUR_MS, hourly, HOURLY, times } from './policies.js';

describe('a policy on a volume group', () => {
  it('takes a snapshot at each of its times, of the bytes of that moment, though nobody asked the array meanwhile', async () => {
    const array = await hourly();
    // Its id is free again when the first is due.
    await array.ok(
      'chvolumegroup -snapshotpolicy p vg; addsnapshot -volumegroup vg -name brief -retentionminutes 30',
    );
    for (const [waitMs, text] of [
      [0, 'early'],
      [HOUR_MS, 'after two'],
      [HOUR_MS, 'after three'],
    ] as const) {
      array.clock.advance(waitMs);
      await array.write('a', 0, text.padEnd(16, '.'));
    }
    expect(await times(array)).toEqual(['261124020000', '261124030000']);
    expect(await column(array, 'auto_snapshot')).toEqual(['yes', 'yes']);
    expect(await column(array, 'expiration_time')).toEqual(['261125020000', '261125030000']);
    for (const [id, text] of [
      ['0', 'early'],
      ['1', 'after two'],
    ] as const) {
      await array.ok(`restorefromsnapshot -snapshotid ${id}`);
      expect(await array.read('a', 0, 16)).toBe(text.padEnd(16, '.'));
      array.clock.advance(10_000);
      await array.ok('lsfcmap');
    }
  });

  it('deletes what it took when the days are over, nothing else, and one that a clone needs only after that', async () => {
    const array = await hourly();
    await array.ok('chvolumegroup -snapshotpolicy p vg; addsnapshot -volumegroup vg -name mine');
    array.clock.advance(HOUR_MS);
    await array.ok('mkvolumegroup -name thin -type thinclone -fromsnapshotid 1 -pool Pool0');
    await array.ok('chvolumegroup -nosnapshotpolicy vg');
    array.clock.advance(DAY_MS - HOUR_MS);
    expect(await column(array, 'name')).toEqual(['mine', 'snapshot1']);
    array.clock.advance(HOUR_MS);
    expect(await column(array, 'state')).toEqual(['active', 'dependent_deleting']);
    await array.ok('rmvolumegroup -evictvolumes thin');
    for (const name of await column(array, 'name', 'lsvdisk'))
      if (name.startsWith('vdisk')) await array.ok(`rmvdisk ${name}`);
    expect(await column(array, 'name')).toEqual(['mine']);
  });

  it('holds a day of hours after a jump of a month, keeps names apart, and a safeguarded one stays its days', async () => {
    const array = await hourly();
    await array.ok(
      'addsnapshot -volumegroup vg -name snapshot1; chvolumegroup -snapshotpolicy p -safeguarded vg',
    );
    array.clock.advance(30 * DAY_MS);
    const names = await column(array, 'name');
    expect(names).toHaveLength(1 + 24);
    expect(new Set(names).size).toBe(names.length);
    expect((await times(array)).at(-1)).toBe('261224010000');
    expect(await array.code('rmsnapshot -snapshotid 1')).toBe('CMMVC6032E');
    array.clock.advance(DAY_MS);
    await array.ok('chvolumegroup -nosnapshotpolicy vg');
    array.clock.advance(DAY_MS);
    expect(await column(array, 'name')).toEqual(['snapshot1']);
  });

  it('fills a volume with 256 copies and not one more; there is room again when the oldest goes', async () => {
    const array = await hourly();
    await array.ok(
      `${HOURLY.replace('days 1', 'days 30')} -name q; chvolumegroup -snapshotpolicy q vg`,
    );
    array.clock.advance(256 * HOUR_MS);
    expect(await times(array)).toHaveLength(256);
    expect(await alerts(array)).toEqual([]);
    array.clock.advance(HOUR_MS);
    expect(await times(array)).toHaveLength(256);
    expect(await alerts(array)).toEqual([expect.stringContaining('CMMVC6302E')]);
    await array.ok('rmsnapshot -snapshotid 0');
    array.clock.advance(HOUR_MS);
    expect((await times(array)).at(-1)).toBe('261204190000');
  });

  it('that is suspended, in the group or the system, takes nothing and makes up for nothing', async () => {
    const array = await hourly();
    await array.ok(
      'chvolumegroup -snapshotpolicy p vg; chvolumegroupsnapshotpolicy -snapshotpolicysuspended yes vg',
    );
    array.clock.advance(2 * HOUR_MS);
    await array.ok(
      'chsystem -snapshotpolicysuspended yes; chvolumegroupsnapshotpolicy -snapshotpolicysuspended no vg',
    );
    expect(await array.attribute('lssystem', 'snapshot_policy_suspended')).toBe('yes');
    array.clock.advance(2 * HOUR_MS);
    await array.ok('chsystem -snapshotpolicysuspended no');
    expect(await times(array)).toEqual([]);
    array.clock.advance(HOUR_MS);
    expect(await times(array)).toEqual(['261124060000']);
  });

  it('that is removed takes nothing more; what it took stays, and keeps its group', async () => {
    const array = await hourly();
    await array.ok(
      'chvolumegroup -snapshotpolicy p vg; mkvolumegroup -name idle -snapshotpolicy p',
    );
    array.clock.advance(HOUR_MS);
    await array.ok('rmsnapshotpolicy -removefromvolumegroups p; rmvolumegroup idle');
    array.clock.advance(2 * HOUR_MS);
    expect(await times(array)).toEqual(['261124020000']);
    expect(await array.attribute('lsvolumegroup vg', 'snapshot_policy_name')).toBe('');
    expect(await array.code('rmvolumegroup -evictvolumes vg')).toBe('CMMVC8749E');
    expect(await array.ok(`${HOURLY} -name again`)).toBe(
      'Snapshot Policy, id [3], successfully created\n',
    );
  });

  it('that cannot take one says so in the event log, leaves nothing behind, and tries again the next time', async () => {
    const array = await hourly();
    await array.ok(
      'chvolumegroup -snapshotpolicy p vg; mkvdisk -name t -mdiskgrp Pool0 -size 4 -unit mb',
    );
    await array.ok('mkfcmap -source b -target t -copyrate 0');
    array.clock.advance(HOUR_MS);
    expect(await times(array)).toEqual([]);
    expect(await alerts(array)).toEqual([
      expect.stringMatching(/policy p took no snapshot, CMMVC6032E .*b is in a/),
    ]);
    await array.ok('chvolumegroup -ignoreuserfcmaps yes vg');
    array.clock.advance(HOUR_MS);
    expect(await times(array)).toEqual(['261124030000']);
  });

  it('or a person that is refused in the middle leaves nothing behind: no hidden volume, no hidden mapping', async () => {
    const array = await hourly();
    array.state.settings.flashBitmapMiB = 3 / MIB; // bytes: enough for one volume of two
    expect(await array.code('addsnapshot -volumegroup vg')).toBe('CMMVC5917E');
    await array.ok('chvolumegroup -snapshotpolicy p vg');
    array.clock.advance(HOUR_MS);
    expect(await array.ok('lsvolumegroupsnapshot; lsfcmap -showhidden')).toBe('');
    expect(array.state.volumes.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await alerts(array)).toEqual([expect.stringContaining('CMMVC5917E')]);
  });

  it('is there after a restart, with what it took and when the next is due, though only a listing made it take one', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'fc-policies-'));
    try {
      const first = await hourly('8.6.0.0', { dataDir, store: 'image' });
      await first.ok(`${HOURLY} -name q; chvolumegroup -snapshotpolicy q vg`);
      await first.write('a', 0, 'before');
      first.clock.advance(HOUR_MS);
      expect(await times(first)).toEqual(['261124020000']);
      const written = await new StateFile(dataDir).read();
      expect(written?.snapshots).toHaveLength(1);
      await first.write('a', 0, 'after.');
      await first.settled();
      const second = await hourly('8.6.0.0', { dataDir, store: 'image', clock: first.clock }); // as if killed
      first.clock.advance(2 * HOUR_MS);
      expect(await times(second)).toEqual(['261124020000', '261124030000', '261124040000']);
      await second.ok('restorefromsnapshot -snapshotid 0');
      await second.settled();
      expect(await second.read('a', 0, 6)).toBe('before');
      await first.close();
      await second.close();
      first.clock.advance(HOUR_MS);
      const third = await hourly('8.6.0.0', { dataDir, clock: first.clock }); // in memory: the contents are gone
      expect(await times(third)).toEqual([]);
      first.clock.advance(HOUR_MS);
      expect(await times(third)).toEqual(['261124060000']);
      await third.close();
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });
});
