// The target side on a real guest, after a real group copy: found by UID, given new identities, mounted, told by its nonces; then let go.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlannedFileSystem, PlannedVolumeGroup } from '../../src/domain/plan.js';
import type { Host } from '../../src/host/host.js';
import { systemClock, systemRandomness } from '../../src/clock/system-clock.js';
import type { Guest } from '../../lab/guest.js';
import { removeCopies } from './copies.js';
import { array, dataMount, hostOf, lab, order, prepareSource, uidOf } from './linux-host-lab.js';

const run = `lab-${systemRandomness.token(6)}`;
const group = `lab_${systemRandomness.token(6)}`;
const targets = [4, 5];
const uids = targets.map(uidOf);
let source: Guest, backup: Guest, sourceHost: Host, host: Host;
let volumeGroup: PlannedVolumeGroup, fileSystem: PlannedFileSystem;

/** Both volumes at one instant, between quiesce and thaw of the product's own holder. */
async function copy(): Promise<void> {
  await array(`mkfcconsistgrp -name ${group}`);
  for (const i of [1, 2])
    await array(
      `mkfcmap -source db_data${i} -target db_copy${i} -name ${group}_${i} -consistgrp ${group} -copyrate 0`,
    );
  await sourceHost.source.writeNonce({ run, kind: 'before', mounts: [dataMount] });
  await array(`prestartfcconsistgrp ${group}`);
  while (!(await array(`lsfcconsistgrp -delim : ${group}`)).includes('status:prepared'))
    await systemClock.sleep(2000);
  const armed = await sourceHost.source.arm(order({ run }));
  await armed.quiesce(30_000);
  await array(`startfcconsistgrp ${group}`);
  expect((await armed.attestAndThaw(30_000)).broken).toBe('');
  armed.close();
  await sourceHost.source.writeNonce({ run, kind: 'after', mounts: [dataMount] });
}

const releaseOrder = (keepMapped: boolean) => ({
  run,
  mounts: ['/copy/data'],
  volumeGroups: ['vg_lab_copy'],
  uids,
  keepMapped,
});

beforeAll(async () => {
  ({ source, backup } = await lab());
  await removeCopies(); // those of the demo, where it left this lab up
  await prepareSource(source);
  sourceHost = hostOf('source1');
  host = hostOf('backup1');
  const [vg = '', fs = ''] = (
    await source.sh(
      'vgs --noheadings -o vg_uuid vg_data; blkid -p -s UUID -o value /dev/vg_data/data',
    )
  )
    .trim()
    .split(/\s+/);
  volumeGroup = { sourceName: 'vg_data', sourceUuid: vg, name: 'vg_lab_copy', disks: uids };
  const device = '/dev/vg_lab_copy/data';
  fileSystem = {
    from: '/data',
    at: '/copy/data',
    readOnly: false,
    fsType: 'xfs',
    sourceUuid: fs,
    device,
  };
  await copy();
  for (const i of [1, 2]) await array(`mkvdiskhostmap -host backup1 db_copy${i}`);
});

afterAll(async () => {
  await host.target.release(releaseOrder(false)).catch(() => undefined);
  for (const i of [1, 2])
    await array(`rmvdiskhostmap -host backup1 db_copy${i}`).catch(() => undefined);
  await array(`stopfcconsistgrp ${group}`).catch(() => undefined);
  for (const i of [1, 2]) await array(`rmfcmap -force ${group}_${i}`).catch(() => undefined);
  await array(`rmfcconsistgrp ${group}`).catch(() => undefined);
  await Promise.allSettled([host.close(), sourceHost.close()]);
});

