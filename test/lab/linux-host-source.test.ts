// The source side on a real guest: whatever happens to holder, channel, deadline or file system, the source has its I/O back and the report
// does not lie. Frozen here means frozen: a write by another process hangs.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../../src/host/host.js';
import { systemRandomness } from '../../src/clock/system-clock.js';
import type { Guest } from '../../lab/guest.js';
import { hostOf, lab, order, prepareSource, uidOf } from './linux-host-lab.js';

let source: Guest;
let host: Host;
let run: string;
const opened: Host[] = [];
const another = (): Host => {
  const made = hostOf('source1');
  opened.push(made);
  return made;
};

/** Succeeds only when a write to /data goes through in time. */
const writes = (seconds: number) =>
  source.sh(
    `timeout ${seconds} dd if=/dev/zero of=/data/probe bs=4k count=1 conv=fsync 2>/dev/null`,
  );
const holderPid = async () => (await source.sh(`cat /run/flashcopy/runs/${run}/holder.pid`)).trim();

beforeAll(async () => {
  ({ source } = await lab());
  await prepareSource(source);
  host = another();
});
afterEach(async () => {
  await host.source.giveBack(order({ run, method: 'unmount' })).catch(() => undefined);
});
afterAll(() => Promise.allSettled(opened.map((one) => one.close())));

const newRun = () => (run = `lab-${systemRandomness.token(6)}`);

describe('a quiesced source', () => {
  it('is thawed by the twin when the holder is killed', async () => {
    const armed = await host.source.arm(order({ run: newRun() }));
    await armed.quiesce(30_000);
    await source.sh(`kill -9 ${await holderPid()}`);
    await writes(30);
    const report = await armed.attestAndThaw(30_000);
    expect(report.broken).not.toBe('');
    armed.close();
  });

  it('is thawed when the arming connection is cut', async () => {
    const cut = another();
    const armed = await cut.source.arm(order({ run: newRun() }));
    await armed.quiesce(30_000);
    await cut.close();
    await writes(30);
    expect((await host.source.attest(run)).broken).not.toBe('');
  });

  it('is thawed when its deadline passes', async () => {
    const armed = await host.source.arm(order({ run: newRun(), deadlineMs: 12_000 }));
    await armed.quiesce(30_000);
    await writes(40);
    expect((await armed.attestAndThaw(30_000)).broken).toContain('deadline');
    armed.close();
  });

  it('thawed by somebody else in between is reported as broken, and thawed for good', async () => {
    const armed = await host.source.arm(order({ run: newRun() }));
    await armed.quiesce(30_000);
    await source.sh('fsfreeze -u /data');
    const report = await armed.attestAndThaw(30_000);
    expect(report.broken).toContain('thawed by somebody else');
    await writes(10);
    armed.close();
  });

  it('is refused to a second run, which is told who holds it', async () => {
    const armed = await host.source.arm(order({ run: newRun() }));
    const refused = another().source.arm(order({ run: 'lab-second' }));
    await expect(refused).rejects.toMatchObject({
      code: 'HELD_BY_OTHER',
      message: expect.stringContaining(run) as string,
    });
    armed.close();
  });

  it('stands still between quiesce and thaw, and says for how long', async () => {
    const armed = await host.source.arm(order({ run: newRun() }));
    await armed.quiesce(30_000);
    await expect(source.sh('fsfreeze -f /data')).rejects.toThrow(/busy/);
    expect(await host.source.attest(run)).toMatchObject({ broken: '' });
    const report = await armed.attestAndThaw(30_000);
    expect(report).toMatchObject({ host: 'source1', method: 'quiesce', broken: '' });
    expect(report.quiescedAt).toBeGreaterThanOrEqual(report.beganAt);
    expect(report.givenBackAt).toBeGreaterThanOrEqual(report.quiescedAt);
    await writes(10);
    expect(await host.source.giveBack(order({ run }))).toEqual(report);
    armed.close();
  });
});

