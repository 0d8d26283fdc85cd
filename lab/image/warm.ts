// A guest booted once and kept with its memory: emulated, a boot takes most of a minute, going on from saved memory two seconds.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Accelerator } from '../guest/accelerator.js';
import { machineArguments, seedBytes, type Machine } from '../guest/machine.js';
import { withQmp } from '../guest/qmp.js';
import { SeedLine } from '../guest/seed-line.js';
import { until } from '../until.js';

export interface WarmGuest {
  directory: string;
  disk: string;
  memory: string;
}

/** Answers disk and memory of a booted guest that is nobody yet; boots one if this image and machine never were. */
export async function warmGuest(
  imageDirectory: string,
  accelerator: Accelerator,
): Promise<WarmGuest> {
  const machine: Machine = {
    name: 'warm',
    accelerator,
    imageDirectory,
    disk: 'disk.qcow2',
    seed: 'seed.raw',
  };
  const key = createHash('sha256')
    .update(machineArguments(machine).join(' '))
    .digest('hex')
    .slice(0, 8);
  const directory = join(imageDirectory, `warm-${key}`);
  if (!existsSync(directory)) {
    const making = `${directory}.${process.pid}`;
    try {
      await mkdir(making);
      await bootAndSave(machine, making);
      if (!existsSync(directory)) await rename(making, directory);
    } finally {
      await rm(making, { recursive: true, force: true });
    }
  }
  return { directory, disk: join(directory, 'disk.qcow2'), memory: join(directory, 'memory') };
}

async function bootAndSave(machine: Machine, directory: string): Promise<void> {
  const base = join(machine.imageDirectory, 'base.img');
  await execa('qemu-img', [
    'create',
    '-q',
    '-f',
    'qcow2',
    '-b',
    base,
    '-F',
    'raw',
    join(directory, 'disk.qcow2'),
  ]);
  await writeFile(join(directory, 'seed.raw'), '');
  await truncate(join(directory, 'seed.raw'), seedBytes);
  const qemu = execa('qemu-system-x86_64', machineArguments(machine), {
    cwd: directory,
    stdin: 'ignore',
  });
  qemu.catch(() => undefined);
  try {
    const line = await SeedLine.open(join(directory, 'warm.seed.sock'));
    await line.expect('warm', 420_000);
    line.close();
    await withQmp(join(directory, 'warm.qmp.sock'), async (qmp) => {
      await qmp('stop');
      await qmp('migrate', { uri: 'exec:cat > memory' });
      await until('saving the guest memory', { within: 60_000 }, async () => {
        const { status } = (await qmp('query-migrate')) as { status: string };
        if (status === 'failed') throw new Error('QEMU could not save the guest memory');
        return status === 'completed' || undefined;
      });
      await qmp('quit');
    });
    await qemu;
  } finally {
    qemu.kill('SIGKILL');
  }
}
