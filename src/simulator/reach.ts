// What hosts can reach: serves, maps and takes volumes offline in one order, on the external data plane if there is one.
import type { DataPlane } from './data-plane.js';
import type { Host, Volume } from './model/state.js';
import { Serial } from './serial.js';
import type { WriteGate } from './write-gate.js';

export class Reach {
  private readonly order = new Serial();

  constructor(
    private readonly plane: DataPlane | undefined,
    private readonly gate: WriteGate,
    private readonly warn: (message: string) => void,
  ) {}

  /** Hosts write without the array's process seeing it: on a data plane. */
  get unseen(): boolean {
    return this.plane !== undefined;
  }

  /** Answers the UID the data plane shows to hosts, undefined without one. */
  async serve(volume: Volume, imagePath: string | undefined): Promise<string | undefined> {
    const { plane } = this;
    if (!plane || imagePath === undefined) return undefined;
    const { id, storedAs: name, capacityBytes } = volume;
    return (await this.order.run(() => plane.serve({ id, name, capacityBytes, imagePath }))).uid;
  }

  withdraw(volume: Volume): Promise<void> {
    return this.inOrder((plane) => plane.withdraw(volume.storedAs));
  }

  /** Every iSCSI name of the host; Fibre Channel ports reach no iSCSI data plane. */
  map(volume: Volume, host: Host): Promise<void> {
    return this.inOrder(async (plane) => {
      for (const initiator of host.iscsiNames) await plane.map(volume.storedAs, initiator);
    });
  }

  unmap(volume: Volume, host: Host): Promise<void> {
    return this.inOrder(async (plane) => {
      for (const initiator of host.iscsiNames) await plane.unmap(volume.storedAs, initiator);
    });
  }

  /** Hidden volumes are served to nobody. */
  setOnline(volume: Volume, online: boolean): Promise<void> {
    if (volume.hidden === true) return Promise.resolve();
    return this.inOrder((plane) => plane.setOnline(volume.storedAs, online));
  }

  /** No write of any host, in process or through the data plane, while `cut` runs. */
  atOneInstant<T>(cut: () => Promise<T>): Promise<T> {
    return this.gate.atOneInstant(() => (this.plane ? this.plane.atOneInstant(cut) : cut()));
  }

  /** Work that must keep its place among the changes of reach but that no answer waits for. */
  later(what: string, work: () => Promise<void>): void {
    void this.order.run(work).catch((error: unknown) => this.warn(`${what}: ${String(error)}`));
  }

  idle(): Promise<void> {
    return this.order.idle();
  }

  private inOrder(work: (plane: DataPlane) => Promise<void>): Promise<void> {
    const { plane } = this;
    // Nobody to tell, nothing to wait for: a stop of 500 copies does not wait for their poison.
    return plane ? this.order.run(() => work(plane)) : Promise.resolve();
  }
}
