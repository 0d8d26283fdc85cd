// Files a user names, as values. Promise: a file that is too large, endless, or a bomb of aliases costs bounded time and memory and one line.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { parse, type Tags } from 'yaml';
import { MOST_CHARACTERS, tooLarge } from '../config/hostile.js';
import { COMMANDS } from '../domain/timing.js';

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

/** Aliases save typing; nobody types hundreds of them. */
const MOST_ALIASES = 64;
/** A flow or compact list deeper than this is no document of ours, and the parser takes a stack frame for each level. */
const DEEPEST = 200;

/** YAML or JSON. Throws an Error whose message is one line without the file's name. */
export function readDocumentFile(file: string): unknown {
  const text = readBounded(file);
  refuseDeep(text);
  try {
    return inTime(() =>
      parse(text, { customTags: uidsAreText, maxAliasCount: MOST_ALIASES, logLevel: 'error' }),
    );
  } catch (cause) {
    throw new Error(firstLine(cause), { cause });
  }
}

/** A device or a pipe has no size to ask for: it is not read at all, lest it never ends. */
function readBounded(file: string): string {
  const handle = openSync(file, 'r');
  try {
    const found = fstatSync(handle);
    if (found.isDirectory()) throw new Error('is a directory');
    if (!found.isFile()) throw new Error('is not a regular file');
    if (found.size > MOST_CHARACTERS) throw new Error(tooLarge('bytes'));
    const buffer = Buffer.alloc(MOST_CHARACTERS + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < buffer.length; length += read)
      read = readSync(handle, buffer, length, buffer.length - length, null);
    if (length > MOST_CHARACTERS) throw new Error(tooLarge('bytes'));
    return buffer.toString('utf8', 0, length);
  } finally {
    closeSync(handle);
  }
}

/** Counts brackets (those in texts too, which are few) and dashes of compact lists. */
function refuseDeep(text: string): void {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > DEEPEST) throw new Error(`nested deeper than ${DEEPEST} levels`);
  }
  if (/^ *(?:[-?] +){200}/m.test(text)) throw new Error(`nested deeper than ${DEEPEST} levels`);
}

/** Code that never awaits can be ended by V8 alone, and that is what the time-out of a script does, whosever functions it calls. */
function inTime(work: () => unknown): unknown {
  return runInNewContext('work()', { work }, { timeout: COMMANDS.parseDocument });
}

function firstLine(error: unknown): string {
  // Of the script's own realm: no instance of our Error.
  const { code, message = String(error) } = error as { code?: string; message?: string };
  if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
    return `takes more than ${COMMANDS.parseDocument} ms to read`;
  if (message.startsWith('Maximum call stack')) return 'nested too deeply';
  return (message.split('\n')[0] ?? '').slice(0, 300);
}
