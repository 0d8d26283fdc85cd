// A restore gives production back under the identities it had, however often it is copied and restored: what fstab names still finds it.
import { describe, expect, it } from 'vitest';
import type { FlashCopyRequest, RequestedTarget } from '../../../src/domain/request.js';
import { carryOut, copied, plan, rawRequest } from './carry-out.js';
import { failure, san, type San } from './san.js';

const target = (host: string, more: Partial<RequestedTarget> = {}): RequestedTarget => ({
  ...{ host, synthesis: 'auto', volumeGroups: {}, keepMapped: false, mounts: [] },
  ...more,
});
const source = (host: string): FlashCopyRequest['sources'][number] => ({
  ...{ host, method: 'quiesce', units: [], applications: [], mounts: 'auto' },
});

const NAMES = ['data', 'log'];

const nightly = (made: San): FlashCopyRequest => ({
  ...rawRequest(
    NAMES.map((name) => ({
      source: name,
      target: `${name}_copy`,
      overwrite: made.uid(`${name}_copy`),
    })),
    { autodelete: true },
    'nightly',
  ),
  sources: [source('app1')],
  targets: [
    target('dev1', {
      mounts: ['/logs', '/db'].map((from) => ({ from, at: `/copy${from}`, readOnly: false })),
    }),
  ],
  grade: 'filesystem',
});

const back = (made: San, more: Partial<FlashCopyRequest> = {}): FlashCopyRequest => ({
  ...rawRequest(
    NAMES.map((name) => ({ source: `${name}_copy`, target: name, overwrite: made.uid(name) })),
    { kind: 'restore', autodelete: true },
    'back',
  ),
  sources: [source('dev1')],
  targets: [target('app1')],
  ...more,
});

/** What an fstab, a boot and a backup program know production by. */
async function identities(made: San) {
  const order = {
    ...{ uids: NAMES.map(made.uid), mountPoints: [], units: [], role: 'target' as const },
  };
  const { volumeGroups, fileSystems } = await made.app1.inspect(order);
  return {
    volumeGroups,
    mounts: fileSystems
      .map(({ mountPoint, device, uuid, options }) => ({ mountPoint, device, uuid, options }))
      .sort((one, other) => one.mountPoint.localeCompare(other.mountPoint)),
  };
}

async function night(made: San, token: string) {
  const done = await carryOut(made, nightly(made), token);
  await copied(made, done.group);
  return done;
}

async function restore(made: San, token: string, more: Partial<FlashCopyRequest> = {}) {
  const done = await carryOut(made, back(made, more), token);
  await copied(made, done.group);
  // What autodelete does once the run is over.
  for (const name of NAMES) await made.ok(`rmfcmap fc_${name}`);
  await made.ok(`rmfcconsistgrp ${done.group.group}`);
  return done;
}

const write = (made: San, text: string): Promise<void> =>
  made.app1.kernel.mountAt('/db')!.fileSystem.append(text, Buffer.from(text));
const files = (made: San): string[] => made.app1.kernel.mountAt('/db')!.fileSystem.fileNames;

describe('a restore of a copy that had got identities of its own', () => {
  it('leaves production its names and UUIDs, also the second time, and the next nightly too', async () => {
    const made = await san();
    const before = await identities(made);
    await write(made, 'kept');
    for (const round of ['a', 'b']) {
      await night(made, `night${round}`);
      expect([...made.dev1.kernel.groups.keys()]).toEqual(['vg0_copy']);
      await write(made, `lost${round}`);
      const { verdicts } = await restore(made, `back0${round}`);
      expect(verdicts).toEqual([{ contradictions: [], checked: 2, changed: [] }]);
      expect(files(made)).toContain('kept');
      expect(files(made)).not.toContain(`lost${round}`);
      expect(await identities(made)).toEqual(before);
    }
    await night(made, 'nightc');
    expect([...made.dev1.kernel.groups.keys()]).toEqual(['vg0_copy']);
    expect(await identities(made)).toEqual(before);
  });

  it('does so where nobody has the copy mounted any more', async () => {
    const made = await san();
    const before = await identities(made);
    await night(made, 'nighta');
    await made.dev1.kernel.unmount('/copy/logs');
    await made.dev1.kernel.unmount('/copy/db');
    made.dev1.kernel.deactivate('vg0_copy');
    for (const name of NAMES) made.dev1.kernel.removeDisk(made.uid(`${name}_copy`));
    for (const name of NAMES) await made.ok(`rmvdiskhostmap -host dev1 ${name}_copy`);
    const { verdicts } = await restore(made, 'back0a', { sources: [] });
    expect(verdicts).toEqual([{ contradictions: [], checked: 0, changed: [] }]);
    expect(await identities(made)).toEqual(before);
  });

  it('says by name what is not as it was', async () => {
    const made = await san();
    await night(made, 'nighta');
    const { plan: planned, ref } = await restore(made, 'back0a');
    const [restored] = planned.targets;
    const [group] = restored!.volumeGroups;
    const other = {
      ...restored!,
      volumeGroups: [{ ...group!, name: 'vg9', pvUuids: ['odd', ...group!.pvUuids!.slice(1)] }],
      fileSystems: restored!.fileSystems.map((one) => ({ ...one, options: 'ro', label: 'db' })),
    };
    const { changed } = await made.run('flashCopyVerify', { ...ref, target: other });
    const said = changed.join('\n');
    expect(said).toContain('volume group vg9 is called vg0');
    expect(said).toMatch(/PV UUID \w+, before odd/);
    expect(said).toContain('/db has options rw, before ro');
  });
});

