// The array's codes in what a command wrote. Texts are localised: only codes count, and only where a message stands,
// never in the names and values that a read lists.
import { DELIMITER } from './command.js';

/** A message of the array stands at the start of a line of its own. */
const LINE = /^CMMVC\d{4}[EWI]/;
const ANYWHERE = /CMMVC\d{4}[EWI]/g;

export const isError = (code: string): boolean => code.endsWith('E');
export const isWarning = (code: string): boolean => code.endsWith('W');

/** In text that holds messages only: standard error, the body of a refusal. */
export const codesIn = (text: string): string[] =>
  [...text.matchAll(ANYWHERE)].map((match) => match[0]);

/** Codes at the start of a line: in standard output, where data may stand too. */
export const codesOfLines = (text: string): string[] =>
  text.split('\n').flatMap((line) => LINE.exec(line)?.[0] ?? []);

/** A row, a line of a view, or `..., id [5], ...`: the session was let in and a command ran. */
export const holdsData = (text: string): boolean =>
  text
    .split('\n')
    .some((line) => !LINE.test(line) && (line.includes(DELIMITER) || /\[\d+\]/.test(line)));

/** Without the lines that are warnings and information: these may stand before or after any answer. */
export const withoutNotices = (text: string): string => text.replace(/^CMMVC\d{4}[WI].*\n/gm, '');

/** Of a message, for people: one line of printable ASCII; terminals and logs take nothing else. */
export const excerptOf = (text: string, length: number): string =>
  text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, length);
