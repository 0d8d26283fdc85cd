// Targets: let go with proof before prepare, found and given new identities afterwards, and judged by two nonces.
import { describe, expect, it } from 'vitest';
import type { Host } from '../../../src/host/host.js';
import {
  readRecords,
  sameInstant,
  secondMappingLeftOut,
  startLate,
  unmountLeftOut,
  withMethods,
} from '../../../src/testing/index.js';
import { failure, GROUP, preparedSan, quiesceOrder, REF, san, type San } from './san.js';

const present = (made: San) => made.run('flashCopyPresent', { ...REF, target: made.target });
const synthesise = (made: San) => made.run('flashCopySynthesise', { ...REF, target: made.target });
const mount = (made: San, check = true) =>
  made.run('flashCopyMount', { ...REF, target: made.target, check });
const verify = (made: San) => made.run('flashCopyVerify', { ...REF, target: made.target });
const release = (made: San) => made.run('flashCopyReleaseTarget', { ...REF, target: made.target });
const markAfter = async (made: San) => {
  for (const host of ['app1', 'web1'])
    await made.run('flashCopyMarkAfter', { ...REF, source: made.source(host, 'quiesce') });
};

/** A finished copy, mounted on dev1, with a writer that never stops. */
async function copied(change?: Parameters<typeof san>[0]): Promise<San> {
  const made = await preparedSan(change);
  await made.clock.run(made.writer.write());
  await made.clock.run(made.writer.write());
  await made.run('flashCopyTakePointInTime', quiesceOrder(made));
  await made.clock.run(made.writer.write());
  await markAfter(made);
  await made.clock.advance(5_000);
  await present(made);
  await synthesise(made);
  await mount(made);
  return made;
}

const records = (made: San) =>
  Promise.all(
    ['/copy/logs', '/copy/db'].map((at) => readRecords(made.dev1.kernel.mountAt(at)!.fileSystem)),
  );

describe('flashCopyReleaseTarget', () => {
  it('fails while somebody uses a mount of the target, and unmaps nothing', async () => {
    const made = await copied();
    made.dev1.kernel.mountAt('/copy/db')?.users.add('psql');
    const failed = await failure(release(made));
    expect(failed.type).toBe('TARGET_IN_USE');
    expect(await made.storage.readHostMaps('data_copy')).toHaveLength(1);
  });

  it('fails while a container still has the target mounted', async () => {
    const made = await copied();
    made.dev1.kernel.cloneNamespace('container');
    expect((await failure(release(made))).type).toBe('TARGET_IN_USE');
  });

  it('fails when a host that is not declared has a map', async () => {
    const made = await san((deps) => ({
      declaredHosts: deps.declaredHosts.filter((host) => host !== 'web1'),
    }));
    await made.ok('mkvdiskhostmap -host web1 log_copy');
    expect(await failure(release(made))).toMatchObject({
      type: 'NOT_RELEASED',
      details: { details: { host: 'web1' } },
    });
  });

  it('fails when unmapping had no effect', async () => {
    const made = await copied((deps) => ({
      arrays: (name) => withMethods(deps.arrays(name), { unmapVDisk: () => Promise.resolve() }),
    }));
    expect((await failure(release(made))).type).toBe('NOT_RELEASED');
  });

  it('lets go of everything, and may be repeated', async () => {
    const made = await copied();
    await release(made);
    await release(made);
    expect(made.dev1.kernel.mounts).toEqual([]);
    expect(made.dev1.kernel.disks.size).toBe(0);
    for (const { target } of made.group.mappings)
      expect(await made.storage.readHostMaps(target.name)).toEqual([]);
  });

  it('with keepMapped holds the disks exclusively until they are presented again', async () => {
    const made = await copied();
    const target = { ...made.target, keepMapped: true };
    await made.run('flashCopyReleaseTarget', { ...REF, target });
    expect(await made.storage.readHostMaps('data_copy')).toHaveLength(1);
    await expect(
      made.dev1.kernel.mount(`uid:${made.uid('web_copy')}`, '/mnt', { readOnly: true }),
    ).rejects.toThrow('held');
    await made.run('flashCopyPresent', { ...REF, target });
    expect(made.dev1.kernel.holds.size).toBe(0);
  });

  it('left out, an unmount after the next copy destroys it (the lie)', async () => {
    const made = await copied((deps) => ({
      hosts: (name) =>
        name === 'dev1' ? unmountLeftOut<Host>(deps.hosts(name)) : deps.hosts(name),
    }));
    await release(made);
    const group = { ...made.group, existing: { name: GROUP.group, state: 'copying' } };
    await made.run('flashCopyMakePreparable', { ...REF, group });
    await made.run('flashCopyPrepareGroup', { ...REF, ...GROUP, timeoutMs: 600_000 });
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    await present(made);
    // What stands on the array, past the caches of any host.
    const superblock = async () =>
      Buffer.from(
        await made.system.volumeIo.read({
          vdisk: 'web_copy',
          host: 'dev1',
          offset: 0,
          length: 4096,
        }),
      ).toString();
    const [source, former] = [
      made.web1.kernel.mountAt('/web'),
      made.dev1.kernel.mountAt('/copy/web'),
    ];
    expect(await superblock()).toContain(source!.fileSystem.uuid);
    await made.dev1.kernel.unmount('/copy/web');
    expect(await superblock()).toContain(former!.fileSystem.uuid);
  });
});

