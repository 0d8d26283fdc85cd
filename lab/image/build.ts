// The guest image: built from the recipe beside this file and kept under the hash of that recipe, so that only a change costs time.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheDirectory, source } from '../paths.js';

const recipe = source('image', 'recipe');
const dropped = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*'];

async function recipeHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(recipe)).sort())
    hash.update(name).update(await readFile(join(recipe, name)));
  hash.update(await readFile(source('image', 'build.ts')));
  return hash.digest('hex').slice(0, 12);
}

/** Answers the directory with `base.img`, `vmlinuz` and `initrd`, building it first if this recipe was never built. */
export async function guestImage(): Promise<string> {
  const directory = join(cacheDirectory, `image-${await recipeHash()}`);
  if (existsSync(directory)) return directory;
  await mkdir(cacheDirectory, { recursive: true });
  const building = `${directory}.${process.pid}`;
  try {
    await mkdir(building);
    await buildInto(building);
    // Another lab may have built the same meanwhile; both are alike.
    if (!existsSync(directory)) await rename(building, directory);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return directory;
}

async function buildInto(directory: string): Promise<void> {
  // Outside the checkout: tools that look through it would walk into the tree's /proc.
  const scratch = await mkdtemp(join(tmpdir(), 'lab-image-'));
  // apt downloads as a user of its own.
  await chmod(scratch, 0o755);
  try {
    await buildFrom(join(scratch, 'tree'), directory);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function buildFrom(tree: string, directory: string): Promise<void> {
  const packages = (await readFile(join(recipe, 'packages.txt'), 'utf8')).trim().split('\n');
  await execa('mmdebstrap', [
    ...[
      '--variant=minbase',
      `--include=${packages.join(',')}`,
      '--aptopt=APT::Install-Recommends "false"',
    ],
    ...dropped.map((path) => `--dpkgopt=path-exclude=${path}`),
    // dpkg would sync every file to a disk that keeps only the finished image.
    ...[
      '--dpkgopt=force-unsafe-io',
      `--customize-hook=${join(recipe, 'customize.sh')} "$1"`,
      'bookworm',
      tree,
    ],
  ]);
  for (const name of await readdir(join(tree, 'boot'))) {
    if (name.startsWith('vmlinuz'))
      await copyFile(join(tree, 'boot', name), join(directory, 'vmlinuz'));
    if (name.startsWith('initrd'))
      await copyFile(join(tree, 'boot', name), join(directory, 'initrd'));
  }
  await execa('mke2fs', ['-q', '-t', 'ext4', '-d', tree, join(directory, 'base.img'), '2G']);
}
