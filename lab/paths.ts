// Where a lab keeps its files. Everything below one directory, so that two labs stand side by side and `down` finds all of it.
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

export const repository = dirname(here);
export const labDirectory = resolve(process.env['LAB_DIR'] ?? join(here, 'run'));
export const cacheDirectory = resolve(process.env['LAB_CACHE'] ?? join(here, 'cache'));

/** A file or folder of the lab's sources. */
export const source = (...parts: string[]) => join(here, ...parts);

/** A file or folder of the running lab. */
export const inLab = (...parts: string[]) => join(labDirectory, ...parts);

/** Socket addresses hold 107 bytes; a deep directory is reached by the shorter of its two names. */
export function socketPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.length < path.length ? fromHere : path;
}