describe('a copy on its target host', () => {
  it('is contradicted when a start came after the thaw', async () => {
    const made = await copied((deps) => ({
      arrays: (name) =>
        startLate(deps.arrays(name), (start) => void deps.clock.sleep(3_000).then(start)),
    }));
    const { contradictions } = await verify(made);
    expect(contradictions).toContain('dev1:/copy/db holds what was written after the give back');
  });

  it('is found damaged or unmountable when one of its volumes was not started', async () => {
    const failed = await failure(
      copied((deps) => {
        const lying = secondMappingLeftOut(deps.arrays('svc1'));
        return { arrays: () => lying };
      }),
    );
    expect(failed.type).toBe('SYNTHESIS_REFUSED');
  });

  it('holds the first nonce, not the second, under new identities, and is one instant', async () => {
    const made = await copied();
    expect(await verify(made)).toEqual({ contradictions: [], checked: 3, changed: [] });
    const counts = await records(made);
    expect(counts).toEqual([2, 2]);
    expect(sameInstant(counts)).toBe(true);
    expect(made.dev1.kernel.groups.get('vg0_copy')?.uuid).not.toBe(
      made.app1.kernel.groups.get('vg0')?.uuid,
    );
  });

  it("is contradicted while it carries its source's UUID", async () => {
    const made = await copied();
    const fileSystems = made.target.fileSystems.map((one) => ({
      ...one,
      sourceUuid: made.dev1.kernel.mountAt(one.at)!.fileSystem.uuid,
    }));
    const { contradictions } = await made.run('flashCopyVerify', {
      ...REF,
      target: { ...made.target, fileSystems },
    });
    expect(contradictions).toHaveLength(3);
  });

  it('may be presented, given new identities and mounted twice', async () => {
    const made = await copied();
    await present(made);
    await synthesise(made);
    expect(await mount(made, false)).toHaveLength(3);
  });

  it('goes away again with a withdraw', async () => {
    const made = await copied();
    const { target } = made;
    const { presentations, fileSystems } = target;
    await made.run('flashCopyWithdraw', { ...REF, target, presentations, fileSystems });
    expect(made.dev1.kernel.mounts).toEqual([]);
    expect(await made.storage.readHostMaps('data_copy')).toEqual([]);
  });

  it('is found by the UID the array gives when the plan could not know it', async () => {
    const made = await preparedSan();
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    const presentations = made.target.presentations.map((one) =>
      one.vdisk === 'web_copy' ? { ...one, uid: 'new:web_copy' } : one,
    );
    const fileSystems = made.target.fileSystems.map((one) =>
      one.from === '/web' ? { ...one, device: 'uid:new:web_copy' } : one,
    );
    const target = { ...made.target, presentations, fileSystems };
    await made.run('flashCopyPresent', { ...REF, target });
    await made.run('flashCopySynthesise', { ...REF, target });
    const mounts = await made.run('flashCopyMount', { ...REF, target });
    expect(mounts.map(({ from }) => from)).toEqual(['/logs', '/db', '/web']);
  });
});
