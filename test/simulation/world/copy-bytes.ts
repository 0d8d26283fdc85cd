// What a copy holds, byte for byte, against what its source had written at its pause.
import { readRecords, sameInstant } from '../../../src/testing/index.js';
import { copyOf } from './requests.js';
import type { World } from './world.js';

/** Reads the copy from the array, past the target host's cache. */
export async function contradiction(
  world: World,
  set: string,
  { mountPoints, written }: { readonly mountPoints: readonly string[]; readonly written: number },
): Promise<string> {
  const lasts: number[] = [];
  for (const at of mountPoints) {
    const mount = world.san.dev1.kernel.mountAt(copyOf(set, at));
    if (mount === undefined) return `${at} is not mounted on dev1`;
    mount.fileSystem.device.dropCache();
    try {
      lasts.push(await readRecords(mount.fileSystem));
    } catch (error) {
      if (strangersTookIt(world)) return '';
      return `${at}: ${(error as Error).message}`;
    }
  }
  if (!sameInstant(lasts)) return `records ${lasts.join(', ')} are not one instant`;
  // One record may have been under way on the first file systems; the last one has exactly what was complete.
  const right = lasts.at(-1) === written && lasts.every((count) => count - written <= 1);
  return right ? '' : `records ${lasts.join(', ')}, at its pause ${written} were written`;
}

/** A target that strangers stopped or unmapped after the run had looked for the last time cannot be read. */
const strangersTookIt = (world: World): boolean =>
  world.acts.some((act) => /foreign-(stop|unmap)/.test(act));
