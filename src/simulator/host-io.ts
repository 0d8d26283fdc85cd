// Host I/O in process: the array's access rules in front of the engine. Writes stand still while a group is cut.
import { policiesDue } from './flashcopy/policy-snapshots.js';
import { outOfRoom } from './flashcopy/room.js';
import type { Machine } from './machine.js';
import type { Volume } from './model/state.js';
import { findVolume, volumeOffline } from './shell/commands/volume-lookup.js';
import {
  ioError,
  type VisibleVolume,
  type VolumeAddress,
  type VolumeIo,
  type VolumeRead,
  type VolumeWrite,
} from './volume-io.js';
import type { WriteGate } from './write-gate.js';

export class HostIo implements VolumeIo {
  constructor(
    private readonly machine: Machine,
    private readonly gate: WriteGate,
    private readonly passTime: () => Promise<void>,
  ) {}

  async read(request: VolumeRead): Promise<Uint8Array> {
    const volume = this.reachable(request, request.offset + request.length);
    volume.lastIo = this.machine.clock.now();
    return this.machine.engine.read(volume, request);
  }

  async write(request: VolumeWrite): Promise<void> {
    if (policiesDue(this.machine.state, this.machine.clock.now())) await this.passTime();
    await this.gate.write(async () => {
      // Looked up inside the gate: what waited through a cut sees the state after it.
      const volume = this.reachable(request, request.offset + request.data.length);
      await this.machine.engine.write(volume, request.offset, request.data);
      volume.lastIo = this.machine.clock.now();
      if (outOfRoom(this.machine, volume))
        throw ioError(request, 'the volume is full: its pool has no room, or it may not grow');
    });
  }

  visibleTo(host: string): VisibleVolume[] {
    const { hosts, hostMaps } = this.machine.state;
    const id = hosts.find(({ name }) => name === host)?.id;
    return hostMaps
      .filter((map) => map.host === id)
      .sort((a, b) => a.scsiId - b.scsiId)
      .map(({ volume, scsiId }) => {
        const { name, uid, capacityBytes } = this.machine.state.volume(volume);
        return { name, uid, scsiId, capacityBytes };
      });
  }

  private reachable(address: VolumeAddress & { offset: number }, end: number): Volume {
    if (this.machine.halted) throw ioError(address, 'the array has stopped');
    const volume = findVolume(this.machine, address.vdisk);
    if (!volume || !this.visibleTo(address.host).some(({ uid }) => uid === volume.uid))
      throw ioError(address, 'not mapped to this host');
    if (volumeOffline(this.machine, volume)) throw ioError(address, 'the volume is offline');
    if (address.offset < 0 || end > volume.capacityBytes)
      throw ioError(address, 'beyond the end of the volume');
    return volume;
  }
}
