// A Linux host behind the port: one agent program over one transport. Needs root, or sudo without a password.
import type { Clock, Randomness } from '../../domain/clock.js';
import type { HostInspection } from '../../domain/inspection.js';
import { FlashCopyError } from '../../domain/errors.js';
import { COMMANDS } from '../../domain/timing.js';
import type { Transport } from '../../transport/transport.js';
import type { Host, InspectOrder } from '../host.js';
import { Agent } from './agent.js';
import { readInspection, unprivileged } from './inspection.js';
import { LinuxSource } from './source-host.js';
import { LinuxTarget } from './target-host.js';
import { checked } from './words.js';

export interface LinuxHostOptions {
  readonly name: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Put `sudo -n` before every command. Default false: the login is root. */
  readonly sudo?: boolean;
  /** For holders, jobs and the agent; gone after a reboot. Default /run/flashcopy. */
  readonly stateDir?: string;
  /** Mount tables that must outlive a reboot. Default /var/lib/flashcopy. */
  readonly keepDir?: string;
}

export function createLinuxHost(options: LinuxHostOptions): Host {
  const { name, transport, clock, randomness } = options;
  const agent = new Agent({
    host: name,
    transport,
    clock,
    randomness,
    sudo: options.sudo ?? false,
    stateDir: checked('path', options.stateDir ?? '/run/flashcopy'),
    keepDir: checked('path', options.keepDir ?? '/var/lib/flashcopy'),
  });
  return {
    name,
    inspect: (order) => inspect(agent, order),
    source: new LinuxSource(agent, { transport, clock }),
    target: new LinuxTarget(agent),
    close: () => transport.close(),
  };
}

async function inspect(agent: Agent, order: InspectOrder): Promise<HostInspection> {
  const words = [
    ...['inspect', order.role, order.keepMapped === true ? 'keep' : (order.method ?? 'none')],
    ...order.uids.flatMap((uid) => ['disk', checked('uid', uid)]),
    ...order.units.flatMap((unit) => ['unit', checked('unit', unit)]),
  ];
  try {
    return readInspection(
      agent.host,
      order,
      await agent.read(words, { timeoutMs: COMMANDS.hostInspect }),
    );
  } catch (error) {
    if (error instanceof FlashCopyError && error.code === 'NOT_PRIVILEGED')
      return unprivileged(agent.host);
    throw error;
  }
}
