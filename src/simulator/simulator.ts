// The simulator as a service: one array behind an SSH door, and a REST door if asked for, its state in a folder.
import type { Clock } from '../domain/clock.js';
import type { SystemOptions } from './assembly.js';
import { createSystem, type SimulatedSystem } from './system.js';
import { certificateIn, type Certificate } from './rest/certificate.js';
import { openRestDoor, type RestDoor, type RestOptions } from './rest/door.js';
import { hostKeyIn } from './ssh/host-key.js';
import { watchPolicies } from './watch.js';
import { openSshDoor, type SshDoor, type SshOptions } from './ssh/server.js';

export interface SimulatorOptions extends SystemOptions {
  readonly clock: Clock;
  readonly dataDir: string;
  readonly ssh: SshOptions;
  /** A second management address: the same array, the same sessions. */
  readonly secondSsh?: SshOptions;
  readonly rest?: RestOptions;
}

export interface Simulator extends SimulatedSystem {
  readonly sshPort: number;
  readonly secondSshPort?: number;
  /** `SHA256:...`, the same after every restart on the same folder. */
  readonly hostKeyFingerprint: string;
  /** Only with `rest`. */
  readonly rest?: { readonly port: number } & Pick<Certificate, 'fingerprint' | 'path'>;
}

/** Resolves when all doors answer. `close` ends connections, saves, and leaves the data plane to its owner. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const system = await createSystem(options);
  const { clock, dataDir } = options;
  const hostKey = await hostKeyIn(
    dataDir,
    system.config.ssh.algorithms === 'old' ? 'rsa' : 'ed25519',
  );
  const doors: (SshDoor | RestDoor)[] = [];
  const watch = options.dataPlane ? watchPolicies(system, clock, options.warn) : undefined;
  const close = async (): Promise<void> => {
    await watch?.stop();
    for (const door of doors) await door.close();
    await system.close();
  };
  try {
    const openSsh = async (at: SshOptions): Promise<number> => {
      const door = await openSshDoor(system, at, { hostKey, clock });
      doors.push(door);
      return door.port;
    };
    const sshPort = await openSsh(options.ssh);
    const second = options.secondSsh ? { secondSshPort: await openSsh(options.secondSsh) } : {};
    const rest = options.rest
      ? { rest: await openRest(system, { ...options, rest: options.rest }, doors) }
      : {};
    return {
      ...system,
      sshPort,
      ...second,
      ...rest,
      hostKeyFingerprint: hostKey.fingerprint,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openRest(
  system: SimulatedSystem,
  options: SimulatorOptions & { readonly rest: RestOptions },
  doors: (SshDoor | RestDoor)[],
): Promise<NonNullable<Simulator['rest']>> {
  const { clock, dataDir, rest } = options;
  const certificate = await certificateIn(dataDir, { host: rest.host, now: clock.now() });
  const door = await openRestDoor(system, rest, { certificate, clock });
  doors.push(door);
  return { port: door.port, fingerprint: certificate.fingerprint, path: certificate.path };
}