describe('a restore that is to leave other identities', () => {
  it('says so under losses', async () => {
    const made = await san();
    await night(made, 'nighta');
    const planned = await plan(
      made,
      back(made, { targets: [target('app1', { synthesis: 'keep' })] }),
      'back0a',
    );
    expect(planned.losses.join('\n')).toContain(
      'the identities of vg0, /db, /logs on app1: those of the copy stay, as asked (synthesis: keep)',
    );
    const before = await plan(made, back(made), 'back0b');
    expect(before.losses.join('\n')).not.toContain('identities');
  });

  it('is refused while nobody can say which ones production had', async () => {
    const made = await san();
    await night(made, 'nighta');
    await made.app1.kernel.unmount('/logs');
    await made.app1.kernel.unmount('/db');
    made.app1.kernel.deactivate('vg0');
    for (const name of NAMES) made.app1.kernel.removeDisk(made.uid(name));
    for (const name of NAMES) await made.ok(`rmvdiskhostmap -host app1 ${name}`);
    expect((await failure(plan(made, back(made), 'back0a'))).type).toBe('IDENTITY_UNKNOWN');
  });

  it('is refused where an earlier restore was cut off before production got its own back', async () => {
    const made = await san();
    await night(made, 'nighta');
    const cut = {
      ...made,
      run: ((name: 'flashCopyPresent', order: never) =>
        name === ('flashCopySynthesise' as string)
          ? Promise.reject(new Error('terminated'))
          : made.run(name, order)) as never,
    };
    await expect(carryOut(cut, back(made), 'back0a')).rejects.toThrow('terminated');
    await made.clock.advance(600_000);
    const again = await failure(plan(made, back(made), 'back0b'));
    expect(again.type).toBe('IDENTITY_UNKNOWN');
    expect(JSON.stringify(again.details)).toContain('it bears the UUIDs of the copy');
  });

  it('is refused where production lacks a disk, unless those of the copy are to stay', async () => {
    const made = await san();
    await night(made, 'nighta');
    for (const at of ['/logs', '/db']) await made.app1.kernel.unmount(at);
    made.app1.kernel.deactivate('vg0');
    made.app1.kernel.removeDisk(made.uid('log'));
    await made.ok('rmvdiskhostmap -host app1 log');
    for (const name of NAMES) await made.ok(`rmvdiskhostmap -host dev1 ${name}_copy`);
    const alone = { sources: [], grade: 'crash' } as const;
    const refused = await failure(plan(made, back(made, alone), 'back0a'));
    expect(refused.type).toBe('IDENTITY_UNKNOWN');
    expect(JSON.stringify(refused.details)).toContain('volume group vg0 lacks a PV');
    const keep = [target('app1', { synthesis: 'keep' })];
    const planned = await plan(made, back(made, { ...alone, targets: keep }), 'back0b');
    expect(planned.targets[0]!.volumeGroups[0]!.disks).toEqual([made.uid('data')]);
  });

  it('is refused where the copy has another layout', async () => {
    const made = await san();
    await night(made, 'nighta');
    await made.app1.kernel.unmount('/logs');
    await made.app1.kernel.unmount('/db');
    made.app1.kernel.deactivate('vg0');
    await made.app1.createVolumeGroup('vg0', NAMES.map(made.uid), ['other']);
    await made.app1.createFileSystem('/dev/vg0/other', '/db');
    expect((await failure(plan(made, back(made), 'back0a'))).type).toBe('RESTORE_LAYOUT_DIFFERS');
  });

  it('is refused where names are asked for that production does not have', async () => {
    const made = await san();
    await night(made, 'nighta');
    const asked = target('app1', { volumeGroups: { vg0_copy: 'vg_other' } });
    expect((await failure(plan(made, back(made, { targets: [asked] }), 'back0a'))).type).toBe(
      'RESTORE_NAME_DIFFERS',
    );
  });
});
