// The simulated array's volumes as real iSCSI disks: obeys the array through src/simulator/data-plane.ts.
// One target per volume keeps its UID the same on every host. What is true is asked of tgtd, so a restarted array goes on.
import type { DataPlane, ServedVolume } from '../../src/simulator/data-plane.js';
import { until } from '../until.js';
import { flushFiles } from './flush.js';
import { whileStopped } from './stopped.js';
import { tgtadm, type ShownTarget, type Tgtadm } from './tgtadm.js';

export interface TgtOptions {
  controlPort: number;
  /** The tgtd itself, for the one instant in which it must not serve. */
  pid: number;
}

/** The volume with id N is target N+1 (tgt counts from 1). */
export const targetIdOf = (volumeId: number) => volumeId + 1;
export const targetNameOf = (volumeId: number) => `iqn.2026-11.lab.svc:vdisk.${volumeId}`;

/** What tgt answers on page 0x83: 6, eight zeros, the marker 0e, target id and LUN 1. */
export const uidOf = (volumeId: number) =>
  `60000000000000000E00${hex(targetIdOf(volumeId), 8)}${hex(1, 4)}`.padEnd(32, '0').toUpperCase();

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

export class TgtDataPlane implements DataPlane {
  private readonly tgt: Tgtadm;
  private readonly volumes = new Map<string, ServedVolume>();
  private readonly offline = new Set<string>();

  constructor(private readonly options: TgtOptions) {
    this.tgt = tgtadm(options.controlPort);
  }

  async serve(volume: ServedVolume): Promise<{ uid: string }> {
    this.volumes.set(volume.name, volume);
    const tid = targetIdOf(volume.id);
    const shown = await this.shown(volume);
    if (shown === undefined)
      await this.tgt.call('target', 'new', { tid, targetname: targetNameOf(volume.id) });
    if (shown?.hasDisk !== true && !this.offline.has(volume.name)) await this.addDisk(volume);
    return { uid: uidOf(volume.id) };
  }

  async withdraw(volumeName: string): Promise<void> {
    const volume = this.volumes.get(volumeName);
    if (volume === undefined) return;
    const shown = await this.shown(volume);
    for (const initiator of shown?.allowed ?? []) await this.unmap(volumeName, initiator);
    // `force` also ends sessions of initiators that were shut out while tgtd was not asked.
    if (shown !== undefined)
      await this.tgt.call('target', 'delete', { tid: shown.id, force: true });
    this.volumes.delete(volumeName);
    this.offline.delete(volumeName);
  }

  async map(volumeName: string, initiator: string): Promise<void> {
    const target = await this.target(volumeName);
    if (target.allowed.includes(initiator)) return;
    await this.tgt.call('target', 'bind', { tid: target.id, 'initiator-name': initiator });
  }

  /** First the right to come back, then the open sessions; done when tgtd shows none, for it shows them until their last command ends. */
  async unmap(volumeName: string, initiator: string): Promise<void> {
    const { id: tid, allowed } = await this.target(volumeName);
    if (allowed.includes(initiator))
      await this.tgt.call('target', 'unbind', { tid, 'initiator-name': initiator });
    await until(`the end of sessions on ${volumeName}`, { within: 10_000, every: 20 }, async () => {
      const sessions = (await this.target(volumeName)).sessions.filter(
        (session) => session.initiator === initiator,
      );
      for (const { id: sid, connections } of sessions) {
        // A connection that ended by itself meanwhile is what was wanted.
        for (const cid of connections)
          await this.tgt.call('conn', 'delete', { tid, sid, cid }).catch(() => undefined);
      }
      return sessions.length === 0 || undefined;
    });
  }

  async setOnline(volumeName: string, online: boolean): Promise<void> {
    const { hasDisk, id: tid } = await this.target(volumeName);
    if (online) this.offline.delete(volumeName);
    else this.offline.add(volumeName);
    if (online && !hasDisk) await this.addDisk(this.volume(volumeName));
    // tgt's own "offline" makes hosts hang for minutes; a missing LUN fails their I/O at once.
    if (!online && hasDisk) await this.tgt.call('logicalunit', 'delete', { tid, lun: 1 });
  }

  /** Optional: brings what hosts wrote to disk while they may still write, so that the cut finds little to do. */
  async settle(): Promise<void> {
    await flushFiles([...this.volumes.values()].map((volume) => volume.imagePath));
  }

  async atOneInstant<T>(cut: () => Promise<T>): Promise<T> {
    return whileStopped(this.options.pid, cut);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private volume(name: string): ServedVolume {
    const volume = this.volumes.get(name);
    if (volume === undefined) throw new Error(`${name} is not served`);
    return volume;
  }

  private async shown(volume: ServedVolume): Promise<ShownTarget | undefined> {
    return (await this.tgt.targets()).get(targetIdOf(volume.id));
  }

  private async target(volumeName: string): Promise<ShownTarget> {
    const shown = await this.shown(this.volume(volumeName));
    if (shown === undefined) throw new Error(`tgtd does not serve ${volumeName}`);
    return shown;
  }

  /** A disk as hosts of an SVC see it. tgtadm takes one parameter per call. */
  private async addDisk(volume: ServedVolume): Promise<void> {
    const disk = { tid: targetIdOf(volume.id), lun: 1 };
    await this.tgt.call('logicalunit', 'new', { ...disk, 'backing-store': volume.imagePath });
    for (const params of [
      'vendor_id=IBM',
      'product_id=2145',
      `scsi_sn=${uidOf(volume.id).slice(-16)}`,
    ]) {
      await this.tgt.call('logicalunit', 'update', { ...disk, params });
    }
  }
}
