// Files a user names on the command line. A file that cannot be read or is no YAML is invalid input, said in one line.
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { FlashCopyError } from '../domain/errors.js';

/** YAML or JSON. Throws UNREADABLE_FILE. */
export async function readDocument(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, 'utf8')) as unknown;
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new FlashCopyError({
      family: 'request',
      code: 'UNREADABLE_FILE',
      message: `${file}: UNREADABLE_FILE; ${why}`,
      cause,
    });
  }
}
