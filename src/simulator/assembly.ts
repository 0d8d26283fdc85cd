// The parts of one simulated array put together, before it is told how to begin.
import { join } from 'node:path';
import type { Clock } from '../domain/clock.js';
import { fnv1a64 } from '../domain/fnv.js';
import type { SimulatorConfig, SimulatorConfigInput } from './config.js';
import type { DataPlane } from './data-plane.js';
import { EventLog } from './events.js';
import { Faults } from './faults.js';
import { CloningEngine } from './flashcopy/cloning.js';
import { CopyOnWriteEngine } from './flashcopy/copy-on-write.js';
import type { Machine } from './machine.js';
import { networkFor } from './model/network.js';
import { profileFor } from './model/profile.js';
import { ArrayState } from './model/state.js';
import type { StateFile } from './state-file/state-file.js';
import { Reach } from './reach.js';
import { StartsLog } from './starts-log.js';
import { Statistics } from './statistics.js';
import { WriteGate } from './write-gate.js';

export interface SystemOptions {
  readonly config: SimulatorConfigInput;
  readonly clock: Clock;
  /** `memory` (default): copy-on-write, contents end with the process. `image`: files in `dataDir`/volumes. */
  readonly store?: 'memory' | 'image';
  /** State, images and starts.csv; without it nothing is kept. Needed for `image`. */
  readonly dataDir?: string;
  /** Hosts that do real I/O on the image files. */
  readonly dataPlane?: DataPlane;
  /** Told of what went wrong where no answer waits; default: nobody. */
  readonly warn?: (message: string) => void;
}

export interface Assembly {
  readonly machine: Machine;
  readonly gate: WriteGate;
  readonly starts: StartsLog;
  readonly onFailover: (listener: (downMs: number) => void) => void;
}

export async function assemble(
  options: SystemOptions,
  config: SimulatorConfig,
  found: { readonly state: ArrayState; readonly file?: StateFile },
): Promise<Assembly> {
  const { state, file } = found;
  const { clock } = options;
  const starts = new StartsLog(options.dataDir);
  const gate = new WriteGate();
  const reach = new Reach(options.dataPlane, gate, options.warn ?? (() => undefined));
  const listeners: ((downMs: number) => void)[] = [];
  const events = new EventLog(() => clock.now());
  const machine: Machine = {
    ...{ state, clock, reach, speed: config.clock.speed, faults: new Faults(), busy: new Set() },
    haltListeners: [],
    ...{
      network: networkFor(state.name, config.network.iscsiAddresses),
      users: config.users,
      limits: config.limits,
    },
    statistics: new Statistics(),
    events,
    profile: profileFor(config.system.codeLevel, definedOnly(config.profile)),
    engine: await engineFor(options, state),
    failover: (downMs) => {
      state.settings.configNode = state.settings.configNode === 1 ? 2 : 1;
      const objectId = state.settings.configNode;
      const description = 'The configuration node has changed';
      events.add({
        objectType: 'node',
        objectId,
        objectName: `node${objectId}`,
        status: 'message',
        description,
      });
      for (const listener of listeners) listener(downMs);
    },
    save: async () => {
      if (machine.halted) throw machine.halted;
      await file?.save(state).catch((error: unknown) => halt(machine, error));
    },
    // The start has taken effect whether or not it is recorded.
    recordStart: (record) =>
      starts.add(record).catch((error: unknown) => options.warn?.(`starts.csv: ${String(error)}`)),
  };
  return { machine, gate, starts, onFailover: (listener) => void listeners.push(listener) };
}

/** What is in memory is no longer what a restart would find: nobody may be told of it. */
function halt(machine: Machine, cause: unknown): never {
  machine.halted = new Error(`the state cannot be written down: ${String(cause)}`, { cause });
  for (const listener of machine.haltListeners) listener(machine.halted);
  throw machine.halted;
}

export const emptyState = ({ system: { name } }: SimulatorConfig): ArrayState =>
  new ArrayState(systemId(name), name);

async function engineFor(options: SystemOptions, state: ArrayState): Promise<Machine['engine']> {
  if (options.store !== 'image') return new CopyOnWriteEngine(state);
  if (options.dataDir === undefined) throw new Error('store "image" needs a dataDir');
  return CloningEngine.open(state, join(options.dataDir, 'volumes'));
}

/** 16 hex digits that stay the same for one name, and are others for another one. */
function systemId(name: string): string {
  if (name.length > 8) return fnv1a64(name).toUpperCase();
  return Buffer.from(name.padEnd(8, '\0')).toString('hex').slice(0, 16).toUpperCase();
}

function definedOnly<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as never;
}
