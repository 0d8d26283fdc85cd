// Every function of FlashCopy a request can ask for, judged by the bytes on the volumes, not by states.
import { describe, expect, it } from 'vitest';
import {
  all,
  carryOut,
  copied,
  plan,
  rawRequest,
  read,
  SIZE,
  volumes,
  write,
} from './carry-out.js';
import { failure, san } from './san.js';

const GRAIN_BLOCKS = 4; // 256 KiB in 64 KiB blocks
const marked = (base: string, mark: string, [from, count]: [number, number]): string =>
  all(base)
    .split('')
    .map((one, at) => (at >= from && at < from + count ? mark : one))
    .join('');

async function pairOfVolumes() {
  const made = await san();
  const uids = await volumes(made, 'prod', 'copy');
  await write(made, 'prod', 'A');
  await write(made, 'copy', 'z');
  return { made, pair: { source: 'prod', target: 'copy', overwrite: uids['copy']! } };
}

describe('a copy, by its bytes', () => {
  it('is its source at one instant, whatever is written to the source afterwards', async () => {
    const { made, pair } = await pairOfVolumes();
    const { group } = await carryOut(made, rawRequest([pair]), 'aaaaaa');
    await write(made, 'prod', 'B');
    expect(await read(made, 'copy')).toBe(all('A'));
    await copied(made, group);
    await write(made, 'prod', 'C');
    expect(await read(made, 'copy')).toBe(all('A'));
  });

  it('with rate 0 holds all the same, without any background copy', async () => {
    const { made, pair } = await pairOfVolumes();
    const { group } = await carryOut(made, rawRequest([pair], { rate: 0 }), 'aaaaaa');
    await made.clock.advance(3_600_000);
    expect((await made.run('flashCopyReadGroup', group)).state).toBe('copying');
    await write(made, 'prod', { mark: 'B', blocks: [0, 1] });
    expect(await read(made, 'copy')).toBe(all('A'));
    expect(await read(made, 'prod')).toBe(marked('A', 'B', [0, 2]));
  });

  it('that is written to leaves its source alone', async () => {
    const { made, pair } = await pairOfVolumes();
    await carryOut(made, rawRequest([pair], { rate: 0 }), 'aaaaaa');
    await write(made, 'copy', { mark: 'W', blocks: [3] });
    expect(await read(made, 'prod')).toBe(all('A'));
    expect(await read(made, 'copy')).toBe(marked('A', 'W', [3, 1]));
  });

  it('made incrementally again moves what changed on either side, and nothing else', async () => {
    const { made, pair } = await pairOfVolumes();
    const request = rawRequest([pair], { incremental: true });
    await copied(made, (await carryOut(made, request, 'aaaaaa')).group);
    await write(made, 'prod', { mark: 'B', blocks: [0] });
    await write(made, 'copy', { mark: 'W', blocks: [20] });
    const { group } = await carryOut(made, request, 'bbbbbb');
    const pending = made.system.state.mappings.find(({ name }) => name === 'fc_copy')!.pending.size;
    expect(pending).toBeLessThanOrEqual(2);
    expect(await read(made, 'copy')).toBe(marked('A', 'B', [0, 1]));
    await copied(made, group);
    expect(await read(made, 'copy')).toBe(marked('A', 'B', [0, 1]));
  });

  it('with autodelete leaves neither mapping nor group behind once it is complete, and is whole', async () => {
    const { made, pair } = await pairOfVolumes();
    const { group } = await carryOut(made, rawRequest([pair], { autodelete: true }), 'aaaaaa');
    await made.run('flashCopySetAutodelete', group);
    expect(await made.storage.readMappings()).toHaveLength(1);
    await made.clock.advance(600_000);
    expect([await made.storage.readMappings(), await made.storage.readGroups()]).toEqual([[], []]);
    await made.run('flashCopySetAutodelete', group);
    expect(await read(made, 'copy')).toBe(all('A'));
  });

  it('to a thin target that the run creates is the same copy', async () => {
    const { made } = await pairOfVolumes();
    const create = { pool: 'Pool0', thin: { realPercent: 2 } };
    await carryOut(
      made,
      rawRequest([{ source: 'prod', target: 'made', create }], { rate: 0 }),
      'aaaaaa',
    );
    await write(made, 'prod', 'B');
    expect(await read(made, 'made')).toBe(all('A'));
    expect((await made.storage.readVDisks(['made']))[0]).toMatchObject({
      thin: true,
      capacityBytes: SIZE,
    });
  });
});

