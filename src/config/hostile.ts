// What no schema sees: documents that are too large, too deep, that refer to themselves, or whose field names mean something else to an object.
// Promise: the walk ends after a bounded number of steps whatever it is given, and says one clear line.
import { inputError, fieldPath, shown } from './problem.js';

/** 512 pairs need about 100 KB. */
export const MOST_CHARACTERS = 1_000_000;
/** No field of a request or inventory lies deeper than 8. */
const DEEPEST = 32;
const LONGEST_NAME = 200;
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

interface Place {
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
}

/** Throws CODE with the first thing that is wrong. Reads own, enumerable fields only. */
export function refuseHostile(code: string, document: unknown): void {
  const left: Place[] = [{ value: document, path: [] }];
  let characters = 0;
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    const problem = problemOf(place);
    if (problem !== undefined) throw inputError(code, [problem]);
    characters += weight(place);
    // Before its members are looked at: a list says its length, and holes in it cost nothing here but as much as others in a schema.
    if (characters + lengthOf(place.value) > MOST_CHARACTERS)
      throw inputError(code, [tooLarge('characters')]);
    for (const [key, value] of members(place.value))
      left.push({ value, path: [...place.path, Array.isArray(place.value) ? Number(key) : key] });
  }
}

export const tooLarge = (unit: string): string =>
  `the document: too large, more than ${MOST_CHARACTERS} ${unit}; 512 pairs of volumes need a tenth of that`;

const members = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** About what it takes as JSON. */
const weight = ({ value, path }: Place): number =>
  (typeof value === 'string' ? value.length : 1) + String(path.at(-1) ?? '').length + 2;

function problemOf({ value, path }: Place): string | undefined {
  const name = path.at(-1);
  const at = (): string => shown(fieldPath(path)).slice(1, -1);
  if (typeof name === 'string' && RESERVED.has(name))
    return `${at()}: this name is not allowed for a field; remove it`;
  if (typeof name === 'string' && (name.length > LONGEST_NAME || /[^\x20-\x7e]/.test(name)))
    return `${at()}: not a name of a field; use printable ASCII, at most ${LONGEST_NAME} characters`;
  if (path.length > DEEPEST)
    return `${at()}: nested deeper than ${DEEPEST} levels, or refers to itself; use plain values`;
  if (!isPlain(value))
    return `${path.length === 0 ? 'the document' : at()}: not a plain value; use what JSON can hold`;
  return undefined;
}

/** A prototype of its own would hand on fields that nobody sees here. Objects of another realm (the workflow sandbox) are plain too. */
function isPlain(value: unknown): boolean {
  if (['bigint', 'symbol', 'function'].includes(typeof value)) return false;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true;
  const above: unknown = Object.getPrototypeOf(value);
  return above === null || Object.getPrototypeOf(above) === null;
}
