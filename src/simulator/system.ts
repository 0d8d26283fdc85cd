// One simulated array, put together: state, engine, shell, host I/O. The SSH door and in-process users stand on this.
import type { Clock } from '../domain/clock.js';
import type { DataPlane } from './data-plane.js';
import { parseSimulatorConfig, type SimulatorConfig, type SimulatorConfigInput } from './config.js';
import { Faults } from './faults.js';
import { CloningEngine } from './flashcopy/cloning.js';
import { CopyOnWriteEngine } from './flashcopy/copy-on-write.js';
import { HostIo } from './host-io.js';
import type { Machine } from './machine.js';
import { profileFor } from './model/profile.js';
import { ArrayState } from './model/state.js';
import { StateFile } from './persistence.js';
import { Reach } from './reach.js';
import { resume, seed } from './seed.js';
import { Shell, type Answer } from './shell/shell.js';
import { StartsLog } from './starts-log.js';
import type { VolumeIo } from './volume-io.js';
import { WriteGate } from './write-gate.js';
import { join } from 'node:path';

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

export interface SimulatedSystem {
  readonly config: SimulatorConfig;
  /** One line as it comes over SSH. Throws CHANNEL_LOST only where a fault drops the connection. */
  execute(line: string, user?: string): Promise<Answer>;
  readonly volumeIo: VolumeIo;
  readonly faults: Faults;
  /** ms of each executed start, oldest first. */
  readonly startDurationsMs: readonly number[];
  /** Names of volumes and initiators change only through commands; tests may look. */
  readonly state: ArrayState;
  /** Resolves when all work behind answers (poisoning, comparing, data plane) is done. */
  settled(): Promise<void>;
  /** Saves and lets go. The data plane is the caller's. */
  close(): Promise<void>;
}

/** Throws ZodError for the configuration, SIMULATOR_STATE_CORRUPT for a broken state file. */
export async function createSystem(options: SystemOptions): Promise<SimulatedSystem> {
  const config = parseSimulatorConfig(options.config);
  const { clock, dataDir } = options;
  const file = dataDir === undefined ? undefined : new StateFile(dataDir);
  const saved = await file?.load();
  const state = saved ?? new ArrayState(systemId(config.system.name), config.system.name);
  const starts = new StartsLog(dataDir);
  const gate = new WriteGate();
  const reach = new Reach(options.dataPlane, gate, options.warn ?? (() => undefined));
  const machine: Machine = {
    ...{ state, clock, reach, speed: config.clock.speed, faults: new Faults(), busy: new Set() },
    profile: profileFor(config.system.codeLevel, definedOnly(config.profile)),
    engine: await engineFor(options, state),
    save: async () => file?.save(state),
    recordStart: (record) => starts.add(record),
  };
  await (saved ? resume(machine, options.store ?? 'memory') : seed(machine, config));
  await machine.save();
  const shell = new Shell(machine);
  return {
    ...{ config, state, faults: machine.faults, startDurationsMs: starts.durationsMs },
    execute: (line, user = config.users[0]?.name ?? '') => shell.execute(line, { user }),
    volumeIo: new HostIo(machine, gate),
    settled: () => reach.idle(),
    close: async () => {
      await reach.idle();
      await machine.save();
      await machine.engine.close();
    },
  };
}

async function engineFor(options: SystemOptions, state: ArrayState): Promise<Machine['engine']> {
  if (options.store !== 'image') return new CopyOnWriteEngine(state);
  if (options.dataDir === undefined) throw new Error('store "image" needs a dataDir');
  return CloningEngine.open(state, join(options.dataDir, 'volumes'));
}

/** 16 hex digits that stay the same for one name. */
function systemId(name: string): string {
  return Buffer.from(name.padEnd(8, '\0')).toString('hex').slice(0, 16).toUpperCase();
}

function definedOnly<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
