// Arrays and hosts of an inventory, over SSH or REST: made when they are first asked for, one pool of connections each, closed together.
import type { StorageArray } from '../array/array.js';
import { createSvcArray } from '../array/svc/svc-array.js';
import type { ArrayEntry, HostEntry, Inventory } from '../config/inventory.js';
import type { Clock, Randomness } from '../domain/clock.js';
import { notInInventory } from '../domain/errors.js';
import { COMMANDS } from '../domain/timing.js';
import type { Host } from '../host/host.js';
import { createLinuxHost } from '../host/linux/linux-host.js';
import { createHttpsTransport } from '../transport/https/https-transport.js';
import { createSshTransport } from '../transport/ssh/ssh-transport.js';
import type { World } from './world.js';
import { maskedRest, maskedTransport } from './masked-transport.js';
import { Secrets } from './secrets.js';

type SvcEntry = Extract<ArrayEntry, { kind: 'svc' }>;
type LinuxEntry = Extract<HostEntry, { kind: 'linux' }>;

/** Connections to a host: one is kept for the urgent. */
const HOST_SESSIONS = 4;

interface Ports {
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export function createReal(inventory: Inventory, ports: Ports): World {
  const secrets = new Secrets();
  const arrays = new Cache<StorageArray>((name) => {
    const entry = inventory.arrays[name] as SvcEntry | undefined;
    if (entry === undefined) throw notInInventory('array', name);
    if (entry.wire === 'rest') return createSvcArray({ name, rest: restTo(name, entry), ...ports });
    return createSvcArray({
      name,
      transport: sshTo(name, { ...entry, sessions: entry.sessions }),
      ...ports,
    });
  });
  const hosts = new Cache<Host>((name) => {
    const entry = inventory.hosts[name] as LinuxEntry | undefined;
    if (entry === undefined) throw notInInventory('host', name);
    return createLinuxHost({
      name,
      transport: sshTo(name, { ...entry, sessions: HOST_SESSIONS }),
      sudo: entry.sudo,
      ...ports,
    });
  });
  const list = (): readonly string[] => secrets.list();
  const sshTo = (name: string, entry: (SvcEntry | LinuxEntry) & { sessions: number }) => {
    const transport = createSshTransport({
      address: entry.address,
      ...('secondAddress' in entry ? { secondAddress: entry.secondAddress } : {}),
      user: entry.user,
      ...secrets.read(name, entry),
      hostKey: entry.hostKey,
      algorithms: entry.sshAlgorithms,
      sessions: entry.sessions,
      clock: ports.clock,
      handshakeTimeoutMs: COMMANDS.handshake,
    });
    return maskedTransport(transport, list);
  };
  const restTo = (name: string, entry: SvcEntry) => {
    const transport = createHttpsTransport({
      ...{
        address: entry.address,
        secondAddress: entry.secondAddress,
        user: entry.user,
        sessions: entry.sessions,
      },
      password: secrets.password(name, entry),
      trust: {
        ca: secrets.certificate(name, entry.caFile),
        fingerprint: entry.fingerprint,
        serverName: entry.serverName,
      },
      ...{ clock: ports.clock, handshakeTimeoutMs: COMMANDS.handshake },
      onToken: (token) => secrets.keepToken(token),
    });
    return maskedRest(transport, list);
  };
  return {
    arrays: (name) => arrays.get(name),
    hosts: (name) => hosts.get(name),
    arrayHosts: (name) => (inventory.hosts[name] as LinuxEntry | undefined)?.arrayHosts ?? {},
    declaredHosts: Object.keys(inventory.hosts),
    declaredArrays: Object.keys(inventory.arrays),
    secrets: list,
    close: async () => {
      await Promise.allSettled([...arrays.made(), ...hosts.made()].map((one) => one.close()));
    },
  };
}

class Cache<T> {
  readonly #made = new Map<string, T>();

  constructor(private readonly make: (name: string) => T) {}

  get(name: string): T {
    const found = this.#made.get(name) ?? this.make(name);
    this.#made.set(name, found);
    return found;
  }

  made(): T[] {
    return [...this.#made.values()];
  }
}