describe('an unmounted source', () => {
  const down = () =>
    order({ run, method: 'unmount', units: ['lab-app.service'], deadlineMs: 180_000 });
  const state = async () =>
    (await source.sh('findmnt -no SOURCE /data || :; systemctl is-active lab-app || :'))
      .trim()
      .split('\n');

  it('is mounted again with its units started when the holder is killed', async () => {
    newRun();
    await host.source.takeDown(down());
    await source.sh(`kill -9 ${await holderPid()}`);
    await source.sh(
      'for i in $(seq 60); do systemctl is-active -q lab-app && exit 0; sleep 1; done; exit 1',
    );
    expect(await state()).toEqual(['/dev/mapper/vg_data-data', 'active']);
    expect((await host.source.giveBack(down()))?.broken).toBe('holder was gone');
  });

  it('goes down although the connection is cut in the middle, once, and the next caller joins', async () => {
    newRun();
    const cut = another();
    // It goes on asking until its own time is over; nobody waits for that here.
    void cut.source.takeDown(down()).catch(() => undefined);
    await source.sh(
      `for i in $(seq 100); do [ -e /run/flashcopy/runs/${run}/began ] && exit 0; sleep 0.2; done; exit 1`,
    );
    await cut.close();
    await host.source.takeDown(down());
    expect(await host.source.attest(run)).toMatchObject({ broken: '' });
    expect((await state())[1]).toBe('inactive');
    expect((await host.source.giveBack(down()))?.broken).toBe('');
    expect(await state()).toEqual(['/dev/mapper/vg_data-data', 'active']);
  });

  it('cannot be mounted or written below its mount point by anybody, and a late take-down of the same run is refused', async () => {
    newRun();
    await host.source.takeDown(down());
    await expect(source.sh('touch /data/lost')).rejects.toThrow(/Read-only/);
    await expect(source.sh('mount /dev/vg_data/data /mnt')).rejects.toThrow();
    await host.source.giveBack(down());
    await expect(host.source.takeDown(down())).rejects.toMatchObject({ code: 'HOLD_ENDED' });
    expect(await state()).toEqual(['/dev/mapper/vg_data-data', 'active']);
  });

  it('that is busy is refused with the name of the user, and everything is as before', async () => {
    newRun();
    await source.sh('cd /data; nohup sleep 600 >/dev/null 2>&1 & echo $! >/run/lab-busy');
    const refused = host.source.takeDown(down());
    await expect(refused).rejects.toMatchObject({
      code: 'UNMOUNT_REFUSED',
      message: expect.stringContaining('sleep') as string,
    });
    await source.sh('kill $(cat /run/lab-busy)');
    expect(await state()).toEqual(['/dev/mapper/vg_data-data', 'active']);
  });
});

describe('a source inspected', () => {
  it('shows every layer on the disks asked for', async () => {
    const order = {
      uids: [uidOf(0)],
      mountPoints: ['/data', '/nowhere'],
      units: ['lab-app.service', 'no-such.service'],
    };
    const seen = await host.inspect({ ...order, role: 'source', method: 'quiesce' });
    expect(seen).toMatchObject({
      privileged: true,
      missingTools: [],
      heldBy: '',
      unknownUnits: ['no-such.service'],
    });
    expect(seen.disks).toEqual([
      {
        uid: uidOf(0),
        device: `/dev/mapper/3${uidOf(0).toLowerCase()}`,
        paths: 2,
        sizeBytes: 268435456,
      },
    ]);
    expect(seen.fileSystems).toHaveLength(1);
    expect(seen.fileSystems[0]).toMatchObject({
      mountPoint: '/data',
      device: '/dev/vg_data/data',
      fsType: 'xfs',
      essential: false,
    });
    expect([...(seen.fileSystems[0]?.disks ?? [])].sort()).toEqual([uidOf(0), uidOf(1)]);
    expect(seen.volumeGroups[0]).toMatchObject({
      name: 'vg_data',
      logicalVolumes: [{ segmentType: 'striped', active: true }],
    });
    expect(seen.mountPoints).toEqual([
      { path: '/data', device: '/dev/vg_data/data' },
      { path: '/nowhere', device: '' },
    ]);
    expect(seen.otherUses).toEqual([]);
  });
});
