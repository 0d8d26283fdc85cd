// A holder on a model host, with its watchdog twin. It owns freeze, exclusive opens and the deadline; what it was armed with comes back by itself.
import type { Clock } from '../../domain/clock.js';
import type { PauseReport } from '../../domain/report.js';
import type { Attestation, HoldOrder } from '../../host/host.js';
import { hostError } from './errors.js';
import type { Kernel } from './kernel.js';
import type { Units } from './units.js';

/** How long the twin needs to notice that its holder is gone. */
const TWIN_NOTICES_MS = 1_000;

export interface HolderHost {
  readonly name: string;
  readonly kernel: Kernel;
  readonly units: Units;
  readonly clock: Clock;
}

type State = 'armed' | 'still' | 'given back';

export class Holder {
  state: State = 'armed';
  report: PauseReport | undefined;
  private readonly armedAt: number;
  private beganAt: number | undefined;
  private quiescedAt: number | undefined;
  private readonly ended = new AbortController();
  private giving: Promise<void> | undefined;

  constructor(
    private readonly host: HolderHost,
    readonly order: HoldOrder,
  ) {
    this.armedAt = host.clock.now();
    void this.giveBackAfter(order.deadlineMs, 'the deadline passed');
  }

  /** kill -9: the twin gives back in its place. */
  kill(): void {
    void this.giveBackAfter(TWIN_NOTICES_MS, 'the holder died');
  }

  /** kill -9 of holder and twin: nobody gives back any more, whatever the deadline. */
  killBoth(): void {
    this.ended.abort();
  }

  /** In parallel; nested ones inner first is the order of `mounts`. Thaws what it froze when one refuses. */
  async quiesce(): Promise<void> {
    if (this.state !== 'armed')
      throw hostError('QUIESCE_REFUSED', `${this.host.name}: holder has ${this.state}`);
    this.beganAt = this.host.clock.now();
    this.state = 'still';
    const fileSystems = this.fileSystems();
    const frozen = await Promise.allSettled(fileSystems.map((fileSystem) => fileSystem.freeze()));
    const refused = frozen.find((one) => one.status === 'rejected');
    this.quiescedAt = this.host.clock.now();
    if (refused === undefined) return;
    // What somebody else froze is not ours to thaw.
    this.state = 'armed';
    fileSystems.forEach(
      (fileSystem, index) => frozen[index]?.status === 'fulfilled' && fileSystem.thaw(),
    );
    await this.giveBack('the quiesce was refused');
    throw hostError('QUIESCE_REFUSED', `${this.host.name}: ${(refused.reason as Error).message}`);
  }

  /** Stops units, unmounts, blocks, holds. Gives back at once when something is in the way. */
  async takeDown(): Promise<void> {
    if (this.state === 'still') return;
    const { kernel, units } = this.host;
    this.beganAt = this.host.clock.now();
    this.state = 'still';
    try {
      await units.stop(this.order.units);
      for (const { mountPoint, device } of this.order.mounts) {
        await kernel.unmount(mountPoint);
        const other = kernel.mounts.find((mount) => mount.fileSystem.device.path === device);
        if (other !== undefined)
          throw hostError('BUSY', `${device} is mounted in ${other.namespace}`);
        kernel.blocked.add(mountPoint);
        kernel.holds.set(device, this.order.run);
      }
      this.quiescedAt = this.host.clock.now();
    } catch (error) {
      await this.giveBack('taking down failed');
      throw hostError('SOURCE_BUSY', `${this.host.name}: ${(error as Error).message}`);
    }
  }

  /** Negative once the deadline has passed. */
  get leaseMs(): number {
    return this.armedAt + this.order.deadlineMs - this.host.clock.now();
  }

  /** Probes: asks the kernel, never its own memory. */
  attest(): Attestation {
    const leaseMs = Math.max(0, this.leaseMs);
    if (this.state !== 'still') return { broken: `holder has ${this.state}`, leaseMs };
    const broken =
      this.order.mounts.map((mount) => this.probe(mount)).find((text) => text !== '') ?? '';
    return { broken, leaseMs };
  }

  /** Idempotent. `why` is '' for the regular end; anything else breaks the quiesce unless it was attested before. */
  giveBack(why: string): Promise<void> {
    this.giving ??= this.undo(why);
    return this.giving;
  }

  private async undo(why: string): Promise<void> {
    this.ended.abort();
    const stillBefore = this.state === 'still';
    const broken = why === '' ? this.attest().broken : why;
    this.state = 'given back';
    if (stillBefore) await restoreIo(this.host, this.order);
    if (this.beganAt === undefined) return;
    const givenBackAt = this.host.clock.now();
    const { beganAt, quiescedAt = beganAt } = this;
    const pauseMs = givenBackAt - beganAt;
    const { method } = this.order;
    this.report = {
      host: this.host.name,
      method,
      beganAt,
      quiescedAt,
      givenBackAt,
      pauseMs,
      broken,
    };
  }

  private probe({ mountPoint, device }: HoldOrder['mounts'][number]): string {
    const { kernel } = this.host;
    if (this.order.method === 'unmount') {
      if (kernel.holds.get(device) !== this.order.run) return `${device} is not held any more`;
      const mounted = kernel.mounts.some((mount) => mount.fileSystem.device.path === device);
      return mounted ? `${device} is mounted` : '';
    }
    const mount = kernel.mountAt(mountPoint);
    if (mount === undefined) return `${mountPoint} is not mounted`;
    // A second freeze answers busy only while the first one stands.
    return mount.fileSystem.frozen ? '' : `${mountPoint} was not frozen`;
  }

  private fileSystems() {
    const { kernel } = this.host;
    return this.order.mounts.map(({ mountPoint }) => {
      const mount = kernel.mountAt(mountPoint);
      if (mount === undefined) throw hostError('NOT_MOUNTED', `${mountPoint} is not mounted`);
      return mount.fileSystem;
    });
  }

  private async giveBackAfter(ms: number, why: string): Promise<void> {
    try {
      await this.host.clock.sleep(ms, this.ended.signal);
    } catch {
      return;
    }
    await this.giveBack(why);
  }
}

/** Thaws, mounts again, starts units: works from the order alone, so it also serves when no holder is left. */
export async function restoreIo({ kernel, units }: HolderHost, order: HoldOrder): Promise<void> {
  for (const { mountPoint, device } of order.mounts.toReversed()) {
    if (kernel.holds.get(device) === order.run) kernel.holds.delete(device);
    kernel.blocked.delete(mountPoint);
    const mount =
      kernel.mountAt(mountPoint) ?? (await kernel.mount(device, mountPoint, { readOnly: false }));
    if (mount.fileSystem.frozen) mount.fileSystem.thaw();
  }
  units.start(order.units);
}
