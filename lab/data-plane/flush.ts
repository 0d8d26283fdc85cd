// Written pages of image files to their disk, all files at once.
import { open } from 'node:fs/promises';

export async function flushFiles(paths: readonly string[]): Promise<void> {
  await Promise.all(
    paths.map(async (path) => {
      const file = await open(path, 'r');
      await file.datasync().finally(() => file.close());
    }),
  );
}
