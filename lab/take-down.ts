// Ends what the state file records, in the order that lets each thing end well: who uses goes before what is used.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { inLab } from './paths.js';
import { endProcess } from './processes.js';
import { detachLoop, isMounted } from './san/store.js';
import { removeControlSocket } from './san/tgtd.js';
import { readState } from './state.js';

const firstToEnd = ['temporal', 'array', 'source1', 'backup1', 'tgtd'];

/** Idempotent. Keeps nothing of the lab but its logs' directory, and that goes too. */
export async function takeDown(): Promise<void> {
  if (!existsSync(inLab('state.json'))) return;
  const { processes, mounts, loopDevices, ports } = readState();
  const rest = Object.keys(processes).filter((name) => !firstToEnd.includes(name));
  // The array saves its state and lets go of the store before tgtd, its data plane, goes.
  for (const name of [...rest, ...firstToEnd]) {
    const recorded = processes[name];
    if (recorded !== undefined) await endProcess(recorded);
  }
  await removeControlSocket(ports['portalA']);
  for (const mount of mounts) if (await isMounted(mount)) await execa('umount', [mount]);
  for (const loop of loopDevices) await detachLoop(loop);
  await rm(inLab(), { recursive: true, force: true });
}
