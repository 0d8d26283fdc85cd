// Words of a command line: checked for what they may hold (agent/grammar.sh judges the same again), quoted in this one place. Anything a shell,
// systemd or mountinfo would read in another way (blanks, quotes, $, %, \) is refused, not escaped: INVALID_NAME.
import { FlashCopyError } from '../../domain/errors.js';

const SHAPES = {
  path: /^\/(?:[A-Za-z0-9._@:+,=-]+\/)*[A-Za-z0-9._@:+,=-]*$/,
  device: /^(?:\/dev\/[A-Za-z0-9._@:+,=/-]+|uid:[0-9A-Fa-f]{32})$/,
  uid: /^[0-9A-Fa-f]{32}$/,
  run: /^[A-Za-z][A-Za-z0-9_-]{0,90}$/,
  unit: /^[A-Za-z0-9][A-Za-z0-9:_.@\\-]{0,200}$/,
  group: /^(?!\.{1,2}$)[A-Za-z0-9_+.][A-Za-z0-9_+.-]{0,120}$/,
  fsType: /^[a-z][a-z0-9_.]{0,20}$/,
  uuid: /^(?:[A-Za-z0-9][A-Za-z0-9-]{0,79})?$/,
  options: /^[A-Za-z0-9][A-Za-z0-9=,._-]*$/,
} as const;
const LONGEST = 1024;
export type Shape = keyof typeof SHAPES;

/** The word itself, or INVALID_NAME. */
export function checked(shape: Shape, word: string): string {
  const dotted =
    (shape === 'path' || shape === 'device') && /\/(?:\.{1,2})?(?:\/|$)/.test(word) && word !== '/';
  if (SHAPES[shape].test(word) && !dotted && word.length <= LONGEST) return word;
  throw new FlashCopyError({
    family: 'host',
    code: 'INVALID_NAME',
    message: `${shape} = ${JSON.stringify(word.slice(0, 200))}: INVALID_NAME; only letters, digits and . _ @ : + , = - are handled in names on a host`,
    details: { value: word.slice(0, 200) },
  });
}

/** POSIX single quotes: nothing inside them means anything to a shell. */
export const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

export const commandLine = (words: readonly string[]): string => words.map(quote).join(' ');
