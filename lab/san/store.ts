// The array's store: an xfs file system with reflink in a file on a loop device, so that a cut of many volumes takes milliseconds.
import { existsSync } from 'node:fs';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { inLab } from '../paths.js';
import { updateState } from '../state.js';

const storeBytes = 16 * 1024 ** 3;

export const storeDirectory = () => inLab('store');

export const isMounted = async (directory: string) =>
  (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .some((line) => line.split(' ')[1] === directory);

export async function mountStore(): Promise<void> {
  const directory = storeDirectory();
  if (await isMounted(directory)) return;
  const file = inLab('store.xfs');
  if (!existsSync(file)) {
    await writeFile(file, '');
    await truncate(file, storeBytes);
    await execa('mkfs.xfs', ['-q', '-m', 'reflink=1', file]);
  }
  await mkdir(directory, { recursive: true });
  const { stdout: device } = await execa('losetup', ['--find', '--show', file]);
  updateState((state) => state.loopDevices.push({ device, file }));
  await execa('mount', ['-o', 'noatime', device, directory]);
  updateState((state) => state.mounts.push(directory));
}

/** Detaches only a loop device that still holds our file: the number may belong to somebody else by now. */
export async function detachLoop({
  device,
  file,
}: {
  device: string;
  file: string;
}): Promise<void> {
  const { stdout } = await execa(
    'losetup',
    ['--noheadings', '--output', 'NAME', '--associated', file],
    {
      reject: false,
    },
  );
  if (stdout.split('\n').some((name) => name.trim() === device))
    await execa('losetup', ['--detach', device]);
}
