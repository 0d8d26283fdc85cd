// Room of thin volumes: they grow while the pool has room and they may, else they go offline, full.
import type { Machine } from '../machine.js';
import type { Pool, Volume } from '../model/state.js';

/** True when the volume has just run full, or is. */
export function outOfRoom(machine: Machine, volume: Volume): boolean {
  const { thin } = volume;
  if (!thin) return false;
  const used = machine.engine.usedBytes(volume);
  if (used <= thin.realBytes) return volume.offline === 'space';
  if (thin.autoexpand && poolHolds(machine, volume)) {
    thin.realBytes = used;
    return false;
  }
  volume.offline = 'space';
  return true;
}

/** Bytes of its pool that the volume takes. */
export function realBytes(machine: Machine, volume: Volume): number {
  return volume.thin
    ? Math.max(volume.thin.realBytes, machine.engine.usedBytes(volume))
    : volume.capacityBytes;
}

/** Bytes no volume has taken yet. */
export function freeBytes(machine: Machine, pool: Pool): number {
  const volumes = machine.state.volumes.filter((volume) => volume.pool === pool.id);
  return volumes.reduce((free, volume) => free - realBytes(machine, volume), pool.capacityBytes);
}

function poolHolds(machine: Machine, volume: Volume): boolean {
  const pool = machine.state.pools.byId(volume.pool);
  return pool !== undefined && freeBytes(machine, pool) >= 0;
}
