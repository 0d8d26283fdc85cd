// What every lab starts from, made ahead of time: tools, guest image, booted guest. Nothing runs afterwards; `up` then finds it all in the cache.
import { mkdir } from 'node:fs/promises';
import { execa } from 'execa';
import { chooseAccelerator, type Accelerator } from './guest/accelerator.js';
import { guestImage } from './image/build.js';
import { warmGuest, type WarmGuest } from './image/warm.js';
import { cacheDirectory, source } from './paths.js';
import { phase } from './phase.js';

export interface Prepared {
  readonly imageDirectory: string;
  readonly accelerator: Accelerator;
  readonly warm: WarmGuest;
}

export async function prepare(): Promise<Prepared> {
  await mkdir(cacheDirectory, { recursive: true });
  await phase('tools', () => execa('sh', [source('install.sh')], { stdio: 'inherit' }));
  const imageDirectory = await phase('guest image', guestImage);
  const accelerator = await phase('accelerator', () =>
    chooseAccelerator(`${imageDirectory}/vmlinuz`),
  );
  const warm = await phase('warm guest', () => warmGuest(imageDirectory, accelerator));
  return { imageDirectory, accelerator, warm };
}

if (process.argv[1] === import.meta.filename) await prepare();
