// One simulated array: state, shell, host I/O. The SSH and REST doors and in-process users stand on this.
import { assemble, emptyState, type SystemOptions } from './assembly.js';
import { parseSimulatorConfig, type SimulatorConfig } from './config.js';
import type { Faults } from './faults.js';
import { HostIo } from './host-io.js';
import type { Profile } from './model/profile.js';
import type { ArrayState } from './model/state.js';
import { StateFile } from './state-file/state-file.js';
import { armFaults, resume, seed } from './seed.js';
import type { Caller } from './shell/command.js';
import { Shell, type Answer, type Called } from './shell/shell.js';
import { stateTable } from './state-table.js';
import type { Statistics } from './statistics.js';
import type { VolumeIo } from './volume-io.js';

export interface SimulatedSystem {
  readonly config: SimulatorConfig;
  readonly profile: Profile;
  /** One line as it comes over SSH. Throws CHANNEL_LOST only where a fault drops the connection. */
  execute(line: string, user?: string): Promise<Answer>;
  /** One command in words, for the REST door. Throws ArrayError, UnknownCommand, CHANNEL_LOST. */
  call(words: readonly string[], user: string): Promise<Called>;
  /** Told when the configuration node changes: sessions drop, tokens die, addresses are silent so long. */
  readonly onFailover: (listener: (downMs: number) => void) => void;
  readonly volumeIo: VolumeIo;
  /** Brings the state to now, as every command does before it runs. */
  passTime(): Promise<void>;
  readonly faults: Faults;
  /** Commands by name, bytes, connections: what clients cost. */
  readonly statistics: Statistics;
  /** ms of each executed start, oldest first. */
  readonly startDurationsMs: readonly number[];
  /** Names of volumes and initiators change only through commands; tests may look. */
  readonly state: ArrayState;
  /** Resolves when all work behind answers (poisoning, comparing, data plane) is done. */
  settled(): Promise<void>;
  /** Told when the state cannot be written down: nothing is answered from then on. */
  readonly onHalt: (listener: (error: Error) => void) => void;
  /** Saves and lets go. The data plane is the caller's. */
  close(): Promise<void>;
}

/** Throws ZodError for the configuration, SIMULATOR_STATE_CORRUPT for a broken state file. */
export async function createSystem(options: SystemOptions): Promise<SimulatedSystem> {
  const config = parseSimulatorConfig(options.config);
  const file = options.dataDir === undefined ? undefined : new StateFile(options.dataDir);
  const saved = await file?.load();
  const state = saved ?? emptyState(config);
  const { machine, gate, starts, onFailover } = await assemble(options, config, {
    state,
    ...(file ? { file } : {}),
  });
  await (saved ? resume(machine, options.store ?? 'memory') : seed(machine, config));
  armFaults(machine, config);
  await machine.save();
  const shell = new Shell(machine);
  const caller = (user: string): Caller => {
    return { user, role: config.users.find(({ name }) => name === user)?.role ?? 'Administrator' };
  };
  const { profile, faults, statistics, reach } = machine;
  return {
    ...{
      config,
      profile,
      state,
      faults,
      statistics,
      startDurationsMs: starts.durationsMs,
      onFailover,
    },
    execute: (line, user = config.users[0]?.name ?? '') => shell.execute(line, caller(user)),
    call: (words, user) => shell.call(words, caller(user)),
    volumeIo: new HostIo(machine, gate, () => shell.passTime()),
    passTime: () => shell.passTime(),
    onHalt: (listener) => void machine.haltListeners.push(listener),
    settled: () => reach.idle(),
    close: async () => {
      await reach.idle();
      if (!machine.halted) await machine.save();
      await file?.close();
      await machine.engine.close();
    },
  };
}

/** The state in a folder as a table, as it was last written down; a running simulator is not disturbed. Undefined: none yet. */
export async function savedState(
  options: SystemOptions & { readonly dataDir: string },
): Promise<string | undefined> {
  const config = parseSimulatorConfig(options.config);
  const state = await new StateFile(options.dataDir).read();
  if (!state) return undefined;
  const { machine } = await assemble({ ...options, store: 'memory' }, config, { state });
  for (const volume of state.volumes) await machine.engine.create(volume, true);
  return stateTable(machine);
}
