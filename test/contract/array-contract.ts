// What every adapter of the array port must keep, told in the procedure's own order. An adapter's test hands over a factory.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewMapping, StorageArray } from '../../src/array/array.js';
import type { GroupState } from '../../src/domain/mapping.js';
import { describeSnapshotContract } from './array-snapshot-contract.js';

/** An array with volumes src (in volume group vg_src) and tgt (64 MiB, pool0, nobody's), small (32 MiB), and hosts app1 and app2. */
export interface ArrayUnderTest {
  readonly array: StorageArray;
  /** The next command of this verb: it runs or not, and its answer is lost with the connection. */
  loseAnswer(verb: string, ran: 'before' | 'after'): void;
  /** The next command of this verb is answered by this code. */
  answerWith(verb: string, cmmvc: string): void;
  close(): Promise<void>;
}

const GROUP = 'nightly_abc123';
const mapping: NewMapping = {
  name: 'fc_tgt',
  source: 'src',
  target: 'tgt',
  group: GROUP,
  // 0: it stays in copying until stopped, however fast the array is.
  copyRate: 0,
  cleanRate: 150,
  incremental: true,
  grainSize: 256,
};

export function describeArrayContract(name: string, factory: () => Promise<ArrayUnderTest>): void {
  describe(`array contract: ${name}`, () => {
    let under: ArrayUnderTest;
    let array: StorageArray;
    beforeEach(async () => {
      under = await factory();
      array = under.array;
    });
    afterEach(() => under.close());

    const stateIs = (group: string, wanted: GroupState): Promise<void> =>
      expect
        .poll(async () => (await array.readGroup(group))?.state, { timeout: 10_000, interval: 30 })
        .toBe(wanted);
    const setUp = async (): Promise<void> => {
      await array.createGroup(GROUP);
      await array.createMapping(mapping);
    };
    const prepared = async (): Promise<void> => {
      await setUp();
      await array.prepareGroup(GROUP);
      await stateIs(GROUP, 'prepared');
    };
    const start = async (group = GROUP) => {
      const session = await array.reserveStart(5_000);
      const answer = await session.startPrepared(group, 5_000);
      session.release();
      return answer;
    };

    describe('start', () => {
      it('of a group that is not prepared is not-done, and says what was read', async () => {
        await setUp();
        expect(await start()).toMatchObject({ started: 'not-done', stateRead: 'idle_or_copied' });
        expect((await array.readGroup(GROUP))?.state).toBe('idle_or_copied');
      });

      it('of a group that does not exist is not-done', async () => {
        expect(await start('ghost_abc123')).toMatchObject({ started: 'not-done', stateRead: '' });
      });

      it('of a group that somebody else started is never done', async () => {
        await prepared();
        expect((await start()).started).toBe('done');
        expect(await start()).toMatchObject({
          started: 'unknown',
          stateRead: 'copying',
          code: 'CMMVC5907E',
        });
      });

      it.each(['before', 'after'] as const)(
        'whose answer is lost %s it ran is unknown; reading tells',
        async (ran) => {
          await prepared();
          under.loseAnswer('startfcconsistgrp', ran);
          expect(await start()).toMatchObject({ started: 'unknown', code: 'CHANNEL_LOST' });
          expect((await array.readGroup(GROUP))?.state).toBe(
            ran === 'before' ? 'prepared' : 'copying',
          );
        },
      );

      it('of a prepared group is done, at one instant, with a start time', async () => {
        await prepared();
        expect(await start()).toMatchObject({ started: 'done', stateRead: 'prepared', code: '' });
        const [copy] = await array.readMappings();
        expect(copy).toMatchObject({
          name: 'fc_tgt',
          group: GROUP,
          source: 'src',
          target: 'tgt',
          incremental: true,
        });
        expect(copy?.startTime).toMatch(/^\d{12}$/);
      });

      it('under a name that was fenced off finds nothing to start', async () => {
        await prepared();
        await array.renameGroup(GROUP, 'nightly_def456');
        expect((await start()).started).toBe('not-done');
        expect((await array.readGroup('nightly_def456'))?.state).toBe('prepared');
      });
    });

    describe('a change whose answer was lost', () => {
      const changes: [string, string, () => Promise<void>][] = [
        ['mkfcconsistgrp', 'createGroup', () => array.createGroup(GROUP)],
        [
          'mkvdisk',
          'createVDisk',
          () => array.createVDisk({ name: 'new', pool: 'pool0', capacityBytes: 1 << 20 }),
        ],
        [
          'mkvdiskhostmap',
          'mapVDisk',
          () => array.mapVDisk({ vdisk: 'tgt', host: 'app2', scsiId: 5 }),
        ],
      ];
      it.each(changes)(
        '(%s) is unknown, and %s may simply be repeated',
        async (...[verb, , change]) => {
          under.loseAnswer(verb, 'after');
          await expect(change()).rejects.toMatchObject({ outcome: 'unknown' });
          await change();
        },
      );

      it('of a mapping, a rename or a removal may be repeated too', async () => {
        await array.createGroup(GROUP);
        const steps: [string, () => Promise<void>][] = [
          ['mkfcmap', () => array.createMapping(mapping)],
          ['chfcconsistgrp', () => array.renameGroup(GROUP, 'nightly_def456')],
          ['rmfcmap', () => array.removeMapping('fc_tgt')],
          ['rmfcconsistgrp', () => array.removeGroup('nightly_def456')],
        ];
        for (const [verb, step] of steps) {
          under.loseAnswer(verb, 'after');
          await expect(step()).rejects.toMatchObject({ outcome: 'unknown' });
          await step();
        }
        expect(await array.readMappings()).toEqual([]);
        expect(await array.readGroups()).toEqual([]);
      });
    });

    describe('refusals', () => {
      it('a mapping that exists with other attributes is a conflict', async () => {
        await setUp();
        await array.createMapping(mapping);
        const other = { ...mapping, copyRate: 10 };
        await expect(array.createMapping(other)).rejects.toMatchObject({
          code: 'ATTRIBUTES_DIFFER',
        });
      });

      it('a volume that exists with another size is a conflict', async () => {
        const vdisk = { name: 'src', pool: 'pool0', capacityBytes: 1 << 20 };
        await expect(array.createVDisk(vdisk)).rejects.toMatchObject({ code: 'ATTRIBUTES_DIFFER' });
      });

      it('sizes must be equal', async () => {
        await array.createGroup(GROUP);
        const uneven = { ...mapping, target: 'small' };
        await expect(array.createMapping(uneven)).rejects.toMatchObject({
          code: 'SIZE_DIFFERS',
          outcome: 'not-done',
        });
      });

      it('a code nobody knows is a refusal, passed on and never repeated', async () => {
        under.answerWith('mkfcconsistgrp', 'CMMVC4711E');
        const refused = array.createGroup(GROUP);
        await expect(refused).rejects.toMatchObject({
          ...{ outcome: 'not-done', retry: 'never' },
          details: { cmmvc: 'CMMVC4711E' },
        });
      });

      it('a busy array may be asked again', async () => {
        under.answerWith('mkfcconsistgrp', 'CMMVC5786E');
        await expect(array.createGroup(GROUP)).rejects.toMatchObject({
          outcome: 'not-done',
          retry: 'safe',
        });
      });

      it('a group with members is not removed', async () => {
        await setUp();
        await expect(array.removeGroup(GROUP)).rejects.toMatchObject({ outcome: 'not-done' });
        expect(await array.readMappings()).toHaveLength(1);
      });

      it('a volume another host sees is not taken from it', async () => {
        await array.mapVDisk({ vdisk: 'tgt', host: 'app1' });
        const second = array.mapVDisk({ vdisk: 'tgt', host: 'app2' });
        await expect(second).rejects.toMatchObject({ code: 'MAPPED_ELSEWHERE' });
      });
    });

    describeSnapshotContract(() => under, GROUP, setUp);

    describe('the rest of the procedure', () => {
      it('reads what is there, and only that', async () => {
        const few = [
          ...(await array.readVDisks(['src', 'ghost'])),
          ...(await array.readVDisks(['tgt'])),
        ];
        const many = await array.readVDisks(['src', 'tgt', 'ghost', 'g1', 'g2', 'g3']);
        expect(few.map((vdisk) => vdisk.name).sort()).toEqual(['src', 'tgt']);
        expect(many).toEqual(few);
        expect(few[0]).toMatchObject({
          capacityBytes: 64 << 20,
          status: 'online',
          pool: 'pool0',
          replicated: false,
        });
        expect(few[0]?.uid).toMatch(/^[0-9A-F]{32}$/);
        expect((await array.readHosts()).map((host) => host.name)).toEqual(['app1', 'app2']);
        expect((await array.readPools())[0]).toMatchObject({ name: 'pool0' });
        expect(await array.readGroup('ghost')).toBeUndefined();
        expect((await array.readSystem()).codeLevel).toMatch(/^\d+\.\d+/);
        await expect(array.readHostMaps('ghost')).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
      });

      it('tells which mappings a group holds, all of them and no others', async () => {
        await array.createGroup(GROUP);
        expect((await array.readGroup(GROUP))?.members).toEqual([]);
        await array.createMapping(mapping);
        await array.createVDisk({ name: 'tgt2', pool: 'pool0', capacityBytes: 64 << 20 });
        await array.createMapping({ ...mapping, name: 'fc_tgt2', target: 'tgt2' });
        expect([...((await array.readGroup(GROUP))?.members ?? [])].sort()).toEqual([
          'fc_tgt',
          'fc_tgt2',
        ]);
        await array.changeMapping('fc_tgt', { group: '' });
        expect((await array.readGroup(GROUP))?.members).toEqual(['fc_tgt2']);
      });

      it('maps, shows and unmaps, each as often as asked', async () => {
        const map = { vdisk: 'tgt', host: 'app2', scsiId: 5 };
        await array.mapVDisk(map);
        await array.mapVDisk(map);
        const [vdisk] = await array.readVDisks(['tgt']);
        const shown = { vdiskName: 'tgt', vdiskUid: vdisk?.uid, hostName: 'app2', scsiId: 5 };
        expect(await array.readHostMaps('tgt')).toEqual([shown]);
        await array.unmapVDisk(map);
        await array.unmapVDisk(map);
        expect(await array.readHostMaps('tgt')).toEqual([]);
      });

      it('lists the maps of few and of many volumes alike, and only those', async () => {
        await array.mapVDisk({ vdisk: 'tgt', host: 'app2', scsiId: 5 });
        await array.mapVDisk({ vdisk: 'small', host: 'app1', scsiId: 7 });
        const few = await array.readHostMapsOf(['src', 'tgt']);
        const many = await array.readHostMapsOf(['src', 'tgt', 'g1', 'g2', 'g3']).catch(() => []);
        expect(few).toEqual([
          expect.objectContaining({ vdiskName: 'tgt', hostName: 'app2', scsiId: 5 }),
        ]);
        expect(many).toEqual(few);
      });

      it('tells what a mapping is made of, and how much bitmap memory there is', async () => {
        await setUp();
        expect(await array.readMapping('fc_tgt')).toMatchObject({
          grainSize: 256,
          cleanRate: 150,
          incremental: true,
        });
        expect(await array.readMapping('ghost')).toBeUndefined();
        const [group] = await array.readIoGroups();
        expect(group?.name).toBe('io_grp0');
        expect(group?.bitmapFreeBytes).toBeGreaterThan(1 << 20);
      });

      it('creates thin volumes', async () => {
        await array.createVDisk({
          name: 'thin',
          pool: 'pool0',
          capacityBytes: 16 << 20,
          thin: { realPercent: 2 },
        });
        const thin = { name: 'thin', capacityBytes: 16 << 20, thin: true };
        expect(await array.readVDisks(['thin'])).toEqual([expect.objectContaining(thin)]);
        expect((await array.readVDisks(['src']))[0]?.thin).toBe(false);
      });

      it('lets mapping and group go at 100 %, when that is asked for while they copy', async () => {
        await prepared();
        await start();
        await array.setGroupAutodelete(GROUP, true);
        await array.changeMapping('fc_tgt', { autodelete: true, copyRate: 150 });
        await expect
          .poll(async () => (await array.readMappings()).length, { timeout: 20_000, interval: 50 })
          .toBe(0);
        expect(await array.readGroups()).toEqual([]);
      });

      it('prepares and starts over a volume that others copy from with restore only, and stops one mapping with force', async () => {
        await prepared();
        await start();
        await array.createGroup('back_abc123');
        await array.createVDisk({ name: 'other', pool: 'pool0', capacityBytes: 64 << 20 });
        await array.createMapping({
          ...mapping,
          name: 'fc_src',
          source: 'other',
          target: 'src',
          group: 'back_abc123',
        });
        await expect(array.prepareGroup('back_abc123')).rejects.toMatchObject({
          code: 'WRONG_STATE',
        });
        await array.prepareGroup('back_abc123', { restore: true });
        await stateIs('back_abc123', 'prepared');
        const session = await array.reserveStart(5_000);
        expect(await session.startPrepared('back_abc123', 5_000, { restore: true })).toMatchObject({
          started: 'done',
        });
        session.release();
        await array.stopGroup(GROUP, 'force');
        // Complete by now, if the copy over its source drove everything out to it.
        const end = async (): Promise<string | undefined> => (await array.readGroup(GROUP))?.state;
        await expect
          .poll(end, { timeout: 10_000, interval: 30 })
          .toMatch(/^(stopped|idle_or_copied)$/);
        await array.changeMapping('fc_tgt', { group: '' });
        await array.stopMapping('fc_tgt', 'force');
        await expect(array.stopGroup('back_abc123', 'split')).rejects.toMatchObject({
          outcome: 'not-done',
        });
      });

      it('stops a prepared group, and a stopped one again', async () => {
        await prepared();
        await array.stopGroup(GROUP);
        await array.stopGroup(GROUP);
        await stateIs(GROUP, 'stopped');
      });

      it('changes rates, and takes a mapping out of its group and back', async () => {
        await setUp();
        await array.changeMapping('fc_tgt', { copyRate: 20, cleanRate: 30 });
        await array.changeMapping('fc_tgt', { group: '' });
        expect((await array.readMappings())[0]).toMatchObject({ copyRate: 20, group: '' });
        await array.changeMapping('fc_tgt', { group: GROUP });
        expect((await array.readMappings())[0]?.group).toBe(GROUP);
      });
    });
  });
}
