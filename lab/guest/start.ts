// Brings one lab guest up: its own disk over the warm one, saved memory, then its identity.
import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import type { WarmGuest } from '../image/warm.js';
import { inLab } from '../paths.js';
import { until } from '../until.js';
import { runningProcess, startProcess } from '../processes.js';
import type { Accelerator } from './accelerator.js';
import { machineArguments } from './machine.js';
import { makeSeed } from './seed.js';
import { withQmp } from './qmp.js';
import { SeedLine } from './seed-line.js';

export interface GuestOptions {
  imageDirectory: string;
  warm: WarmGuest;
  accelerator: Accelerator;
  sshPort: number;
  portals: number[];
}

/** Ready when this returns: sshd answers with the guest's own key, iscsid runs under its own name. */
export async function startGuest(name: string, options: GuestOptions): Promise<void> {
  if (runningProcess(name) !== undefined) return;
  await makeSeed(name, options.portals);
  const disk = `${name}.qcow2`;
  for (const file of [disk, `${name}.seed.sock`, `${name}.qmp.sock`])
    await rm(inLab(file), { force: true });
  const { imageDirectory, accelerator, sshPort } = options;
  await execa('qemu-img', [
    'create',
    '-q',
    '-f',
    'qcow2',
    '-b',
    options.warm.disk,
    '-F',
    'qcow2',
    inLab(disk),
  ]);
  const seed = `${name}.seed`;
  const machine = {
    name,
    imageDirectory,
    accelerator,
    disk,
    seed,
    sshPort,
    memory: options.warm.memory,
  };
  startProcess(name, 'qemu-system-x86_64', { args: machineArguments(machine) });
  const line = await SeedLine.open(inLab(`${name}.seed.sock`));
  await goOn(name);
  // The saved clock is that of the image build.
  line.say(`seed ${(Date.now() / 1000).toFixed(3)}`);
  await line.expect('seeded', 60_000);
  line.close();
}

/** The saved guest was stopped, and so is its copy until told otherwise. */
async function goOn(name: string): Promise<void> {
  await withQmp(inLab(`${name}.qmp.sock`), async (qmp) => {
    await until(`the memory of ${name}`, { within: 60_000, every: 50 }, async () => {
      const { status } = (await qmp('query-status')) as { status: string };
      return status !== 'inmigrate' || undefined;
    });
    await qmp('cont');
  });
}
