// Files a user names on the command line. A file that cannot be read or is no YAML is invalid input, said in one line.
import { readFile } from 'node:fs/promises';
import { parse, type Tags } from 'yaml';
import { FlashCopyError } from '../domain/errors.js';

/**
 * YAML takes an unquoted UID for a number: `60...0E00000000050001` for one with an exponent (Infinity), an all-digit one for a rounded integer.
 * Neither is a number here: without exponents, and with at most 15 digits, what was written is what is read.
 */
const uidsAreText = (tags: Tags): Tags =>
  tags.flatMap((tag): Tags => {
    if (typeof tag !== 'object' || tag.collection !== undefined) return [tag];
    if (tag.tag === 'tag:yaml.org,2002:float' && tag.format === 'EXP') return [];
    const plainInteger = tag.tag === 'tag:yaml.org,2002:int' && tag.format === undefined;
    return [plainInteger ? { ...tag, test: /^[-+]?[0-9]{1,15}$/ } : tag];
  });

/** YAML or JSON. Throws UNREADABLE_FILE. */
export async function readDocument(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, 'utf8'), { customTags: uidsAreText }) as unknown;
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
