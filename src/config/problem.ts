// How bad input is told: one clear line for each problem, with the field, the value (shortened, escaped) and what would be right.
import type { z } from 'zod';
import { FlashCopyError } from '../domain/errors.js';

const SHOWN = 80;
const MOST_LINES = 20;

/** The value at a path, as JSON without control characters, at most 80 characters. */
export function shown(value: unknown): string {
  if (value === undefined) return '(missing)';
  const text =
    typeof value === 'object' && value !== null
      ? Array.isArray(value)
        ? '[...]'
        : '{...}'
      : JSON.stringify(value);
  const plain = text.replaceAll(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return plain.length > SHOWN ? `${plain.slice(0, SHOWN)}...` : plain;
}

/** `volumes[1].target` */
export const fieldPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === 'number'
        ? `${text}[${key}]`
        : `${text}${text === '' ? '' : '.'}${String(key)}`,
    '',
  );

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    input,
  );
}

/** The names of the fields that may stand at a path. */
export type KnownFields = (path: readonly PropertyKey[]) => readonly string[];

/** One problem of a schema as a line. */
export function issueLines(
  input: unknown,
  issue: z.core.$ZodIssue,
  knownAt: KnownFields,
): string[] {
  if (issue.code === 'unrecognized_keys') {
    const more =
      issue.keys.length > MOST_LINES
        ? [`... and ${issue.keys.length - MOST_LINES} more unknown fields`]
        : [];
    const lines = issue.keys.slice(0, MOST_LINES).map((key) => {
      const field = fieldPath([...issue.path, key]);
      const near = nearest(key, knownAt(issue.path));
      return `${shown(field).slice(1, -1)}: unknown field${near === undefined ? '' : `; did you mean ${near}?`}`;
    });
    return [...lines, ...more];
  }
  const inner = issue.code === 'invalid_union' ? branchOf(issue) : undefined;
  if (inner !== undefined)
    return inner.flatMap((one) =>
      issueLines(input, { ...one, path: [...issue.path, ...one.path] }, knownAt),
    );
  const field = fieldPath(issue.path);
  return [
    `${field === '' ? 'the document' : field} = ${shown(valueAt(input, issue.path))}: ${remedy(issue)}`,
  ];
}

/** A schema's own words, where it has some; else what its type would be. */
function remedy(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid input'))
    return issue.message;
  const types: Record<string, string> = {
    string: 'text (in quotes, if it looks like a number)',
    array: 'a list',
    object: 'fields with values',
    boolean: 'true or false',
    int: 'a whole number',
  };
  return `use ${types[issue.expected] ?? issue.expected}`;
}

/** The branch of a union that came further than the value's type: its problems say more than the union's. */
const branchOf = (issue: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined =>
  issue.errors.find((branch) => branch.length > 0 && branch.every(({ path }) => path.length > 0));

/** All problems as one error, nothing touched. */
export function inputError(code: string, lines: readonly string[]): FlashCopyError {
  const more = lines.length > MOST_LINES ? [`... and ${lines.length - MOST_LINES} more`] : [];
  const told = [...lines.slice(0, MOST_LINES), ...more];
  return new FlashCopyError({
    family: 'request',
    code,
    message: told.join('\n'),
    details: { problems: told },
  });
}

/** The known word at an edit distance of at most 2. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 40) return undefined;
  const ranked = known
    .map((candidate) => ({
      candidate,
      distance: distance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= 2 ? best.candidate : undefined;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      next.push(
        Math.min(
          (row[j] ?? 0) + (left === right ? 0 : 1),
          (row[j + 1] ?? 0) + 1,
          (next[j] ?? 0) + 1,
        ),
      );
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}