describe('several targets', () => {
  it('of one source are one instant, in one group', async () => {
    const { made, pair } = await pairOfVolumes();
    const uids = await volumes(made, 'copy2');
    const second = { ...pair, target: 'copy2', overwrite: uids['copy2']! };
    await carryOut(made, rawRequest([pair, second], { rate: 0 }), 'aaaaaa');
    await write(made, 'prod', 'B');
    expect([await read(made, 'copy'), await read(made, 'copy2')]).toEqual([all('A'), all('A')]);
    await write(made, 'copy', { mark: 'W', blocks: [0] });
    expect(await read(made, 'copy2')).toBe(all('A'));
  });

  it('of different times each keep their own', async () => {
    const { made, pair } = await pairOfVolumes();
    const uids = await volumes(made, 'copy2');
    await carryOut(made, rawRequest([pair], { rate: 0 }), 'aaaaaa');
    await write(made, 'prod', { mark: 'B', blocks: [0, 1, 2, 3] });
    await carryOut(
      made,
      rawRequest([{ ...pair, target: 'copy2', overwrite: uids['copy2']! }], { rate: 0 }, 'raw2'),
      'bbbbbb',
    );
    await write(made, 'prod', 'C');
    expect(await read(made, 'copy')).toBe(all('A'));
    expect(await read(made, 'copy2')).toBe(marked('A', 'B', [0, GRAIN_BLOCKS]));
  });
});

describe('a cascade', () => {
  it('gives a copy of the copy to write on, and the golden one is not touched', async () => {
    const { made, pair } = await pairOfVolumes();
    const uids = await volumes(made, 'test');
    await carryOut(made, rawRequest([pair], { rate: 0 }, 'gold'), 'aaaaaa');
    const second = rawRequest(
      [{ source: 'copy', target: 'test', overwrite: uids['test']! }],
      { rate: 0 },
      'test',
    );
    await carryOut(made, second, 'bbbbbb');
    await write(made, 'test', 'W');
    await write(made, 'prod', 'B');
    expect(await read(made, 'copy')).toBe(all('A'));
    expect(await read(made, 'test')).toBe(all('W'));
    expect(await read(made, 'prod')).toBe(all('B'));
  });

  const withDependent = async () => {
    const { made, pair } = await pairOfVolumes();
    const uids = await volumes(made, 'test');
    await copied(made, (await carryOut(made, rawRequest([pair], {}, 'gold'), 'aaaaaa')).group);
    const second = rawRequest(
      [{ source: 'copy', target: 'test', overwrite: uids['test']! }],
      { rate: 0 },
      'test',
    );
    const { group } = await carryOut(made, second, 'bbbbbb');
    await write(made, 'prod', 'B');
    const again = { source: 'prod', target: 'copy' };
    return { made, again, group };
  };

  it('is refused a refresh of its middle unless the request says what becomes of the rest', async () => {
    const { made, again } = await withDependent();
    const failed = await failure(plan(made, rawRequest([again], {}, 'gold'), 'cccccc'));
    expect(failed.type).toBe('TARGET_IS_A_SOURCE');
  });

  it('keeps the copy of the copy as it was through a refresh of its middle', async () => {
    const { made, again } = await withDependent();
    await carryOut(made, rawRequest([again], { dependents: 'keep' }, 'gold'), 'cccccc');
    expect(await read(made, 'copy')).toBe(all('B'));
    expect(await read(made, 'test')).toBe(all('A'));
  });

  it('stops the copy of the copy when asked to, and says so beforehand', async () => {
    const { made, again, group } = await withDependent();
    const { plan: planned } = await carryOut(
      made,
      rawRequest([again], { dependents: 'stop' }, 'gold'),
      'cccccc',
    );
    expect(planned.losses.join()).toContain('fc_test');
    expect(planned.lines.join('\n')).toContain(`stop fc_test with its group ${group.group}`);
    expect(await read(made, 'copy')).toBe(all('B'));
    expect((await made.run('flashCopyReadGroup', group)).state).toBe('stopped');
    await expect(read(made, 'test')).rejects.toThrow(/offline/);
  });
});

