// What every host must do, whatever system it runs: the promises of src/host/host.ts as tests. Models run them now, real guests in the lab.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HoldOrder, Host, ReleaseOrder } from '../../src/host/host.js';
import type { PlannedFileSystem, PlannedVolumeGroup } from '../../src/domain/plan.js';

/** Two hosts with data between them, and hands to do behind their backs what the world does. */
export interface HostBench {
  /** Has its file systems mounted and writable. */
  readonly source: {
    readonly host: Host;
    readonly mounts: HoldOrder['mounts'];
    readonly units: readonly string[];
    /** False when a write would wait or fail. */
    isWritable(mountPoint: string): Promise<boolean>;
    /** What an administrator with fsfreeze -u would do. */
    thaw(mountPoint: string): Promise<void>;
    /** kill -9 of the holder of a run; its twin stays. */
    killHolder(run: string): Promise<void>;
  };
  /** Is shown the copies, and has not looked at them yet. The nonce `before` of `run` is on them, `after` is not. */
  readonly target: {
    readonly host: Host;
    readonly uids: readonly string[];
    readonly volumeGroups: readonly PlannedVolumeGroup[];
    readonly fileSystems: readonly PlannedFileSystem[];
    /** The array shows the copies to the host, or no longer does. */
    show(): Promise<void>;
    hide(): Promise<void>;
    /** A process opens a file below the mount point. Answers how it ends. */
    use(mountPoint: string): Promise<() => Promise<void>>;
  };
  readonly run: string;
  /** Waits for a call of the host; with a virtual clock, lets time pass for it. */
  wait<T>(call: Promise<T>): Promise<T>;
  /** Lets this much time pass. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 20_000;

export function describeHostContract(name: string, open: () => Promise<HostBench>): void {
  let bench: HostBench;
  beforeEach(async () => {
    bench = await open();
  });
  afterEach(() => bench.close());

  const hold = (over: Partial<HoldOrder> = {}): HoldOrder => ({
    ...{ run: bench.run, method: 'quiesce', deadlineMs: 60_000, units: [] },
    mounts: bench.source.mounts,
    ...over,
  });
  const unmounting = (over: Partial<HoldOrder> = {}) =>
    hold({ method: 'unmount', units: bench.source.units, ...over });
  const writable = () =>
    Promise.all(bench.source.mounts.map(({ mountPoint }) => bench.source.isWritable(mountPoint)));
  const all = (value: boolean) => bench.source.mounts.map(() => value);
  const firstMount = () => bench.source.mounts[0]?.mountPoint ?? '';
  const port = () => bench.source.host.source;

  describe(`${name} as source, quiesced`, () => {
    const still = async (over: Partial<HoldOrder> = {}) => {
      const armed = await bench.wait(port().arm(hold(over)));
      await bench.wait(armed.quiesce(TIMEOUT_MS));
      return armed;
    };

    it('refuses a second run while the first one holds, naming it', async () => {
      const armed = await bench.wait(port().arm(hold()));
      const second = bench.wait(port().arm(hold({ run: 'other-abcdef' })));
      await expect(second).rejects.toMatchObject({ code: 'HELD_BY_OTHER' });
      armed.close();
    });

    it('lists its hold, with what a give back needs, until it has ended', async () => {
      expect(await bench.wait(port().holds())).toEqual([]);
      const armed = await still();
      const [held, ...others] = await bench.wait(port().holds());
      expect(others).toEqual([]);
      expect(held).toMatchObject({ run: bench.run, method: 'quiesce', kept: false });
      expect(held?.leaseMs).toBeGreaterThan(0);
      const pointsOf = (mounts: HoldOrder['mounts']) => mounts.map(({ mountPoint }) => mountPoint);
      expect(pointsOf(held?.mounts ?? [])).toEqual(pointsOf(bench.source.mounts));
      await bench.wait(armed.attestAndThaw(TIMEOUT_MS));
      armed.close();
      expect(await bench.wait(port().holds())).toEqual([]);
    });

    it('has its I/O back when the arming channel closes', async () => {
      const armed = await still();
      expect(await writable()).toEqual(all(false));
      armed.close();
      await bench.pass(3_000);
      expect(await writable()).toEqual(all(true));
    });

    it('has its I/O back when the deadline passes, and the quiesce counts as broken', async () => {
      const armed = await still({ deadlineMs: 5_000 });
      await bench.pass(8_000);
      expect(await writable()).toEqual(all(true));
      expect((await bench.wait(armed.attestAndThaw(TIMEOUT_MS))).broken).not.toBe('');
    });

    it('has its I/O back when the holder is killed', async () => {
      const armed = await still();
      await bench.source.killHolder(bench.run);
      await bench.pass(5_000);
      expect(await writable()).toEqual(all(true));
      armed.close();
    });

    it('is broken when somebody else thawed it', async () => {
      const armed = await still();
      await bench.source.thaw(firstMount());
      expect((await bench.wait(armed.attestAndThaw(TIMEOUT_MS))).broken).not.toBe('');
      expect(await writable()).toEqual(all(true));
    });

    it('stands still until it is thawed, unbroken, and tells how long', async () => {
      const armed = await still();
      expect(await writable()).toEqual(all(false));
      const report = await bench.wait(armed.attestAndThaw(TIMEOUT_MS));
      expect(report).toMatchObject({ host: bench.source.host.name, method: 'quiesce', broken: '' });
      expect(report.givenBackAt - report.beganAt).toBe(report.pauseMs);
      expect(await writable()).toEqual(all(true));
      armed.close();
    });

    it('bears a give back at any time, also twice and when nothing was armed', async () => {
      await bench.wait(port().giveBack(hold()));
      await still();
      await bench.wait(port().giveBack(hold()));
      await bench.wait(port().giveBack(hold()));
      expect(await writable()).toEqual(all(true));
    });
  });

  describe(`${name} as source, unmounted`, () => {
    it('is not attested when nothing is held', async () => {
      expect((await bench.wait(port().attest(bench.run))).broken).not.toBe('');
    });

    it('is mounted again when the deadline passes', async () => {
      await bench.wait(port().takeDown(unmounting({ deadlineMs: 5_000 })));
      await bench.pass(10_000);
      expect(await writable()).toEqual(all(true));
      expect((await bench.wait(port().attest(bench.run))).broken).not.toBe('');
    });

    it('stays down until given back; taking down and giving back may be repeated', async () => {
      await bench.wait(port().takeDown(unmounting()));
      await bench.wait(port().takeDown(unmounting()));
      expect(await writable()).toEqual(all(false));
      const attested = await bench.wait(port().attest(bench.run));
      expect(attested.broken).toBe('');
      expect(attested.leaseMs).toBeGreaterThan(0);
      const report = await bench.wait(port().giveBack(unmounting()));
      expect(report).toMatchObject({ method: 'unmount', broken: '' });
      await bench.wait(port().giveBack(unmounting()));
      expect(await writable()).toEqual(all(true));
    });

    it('writes no nonce where nothing is mounted', async () => {
      await bench.wait(port().takeDown(unmounting()));
      const nonce = port().writeNonce({
        run: bench.run,
        kind: 'before',
        mounts: bench.source.mounts,
      });
      await expect(bench.wait(nonce)).rejects.toThrow();
      await bench.wait(port().giveBack(unmounting()));
    });
  });

  describe(`${name} as target`, () => {
    const target = () => bench.target.host.target;
    const order = (): ReleaseOrder => ({
      run: bench.run,
      mounts: bench.target.fileSystems.map(({ at }) => at).reverse(),
      volumeGroups: bench.target.volumeGroups.map((group) => group.name),
      uids: bench.target.uids,
      keepMapped: false,
    });
    const synthesise = () => {
      const { volumeGroups, fileSystems } = bench.target;
      return bench.wait(
        target().synthesise({ run: bench.run, volumeGroups, fileSystems, synthesis: 'auto' }),
      );
    };
    const mounted = async () => {
      await bench.wait(target().find({ run: bench.run, uids: bench.target.uids }));
      const records = await synthesise();
      return { records, mounts: await bench.wait(target().mount(bench.target.fileSystems)) };
    };

    it('says so when a disk is not there', async () => {
      await bench.target.hide();
      const looking = bench.wait(target().find({ run: bench.run, uids: bench.target.uids }));
      await expect(looking).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
    });

    it('does not let go while a process uses a mount', async () => {
      await mounted();
      const end = await bench.target.use(bench.target.fileSystems[0]?.at ?? '');
      await expect(bench.wait(target().release(order()))).rejects.toMatchObject({
        code: 'TARGET_IN_USE',
      });
      await end();
    });

    it('is not proved released while the array still shows the disks', async () => {
      await mounted();
      await bench.wait(target().release(order()));
      await expect(bench.wait(target().proveReleased(order()))).rejects.toMatchObject({
        code: 'NOT_RELEASED',
      });
      await bench.target.hide();
      await bench.wait(target().proveReleased(order()));
      await bench.wait(target().release(order()));
    });

    it('gives every layer an identity of its own, read back, and mounts it', async () => {
      const { records, mounts } = await mounted();
      for (const { was, now } of records) expect(now).not.toBe(was);
      for (const [index, { sourceUuid, at }] of bench.target.fileSystems.entries()) {
        expect(mounts[index]).toMatchObject({ at });
        expect(mounts[index]?.uuid).not.toBe(sourceUuid);
      }
    });

    it('may find, synthesise and mount twice, and then stays as it is', async () => {
      const first = await mounted();
      const again = await bench.wait(target().mount(bench.target.fileSystems));
      expect(again).toEqual(first.mounts);
    });

    it('tells the nonces apart', async () => {
      await mounted();
      const { fileSystems } = bench.target;
      const nonces = await bench.wait(target().verify({ run: bench.run, fileSystems }));
      expect(nonces).toEqual(fileSystems.map(({ at }) => ({ at, before: true, after: false })));
      const others = await bench.wait(target().verify({ run: 'other-abcdef', fileSystems }));
      expect(others.every(({ before }) => !before)).toBe(true);
    });
  });
}
