// Whole image files: make, copy, compare. Sparse where the content is zero; an existing file keeps
// its inode (a data plane has it open). Holes are never read: a volume of 1 TiB that nobody wrote is
// copied as fast as a small one.
import { open, type FileHandle } from 'node:fs/promises';
import { GrainSet, type Run } from '../model/grain-set.js';

const CHUNK = 1024 * 1024;

export interface FilePair {
  readonly from: string;
  readonly to: string;
}

/** Bytes of a file that may be other than zero. */
export type DataOf = (path: string) => Promise<readonly Run[]>;

/** A sparse file of that size, all zero; what was there is gone. */
export async function createImage(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
}

/** Makes `to` hold what `from` holds, in place. Equal blocks are not written: zeros stay holes. */
export async function copyContent(pair: FilePair, dataOf: DataOf): Promise<void> {
  const regions = await regionsOf(pair, CHUNK, dataOf);
  await withBoth(pair, { right: 'r+' }, async ({ left, right }) => {
    for (const { offset, length } of regions) {
      const [wanted, found] = await Promise.all([
        readAt(left, offset, length),
        readAt(right, offset, length),
      ]);
      if (!wanted.equals(found)) await right.write(wanted, 0, wanted.length, offset);
    }
  });
}

/** Numbers of the grains in which two files of one size differ. */
export async function differingGrains(
  pair: FilePair,
  grainBytes: number,
  dataOf: DataOf,
): Promise<number[]> {
  const found: number[] = [];
  const regions = await regionsOf(pair, Math.max(CHUNK, grainBytes), dataOf);
  await withBoth(pair, { right: 'r' }, async ({ left, right }) => {
    for (const { offset, length } of regions) {
      const [a, b] = await Promise.all([
        readAt(left, offset, length),
        readAt(right, offset, length),
      ]);
      if (a.equals(b)) continue;
      for (let at = 0; at < a.length; at += grainBytes)
        if (!a.subarray(at, at + grainBytes).equals(b.subarray(at, at + grainBytes)))
          found.push((offset + at) / grainBytes);
    }
  });
  return found;
}

export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/** Pieces of `chunk` bytes in which one of the two files holds something. */
async function regionsOf(
  { from, to }: FilePair,
  chunk: number,
  dataOf: DataOf,
): Promise<{ offset: number; length: number }[]> {
  const runs = [...(await dataOf(from)), ...(await dataOf(to))];
  const chunks = GrainSet.empty(Number.MAX_SAFE_INTEGER);
  for (const run of runs) chunks.add(Math.floor(run.from / chunk), Math.ceil(run.to / chunk));
  return chunks.members().map((at) => ({ offset: at * chunk, length: chunk }));
}

async function withBoth(
  pair: FilePair,
  mode: { right: 'r' | 'r+' },
  work: (both: { left: FileHandle; right: FileHandle }) => Promise<void>,
): Promise<void> {
  const left = await open(pair.from, 'r');
  const right = await open(pair.to, mode.right).catch(async (error: unknown) => {
    await left.close();
    throw error;
  });
  try {
    await work({ left, right });
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}
