// Whole image files: make, copy, compare. Sparse where the content is zero; an existing file keeps its inode (a data plane has it open).
import { open, type FileHandle } from 'node:fs/promises';

const CHUNK = 1024 * 1024;

/** A sparse file of that size, all zero; what was there is gone. */
export async function createImage(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
}

/** Makes the content of `to` that of `from`, in place. Equal blocks are not written, so zeros stay holes. */
export async function copyContent(pair: {
  readonly from: string;
  readonly to: string;
}): Promise<void> {
  await withBoth(pair, { right: 'r+' }, async ({ left, right, size }) => {
    for (let offset = 0; offset < size; offset += CHUNK) {
      const [wanted, found] = await Promise.all([
        readAt(left, offset, CHUNK),
        readAt(right, offset, CHUNK),
      ]);
      if (!wanted.equals(found)) await right.write(wanted, 0, wanted.length, offset);
    }
  });
}

/** Numbers of the grains in which two files of one size differ. */
export async function differingGrains(
  pair: { from: string; to: string },
  grainBytes: number,
): Promise<number[]> {
  const found: number[] = [];
  const chunk = Math.max(CHUNK, grainBytes);
  await withBoth(pair, { right: 'r' }, async ({ left, right, size }) => {
    for (let offset = 0; offset < size; offset += chunk) {
      const [a, b] = await Promise.all([readAt(left, offset, chunk), readAt(right, offset, chunk)]);
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

async function withBoth(
  pair: { from: string; to: string },
  mode: { right: 'r' | 'r+' },
  work: (both: { left: FileHandle; right: FileHandle; size: number }) => Promise<void>,
): Promise<void> {
  const left = await open(pair.from, 'r');
  const right = await open(pair.to, mode.right).catch(async (error: unknown) => {
    await left.close();
    throw error;
  });
  try {
    await work({ left, right, size: (await left.stat()).size });
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}