describe('a mapping that is there already', () => {
  it('is taken over by its name once it fits, and copies as one of ours', async () => {
    const { made, pair } = await pairOfVolumes();
    await made.ok('mkfcmap -source prod -target copy -name byhand -copyrate 10 -cleanrate 10');
    expect((await failure(plan(made, rawRequest([pair]), 'aaaaaa'))).type).toBe('GROUP_OF_OTHERS');
    const { group } = await carryOut(made, rawRequest([{ ...pair, adopt: 'byhand' }]), 'aaaaaa');
    expect(await made.storage.readMapping('byhand')).toMatchObject({
      group: group.group,
      copyRate: 100,
      cleanRate: 50,
    });
    await write(made, 'prod', 'B');
    expect(await read(made, 'copy')).toBe(all('A'));
  });

  it.each([
    ['grain', '-grainsize 64', 'MAPPING_DIFFERS'],
    ['incremental', '-incremental', 'MAPPING_DIFFERS'],
    ['another name', '-name other', 'ADOPT_NOT_FOUND'],
  ])('is left alone when it does not fit: %s', async (_what, flag, code) => {
    const { made, pair } = await pairOfVolumes();
    const name = flag.startsWith('-name') ? '' : '-name byhand';
    await made.ok(`mkfcmap -source prod -target copy ${name} ${flag}`);
    expect(
      (await failure(plan(made, rawRequest([{ ...pair, adopt: 'byhand' }]), 'aaaaaa'))).type,
    ).toBe(code);
    expect((await made.storage.readMappings())[0]?.group).toBe('');
  });
});

describe('a restore', () => {
  it.each([0, 100])(
    'with a copy of rate %i brings the source back to its bytes, and other copies keep theirs',
    async (rate) => {
      const { made, pair } = await pairOfVolumes();
      const uids = await volumes(made, 'later');
      const { group: forward } = await carryOut(made, rawRequest([pair], { rate }), 'aaaaaa');
      await write(made, 'prod', 'B');
      const later = { source: 'prod', target: 'later', overwrite: uids['later']! };
      await carryOut(made, rawRequest([later], { rate: 0 }, 'later'), 'bbbbbb');
      await write(made, 'prod', 'C');
      const prod = (await made.storage.readVDisks(['prod']))[0]!.uid;
      const back = rawRequest(
        [{ source: 'copy', target: 'prod', overwrite: prod }],
        { kind: 'restore' },
        'back',
      );
      const { group } = await carryOut(made, back, 'cccccc');
      expect(await read(made, 'prod')).toBe(all('A'));
      expect(await read(made, 'copy')).toBe(all('A'));
      expect(await read(made, 'later')).toBe(all('B'));
      await copied(made, group);
      await write(made, 'prod', { mark: 'D', blocks: [0] });
      expect(await read(made, 'prod')).toBe(marked('A', 'D', [0, 1]));
      expect(await read(made, 'copy')).toBe(all('A'));
      expect(await read(made, 'later')).toBe(all('B'));
      expect((await made.run('flashCopyReadGroup', forward)).mappings).toEqual(['fc_copy']);
    },
  );

  it('of a copy that was stopped below 100 % is refused', async () => {
    const { made, pair } = await pairOfVolumes();
    const { group } = await carryOut(made, rawRequest([pair], { rate: 0 }), 'aaaaaa');
    await made.ok(`stopfcconsistgrp ${group.group}`);
    const prod = (await made.storage.readVDisks(['prod']))[0]!.uid;
    const back = rawRequest(
      [{ source: 'copy', target: 'prod', overwrite: prod }],
      { kind: 'restore' },
      'back',
    );
    expect(JSON.stringify(await failure(plan(made, back, 'bbbbbb')))).toContain(
      'COPY_NOT_READABLE',
    );
  });

  it('has the host that uses the source let go first, and mounts there again what was mounted', async () => {
    const made = await san();
    const copy = rawRequest(
      [{ source: 'web', target: 'web_copy', overwrite: made.uid('web_copy') }],
      { rate: 0 },
      'web',
    );
    const sources = [
      { host: 'web1', method: 'quiesce', units: [], applications: [], mounts: 'auto' } as const,
    ];
    const web = (): ReturnType<typeof made.web1.kernel.mountAt> => made.web1.kernel.mountAt('/web');
    await web()!.fileSystem.append('kept', Buffer.from('kept'));
    await carryOut(made, { ...copy, sources, grade: 'filesystem' }, 'aaaaaa');
    await web()!.fileSystem.append('lost', Buffer.from('lost'));
    const before = (await made.storage.readHostMaps('web'))[0]!;
    const host = {
      host: 'web1',
      mounts: [],
      synthesis: 'auto',
      volumeGroups: {},
      keepMapped: false,
    } as const;
    const pair = { source: 'web_copy', target: 'web', overwrite: made.uid('web') };
    const back = {
      ...rawRequest([pair], { kind: 'restore', autodelete: true }, 'back'),
      targets: [host],
    };
    const { plan: planned, verdicts } = await carryOut(made, back, 'bbbbbb');
    expect(planned.lines).toContain('web1: unmount /web');
    const names = web()!.fileSystem.fileNames;
    expect(names).toContain('kept');
    expect(names).not.toContain('lost');
    expect(verdicts).toEqual([{ contradictions: [], checked: 0, changed: [] }]);
    expect(await made.storage.readHostMaps('web')).toEqual([before]);
  });
});
