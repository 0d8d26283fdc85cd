// Ends what the state file records, in the order that lets each thing end well: who uses goes before what is used.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { inLab } from './paths.js';
import { endProcess } from './processes.js';
import { detachLoop, isMounted } from './san/store.js';
import { removeControlSocket } from './san/tgtd.js';
import { readState, type RecordedProcess } from './state.js';

/** Together those that do not know each other. */
const firstToEnd = [['temporal', 'array'], ['source1', 'backup1'], ['tgtd']];
/** These have nothing to save. tgtd does not go while it has targets; Temporal, in memory, takes a second for its farewell. */
const AT_ONCE = new Set(['tgtd', 'temporal']);

/** Idempotent. Keeps nothing of the lab but its logs' directory, and that goes too. */
export async function takeDown(): Promise<void> {
  if (!existsSync(inLab('state.json'))) return;
  const { processes, mounts, loopDevices, ports } = readState();
  const rest = Object.keys(processes).filter((name) => !firstToEnd.flat().includes(name));
  // The array saves its state and lets go of the store before tgtd, its data plane, goes.
  for (const names of [rest, ...firstToEnd])
    await Promise.all(names.map((name) => end(name, processes[name])));
  await removeControlSocket(ports['portalA']);
  for (const mount of mounts) if (await isMounted(mount)) await execa('umount', [mount]);
  for (const loop of loopDevices) await detachLoop(loop);
  await rm(inLab(), { recursive: true, force: true });
}

const end = async (name: string, recorded: RecordedProcess | undefined): Promise<void> => {
  if (recorded !== undefined) await endProcess(recorded, AT_ONCE.has(name) ? 0 : undefined);
};
