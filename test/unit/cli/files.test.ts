// Files of the command line: what people write is what is read.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../src/cli/files.js';

async function written(text: string): Promise<unknown> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'flashcopy-files-')), 'request.yaml');
  await writeFile(file, text);
  return readDocument(file);
}

describe('a document', () => {
  it('keeps unquoted UIDs as they are, those that look like numbers too', async () => {
    for (const uid of [
      '60000000000000000E00000000050001',
      '60000000000000000000000000050001',
      '6005076801810E0008000000000000A1',
    ]) {
      expect(await written(`overwrite: ${uid}`)).toEqual({ overwrite: uid });
    }
  });

  it('reads numbers, booleans and JSON as usual', async () => {
    expect(
      await written('{ rate: 50, grain: 256, ratio: 1.5, incremental: true, none: null }'),
    ).toEqual({
      ...{ rate: 50, grain: 256, ratio: 1.5, incremental: true, none: null },
    });
    expect(await written('{"rate": -3}')).toEqual({ rate: -3 });
  });

  it('that cannot be read or is no YAML is one line with the name of the file', async () => {
    await expect(readDocument('/nonexistent/request.yaml')).rejects.toMatchObject({
      code: 'UNREADABLE_FILE',
    });
    const error = await written('a: [1, 2').catch((reason: unknown) => reason as Error);
    expect((error as Error).message).toMatch(/request\.yaml: UNREADABLE_FILE; [^\n]+$/);
  });
});