describe('a copy on the target host', () => {
  it('is found by UID with both paths, and nothing on it is active', async () => {
    const found = await host.target.find({ run, uids });
    expect(found.map(({ uid, paths }) => ({ uid, paths }))).toEqual(
      uids.map((uid) => ({ uid, paths: 2 })),
    );
    expect(await backup.sh('lsblk -no TYPE')).not.toContain('lvm');
  });

  it('gets new identities for group and file system, read back; a repeat changes nothing', async () => {
    const synthesis = {
      run,
      volumeGroups: [volumeGroup],
      fileSystems: [fileSystem],
      synthesis: 'auto' as const,
    };
    const records = await host.target.synthesise(synthesis);
    expect(records.map(({ layer, was }) => ({ layer, was }))).toEqual([
      { layer: 'lvm', was: volumeGroup.sourceUuid },
      { layer: 'xfs', was: fileSystem.sourceUuid },
    ]);
    for (const { was, now } of records) expect(now).not.toBe(was);
    expect(await host.target.synthesise(synthesis)).toEqual([]);
  });

  it('passes its check, is mounted, and holds the nonce from before and not the one from after', async () => {
    await host.target.check([fileSystem]);
    const mounted = await host.target.mount([fileSystem]);
    expect(mounted).toMatchObject([{ at: '/copy/data', device: '/dev/vg_lab_copy/data' }]);
    expect(mounted[0]?.uuid).not.toBe(fileSystem.sourceUuid);
    expect(await host.target.mount([fileSystem])).toEqual(mounted);
    expect(await host.target.verify({ run, fileSystems: [fileSystem] })).toEqual([
      { at: '/copy/data', before: true, after: false },
    ]);
    expect(await host.target.verify({ run: 'lab-other', fileSystems: [fileSystem] })).toEqual([
      { at: '/copy/data', before: false, after: false },
    ]);
  });
});

describe('release of a target', () => {
  it('that is mounted where the plan does not say so is refused', async () => {
    const order = { ...releaseOrder(false), mounts: [] };
    await expect(host.target.release(order)).rejects.toMatchObject({ code: 'TARGET_IN_USE' });
    await backup.sh('mountpoint -q /copy/data');
  });

  it('that somebody works in is refused with the name', async () => {
    await backup.sh('cd /copy/data; nohup sleep 600 >/dev/null 2>&1 & echo $! >/run/lab-busy');
    const refused = host.target.release(releaseOrder(false));
    await expect(refused).rejects.toMatchObject({
      code: 'TARGET_IN_USE',
      message: expect.stringContaining('sleep') as string,
    });
    await backup.sh('kill $(cat /run/lab-busy)');
  });

  it('kept mapped is held so that nobody can use it, and the proof fails once the hold is gone', async () => {
    await host.target.release(releaseOrder(true));
    await host.target.proveReleased(releaseOrder(true));
    await expect(
      backup.sh('vgchange -ay vg_lab_copy; [ -b /dev/vg_lab_copy/data ]'),
    ).rejects.toThrow();
    await backup.sh(`kill -9 $(cat /run/flashcopy/kept/${run}/ready)`);
    await expect(host.target.proveReleased(releaseOrder(true))).rejects.toMatchObject({
      code: 'NOT_RELEASED',
    });
  });

  it('is not proved while the disks are still there, and is once they are gone', async () => {
    await expect(host.target.proveReleased(releaseOrder(false))).rejects.toMatchObject({
      code: 'NOT_RELEASED',
    });
    await host.target.release(releaseOrder(false));
    await host.target.release(releaseOrder(false));
    await host.target.proveReleased(releaseOrder(false));
    expect(await backup.sh('ls /dev/mapper')).not.toContain('6000000');
  });

  it('does not hang on disks that the array took away under a mounted copy', async () => {
    await host.target.find({ run, uids });
    await host.target.synthesise({
      run,
      volumeGroups: [volumeGroup],
      fileSystems: [fileSystem],
      synthesis: 'auto',
    });
    await host.target.mount([fileSystem]);
    for (const i of [1, 2]) await array(`rmvdiskhostmap -host backup1 db_copy${i}`);
    // multipath queues from here on: every tool that touches the disks now waits for ever.
    await backup.sh(
      'until ! dmsetup status --target multipath | grep -q ":[0-9]* A"; do sleep 1; done',
    );
    await host.target.release(releaseOrder(false));
    await host.target.proveReleased(releaseOrder(false));
  });
});
