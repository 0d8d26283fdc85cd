// The simulator as a service: one array behind an SSH door, its state in a folder.
import type { Clock } from '../domain/clock.js';
import { createSystem, type SimulatedSystem, type SystemOptions } from './system.js';
import { hostKeyIn } from './ssh/host-key.js';
import { openSshDoor, type SshOptions } from './ssh/server.js';

export interface SimulatorOptions extends SystemOptions {
  readonly clock: Clock;
  readonly dataDir: string;
  readonly ssh: SshOptions;
}

export interface Simulator extends SimulatedSystem {
  readonly sshPort: number;
  /** `SHA256:...`, the same after every restart on the same folder. */
  readonly hostKeyFingerprint: string;
}

/** Resolves when SSH answers. `close` ends connections, saves, and leaves the data plane to its owner. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const system = await createSystem(options);
  const hostKey = await hostKeyIn(options.dataDir);
  const door = await openSshDoor(system, options.ssh, { hostKey, clock: options.clock });
  return {
    ...system,
    sshPort: door.port,
    hostKeyFingerprint: hostKey.fingerprint,
    close: async () => {
      await door.close();
      await system.close();
    },
  };
}
