// The source side of a model host: holders addressed by run, nonces, flushes.
import type { PauseReport } from '../../domain/report.js';
import type { ArmedQuiesce, Hold, HoldOrder, SourceHost } from '../../host/host.js';
import { hostError } from './errors.js';
import { promised } from './promised.js';
import { type HolderHost, Holder, restoreIo } from './holder.js';

export const nonceName = (run: string, kind: 'before' | 'after'): string =>
  `.flashcopy-${run}-${kind}`;

export class ModelSource implements SourceHost {
  readonly holders = new Map<string, Holder>();

  constructor(private readonly host: HolderHost) {}

  async preFlush(order: Parameters<SourceHost['preFlush']>[0]): Promise<{ dirtyBytes: number }> {
    let dirtyBytes = 0;
    for (const { mountPoint } of order.mounts) {
      const { fileSystem } = this.mount(mountPoint);
      await fileSystem.flush();
      dirtyBytes += fileSystem.dirtyBytes;
    }
    if (dirtyBytes > order.limitBytes)
      throw hostError('TOO_DIRTY', `${dirtyBytes} bytes stay dirty`);
    return { dirtyBytes };
  }

  async writeNonce(order: Parameters<SourceHost['writeNonce']>[0]): Promise<void> {
    for (const { mountPoint } of order.mounts) {
      const { fileSystem } = this.mount(mountPoint);
      await fileSystem.append(nonceName(order.run, order.kind), Buffer.from(order.run));
      await fileSystem.flush();
    }
  }

  arm(order: HoldOrder): Promise<ArmedQuiesce> {
    return promised(() => this.armNow(order));
  }

  async takeDown(order: HoldOrder): Promise<void> {
    const known = this.holders.get(order.run);
    const holder = known === undefined || known.state === 'given back' ? this.hold(order) : known;
    await holder.takeDown();
  }

  attest(run: string): ReturnType<SourceHost['attest']> {
    return Promise.resolve(
      this.holders.get(run)?.attest() ?? { broken: 'no holder is armed', leaseMs: 0 },
    );
  }

  holds(): Promise<Hold[]> {
    const held = [...this.holders.values()].filter(({ state }) => state !== 'given back');
    return Promise.resolve(
      held.map(({ order: { run, method, mounts, units }, leaseMs }) => ({
        ...{ run, method, mounts, units, leaseMs, kept: false },
      })),
    );
  }

  async giveBack(order: HoldOrder): Promise<PauseReport | undefined> {
    const holder = this.holders.get(order.run);
    await holder?.giveBack('');
    await restoreIo(this.host, order);
    return holder?.report;
  }

  /** The run whose holder is armed here, '' when none. */
  heldBy(): string {
    return [...this.holders.values()].find(({ state }) => state !== 'given back')?.order.run ?? '';
  }

  private armNow(order: HoldOrder): ArmedQuiesce {
    const holder = this.hold(order);
    const { kernel } = this.host;
    const missing = order.mounts.find((mount) => kernel.mountAt(mount.mountPoint) === undefined);
    if (missing !== undefined) {
      void holder.giveBack('');
      throw hostError('NOT_MOUNTED', `${this.host.name}: ${missing.mountPoint} is not mounted`);
    }
    let open = true;
    const close = () => {
      if (open) void holder.giveBack('the arming channel closed');
      open = false;
    };
    const reportNow = async (): Promise<PauseReport> => {
      if (!open) throw hostError('CHANNEL_LOST', `${this.host.name}: the arming channel is closed`);
      await holder.giveBack('');
      const now = this.host.clock.now();
      const never = {
        host: this.host.name,
        method: order.method,
        beganAt: now,
        quiescedAt: now,
        givenBackAt: now,
      };
      return holder.report ?? { ...never, pauseMs: 0, broken: 'never quiesced' };
    };
    return { quiesce: () => holder.quiesce(), attestAndThaw: reportNow, close };
  }

  private hold(order: HoldOrder): Holder {
    const wanted = new Set(order.mounts.map(({ mountPoint }) => mountPoint));
    const other = [...this.holders.values()].find(
      (holder) =>
        holder.state !== 'given back' &&
        holder.order.mounts.some((mount) => wanted.has(mount.mountPoint)),
    );
    if (other !== undefined)
      throw hostError('HELD_BY_OTHER', `${this.host.name} is held by ${other.order.run}`, {
        run: other.order.run,
      });
    const holder = new Holder(this.host, order);
    this.holders.set(order.run, holder);
    return holder;
  }

  private mount(at: string) {
    const mount = this.host.kernel.mountAt(at);
    if (mount === undefined)
      throw hostError('NOT_MOUNTED', `${this.host.name}: ${at} is not mounted`);
    return mount;
  }
}
