// The part of the array's contract that is about volume groups and their snapshots.
import { beforeEach, describe, expect, it } from 'vitest';
import type { SnapshotToAdd, StorageArray } from '../../src/array/array.js';
import type { ArrayUnderTest } from './array-contract.js';

/** `name` of the snapshots; `mapSource` puts src into a mapping. */
export function describeSnapshotContract(
  under: () => ArrayUnderTest,
  name: string,
  mapSource: () => Promise<void>,
): void {
  describe('snapshots of a volume group', () => {
    let array: StorageArray;
    beforeEach(() => {
      array = under().array;
    });

    const ref = { volumeGroup: 'vg_src', name };
    const add = async (more: Partial<SnapshotToAdd> = {}) => {
      const session = await array.reserveStart(5_000);
      const answer = await session.startSnapshot({ add: { ...ref, volumes: 1, ...more } }, 5_000);
      session.release();
      return answer;
    };
    const restore = async (time: string) => {
      const session = await array.reserveStart(5_000);
      const answer = await session.startSnapshot({ restore: { ...ref, time } }, 5_000);
      session.release();
      return answer;
    };
    const taken = async () =>
      (await array.readSnapshots('vg_src')).find((one) => one.name === name);

    it('of a group that does not exist are not-done, and nothing is known of it', async () => {
      expect(await add({ volumeGroup: 'ghost' })).toMatchObject({
        started: 'not-done',
        stateRead: '',
      });
      expect(await array.readVolumeGroup('ghost')).toBeUndefined();
      expect(await array.readSnapshots('ghost')).toEqual([]);
    });

    it('say when the group holds other volumes than it should', async () => {
      expect(await add({ volumes: 2 })).toMatchObject({ started: 'done', stateRead: 'changed' });
    });

    it('whose name is taken are not-done, and the one that is there is seen', async () => {
      expect(await add()).toMatchObject({ started: 'done', stateRead: 'absent', code: '' });
      expect(await add()).toMatchObject({
        started: 'not-done',
        stateRead: 'exists',
        code: 'CMMVC6035E',
      });
    });

    it.each(['before', 'after'] as const)(
      'whose answer is lost %s they were taken are unknown; reading tells',
      async (ran) => {
        under().loseAnswer('addsnapshot', ran);
        expect(await add()).toMatchObject({ started: 'unknown', code: 'CHANNEL_LOST' });
        expect((await taken())?.state).toBe(ran === 'before' ? undefined : 'active');
      },
    );

    it('are refused for volumes in mappings, unless that is asked for', async () => {
      await mapSource();
      expect(await add()).toMatchObject({ started: 'not-done', code: 'CMMVC6032E' });
      expect(await add({ ignoreLegacy: true })).toMatchObject({ started: 'done' });
    });

    it('stay until they expire when they are safeguarded', async () => {
      await add({ retentionDays: 1, safeguarded: true });
      expect(await taken()).toMatchObject({
        safeguarded: true,
        expires: expect.stringMatching(/^\d{12}$/) as string,
      });
      await expect(array.removeSnapshot(ref)).rejects.toMatchObject({ outcome: 'not-done' });
    });

    it('tell what they are of, and go, as often as asked', async () => {
      expect(await array.readVolumeGroup('vg_src')).toMatchObject({
        name: 'vg_src',
        volumes: ['src'],
        fromSnapshot: '',
      });
      await add({ retentionMinutes: 30 });
      expect(await taken()).toMatchObject({
        state: 'active',
        safeguarded: false,
        byPolicy: false,
        time: expect.stringMatching(/^\d{12}$/) as string,
      });
      expect(await array.readSnapshotMembers(ref)).toEqual(['src']);
      expect(await array.readSnapshotMembers({ ...ref, volumeGroup: 'other' })).toEqual([]);
      for (const _ of ['once', 'and again']) await array.removeSnapshot(ref);
      expect(await array.readSnapshotMembers(ref)).toEqual([]);
    });

    it('become clones of their own names, once, that go again', async () => {
      await add();
      const clone = { ...ref, as: 'vg_clone', kind: 'clone', pool: 'pool0' } as const;
      under().loseAnswer('mkvolumegroup', 'after');
      await expect(array.cloneSnapshot(clone)).rejects.toMatchObject({ outcome: 'unknown' });
      await array.cloneSnapshot(clone);
      await expect(array.cloneSnapshot({ ...clone, as: 'vg_src' })).rejects.toMatchObject({
        code: 'ATTRIBUTES_DIFFER',
      });
      const [made] = await array.readClonedVolumes('vg_clone');
      expect(made).toMatchObject({ source: 'src', snapshot: name, online: true });
      expect(await array.readClonedVolumes('vg_src')).toMatchObject([
        { name: 'src', source: '', snapshot: '' },
      ]);
      for (const _ of ['once', 'and again']) await array.renameVDisk(made!.name, 'src_clone');
      await expect(array.renameVDisk('ghost', 'ghost2')).rejects.toMatchObject({
        code: 'OBJECT_MISSING',
      });
      expect((await array.readVDisks(['src_clone']))[0]?.uid).toBe(made!.uid);
      await expect
        .poll(() => array.readPopulation(), { timeout: 20_000, interval: 50 })
        .toEqual([]);
      await expect(array.removeVolumeGroup('vg_clone')).rejects.toMatchObject({
        code: 'GROUP_NOT_EMPTY',
      });
      await array.removeVDisk('src_clone');
      for (const _ of ['once', 'and again']) await array.removeVolumeGroup('vg_clone');
    });

    it('are restored when they are the ones that are meant; otherwise that is seen', async () => {
      await add();
      const { time = '' } = (await taken()) ?? {};
      expect(await restore(time)).toMatchObject({ started: 'done', stateRead: 'active' });
      expect(await restore('000101000000')).toMatchObject({ stateRead: '' });
      await array.removeSnapshot(ref);
      await expect
        .poll(async () => (await restore(time)).started, { timeout: 20_000, interval: 50 })
        .toBe('not-done');
    });
  });
}
