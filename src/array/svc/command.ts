// SVC commands from typed data, as CLI lines and as REST calls. Promise: quoting happens here and nowhere else, and nothing hostile ever
// becomes part of a line.
import { FlashCopyError } from '../../domain/errors.js';
import { checkObjectName, isGroupName } from '../../domain/names.js';

/** A column separator that no object name can hold; OpenStack Cinder uses the same. */
export const DELIMITER = '!';

/** Longest parameter the CLI takes (Lenovo Storage V help, CMMVC5703E). */
const LONGEST_PARAMETER = 2176;

export interface SvcCommand {
  readonly verb: string;
  /** In order; `true` is a flag without a value, undefined one that is left out. */
  readonly flags?: Readonly<Record<string, string | number | true | undefined>>;
  /** The object a command acts on: always last on the line. */
  readonly object?: string;
}

/** The line as it is sent. Throws INVALID_NAME for objects outside the naming rules, UNSAFE_PARAMETER for anything else unprintable. */
export function renderCommand({ verb, flags = {}, object }: SvcCommand): string {
  const words = [verb];
  for (const [flag, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    words.push(`-${flag}`);
    if (value !== true) words.push(quote(String(value)));
  }
  if (object !== undefined) words.push(quote(checkObjectName(object)));
  return words.join(' ');
}

/** Commands in one line: the restricted shell runs them in order; exit status is the last one's. */
export const renderInOrder = (commands: readonly SvcCommand[]): string =>
  commands.map(renderCommand).join('; ');

function checkParameter(word: string): string {
  const printable = /^[\x20-\x7e]+$/.test(word);
  if (!printable || word.includes("'") || word.startsWith('-') || word.length > LONGEST_PARAMETER)
    throw new FlashCopyError({
      family: 'request',
      code: 'UNSAFE_PARAMETER',
      message: `parameter ${JSON.stringify(word.slice(0, 80))}: UNSAFE_PARAMETER; printable ASCII without ' and leading -, at most ${LONGEST_PARAMETER} characters`,
    });
  return word;
}

const quote = (word: string): string =>
  /^[A-Za-z0-9._]+$/.test(checkParameter(word)) ? word : `'${word}'`;

/** Names of groups that we give: stricter than other names, see domain/names.ts. */
export function checkGroupName(name: string): string {
  if (isGroupName(name)) return name;
  throw new FlashCopyError({
    family: 'request',
    code: 'INVALID_NAME',
    message: `group = ${JSON.stringify(name)}: INVALID_NAME; use 1-15 of A-Z a-z 0-9 _, not starting with a digit`,
    details: { value: name },
  });
}

/** A listing. */
export const list = (verb: string, flags: SvcCommand['flags'] = {}): SvcCommand => ({
  verb,
  flags,
});

/** The detailed view of one object, or the listing that belongs to it. */
export const show = (
  verb: string,
  object: string,
  flags: SvcCommand['flags'] = {},
): SvcCommand => ({
  ...{ verb, flags, object },
});

/** A read as the CLI takes it: with the separator its answer is read by. */
export const delimited = (command: SvcCommand): SvcCommand => ({
  ...command,
  flags: { ...command.flags, delim: DELIMITER },
});

/** The path of a REST call: verb, and the object it acts on. Names are checked as on the CLI. */
export const restPath = ({ verb, object }: SvcCommand): string[] => [
  verb,
  ...(object === undefined ? [] : [checkObjectName(object)]),
];

/** The body of a REST call: flags without their dash. The same values are refused as on the CLI, though nothing here could be misread. */
export function restBody({ flags = {} }: SvcCommand): Record<string, string | true> {
  const set = Object.entries(flags).flatMap(([flag, value]) => {
    if (value === undefined) return [];
    return [[flag, value === true ? true : checkParameter(String(value))] as const];
  });
  return Object.fromEntries(set);
}
