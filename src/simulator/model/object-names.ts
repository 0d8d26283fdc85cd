// Names as the array validates them: 1-63 of A-Z a-z 0-9 . - _ and inner spaces, first a letter or underscore.
import { refuse } from './codes.js';

const PATTERN = /^[A-Za-z_](?:[A-Za-z0-9._ -]*[A-Za-z0-9._-])?$/;

/** Throws CMMVC5738E (too long), CMMVC6527E (characters), CMMVC6035E (taken by another object of the kind). */
export function checkName(
  name: string,
  others: readonly { readonly name: string }[],
  limit = 63,
): string {
  if (name.length > limit) throw refuse('CMMVC5738E', name);
  if (!PATTERN.test(name)) throw refuse('CMMVC6527E', name);
  if (others.some((other) => other.name === name)) throw refuse('CMMVC6035E', name);
  return name;
}
