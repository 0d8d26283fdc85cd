// What an answer of the array says: success, or a refusal by its code (refusals.ts), from the CLI as from REST.
// A code that is not in the table is passed on as it is: a definite refusal, which nobody repeats.
import {
  errorData,
  FlashCopyError,
  type ErrorOutcome,
  type RetryAdvice,
} from '../../domain/errors.js';
import type { CommandResult, RestAnswer } from '../../transport/transport.js';
import { codesIn, codesOfLines, excerptOf, holdsData, isError, isWarning } from './codes.js';
import { KNOWN_REFUSALS, type RefusalClass } from './refusals.js';

const RETRY: Record<RefusalClass, RetryAdvice> = {
  exists: 'after-check',
  missing: 'never',
  already: 'after-check',
  state: 'after-check',
  busy: 'safe',
  warning: 'never',
  permanent: 'never',
};

/** pysvc: this exit status means a metadata service is busy; it repeats three times. */
const EXIT_BUSY = 11;
/** Says that nobody was let in. Behind the data of a session it says nothing of the command. */
const NO_SESSION = 'CMMVC7017E';
/** Whoever logs in so has to change the password first, or soon. */
const PASSWORD = 'CMMVC9633W';
const LONGEST = 300;

export const refusalClass = (error: unknown): RefusalClass | undefined =>
  error instanceof FlashCopyError && error.family === 'array'
    ? KNOWN_REFUSALS.get(cmmvcOf(error))?.class
    : undefined;
const cmmvcOf = (error: FlashCopyError): string => String(error.details['cmmvc'] ?? '');

/** The refusal in a result, undefined when the command was carried out. */
export function readRefusal(command: string, result: CommandResult): FlashCopyError | undefined {
  const { exitCode, stdout, stderr } = result;
  const printed = codesOfLines(stdout).filter(isError).at(-1);
  // The last one: in `a; b` it is the second command's, whose exit status we have.
  const told = exitCode === 0 ? undefined : codesIn(stderr).filter(isError).at(-1);
  const code = told ?? printed;
  if (code !== undefined) {
    const text = told === undefined ? stdout.slice(stdout.lastIndexOf(code)) : stderr;
    const refused = refusal(command, code, text);
    return code === NO_SESSION && holdsData(stdout) ? inDoubt(refused) : refused;
  }
  if (exitCode === 0) return undefined;
  if (exitCode === EXIT_BUSY) return busy(command);
  if (exitCode !== undefined && warningsOf(result).length > 0) return undefined;
  return unknownFailure(command, result);
}

/** Of a refusal that may belong to something else than the command. */
export const inDoubt = (refused: FlashCopyError): FlashCopyError =>
  new FlashCopyError({ ...errorData(refused), outcome: 'unknown', retry: 'after-check' });

/** Messages that say: carried out, but. */
export const warningsOf = ({
  stdout,
  stderr,
}: Pick<CommandResult, 'stdout' | 'stderr'>): string[] => linesOfWarning(`${stdout}\n${stderr}`);

const linesOfWarning = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => /CMMVC\d{4}W/.test(line) && !holdsData(line))
    .map((line) => excerptOf(line, LONGEST));

/** Judged with the first read of a system only: what runs already is not stopped by it. */
export function passwordRefusal(
  command: string,
  result: CommandResult,
): FlashCopyError | undefined {
  const text = warningsOf(result).find((line) => line.includes(PASSWORD));
  if (text === undefined) return undefined;
  const message = `${command}: ${text}; change the password of this user first`;
  const details = { cmmvc: PASSWORD, command };
  return new FlashCopyError({ family: 'array', code: 'AUTH_REFUSED', message, details });
}

function refusal(command: string, cmmvc: string, text: string): FlashCopyError {
  // A code we do not know is a refusal all the same: the array carries out, or says why not.
  const { code, class: kind } = KNOWN_REFUSALS.get(cmmvc) ?? UNKNOWN;
  return new FlashCopyError({
    family: 'array',
    code,
    message: `${command}: ${excerptOf(text, LONGEST)}`,
    retry: RETRY[kind],
    details: { cmmvc, command },
  });
}

const UNKNOWN = { code: 'ARRAY_REFUSED', class: 'permanent' } as const;

const busy = (command: string): FlashCopyError =>
  new FlashCopyError({
    family: 'array',
    code: 'ARRAY_BUSY',
    message: `${command}: exit status ${EXIT_BUSY}, the array is busy`,
    retry: 'safe',
    details: { command },
  });

function unknownFailure(command: string, { exitCode, stderr }: CommandResult): FlashCopyError {
  const how =
    exitCode === undefined ? 'was killed by a signal' : `exits ${exitCode} without a code`;
  return new FlashCopyError({
    family: 'array',
    code: 'ARRAY_REFUSED',
    message: `${command} ${how}: ${excerptOf(stderr, LONGEST)}`,
    outcome: 'unknown',
    retry: 'after-check',
    details: { command, exitCode: exitCode ?? -1 },
  });
}

/** The same over REST: also an answer 200 may hold a refusal; a warning with any status was carried out. */
export function readRestRefusal(
  command: string,
  { status, body }: RestAnswer,
): FlashCopyError | undefined {
  const good = status >= 200 && status < 300;
  const codes = codesIn(good ? messageIn(body) : body);
  const code = codes.find(isError);
  if (code !== undefined) return refusal(command, code, body);
  if (good || codes.some(isWarning)) return undefined;
  const detail = excerptOf(body, LONGEST);
  const message = `${command} answers HTTP ${status}${detail === '' ? '' : `: ${detail}`}`;
  // 404: no such command here. 502 to 504: something in between lost the answer, or the command hangs.
  const [ours, outcome, retry] =
    REST_STATUS[status] ?? (['ARRAY_REFUSED', 'unknown', 'after-check'] as const);
  return new FlashCopyError({
    family: 'array',
    code: ours,
    message,
    outcome,
    retry,
    details: { command, status },
  });
}

export const restWarningsOf = ({ status, body }: RestAnswer): string[] =>
  linesOfWarning(status >= 200 && status < 300 ? messageIn(body) : body);

/** What a good answer says to people: a text, or these fields of an object. All else is data. */
function messageIn(body: string): string {
  const value = jsonOr(body);
  if (typeof value === 'string') return value;
  const [first] = Array.isArray(value) ? (value as unknown[]) : [value];
  const fields = (first ?? {}) as Readonly<Record<string, unknown>>;
  return ['code', 'error', 'message', 'description']
    .map((name) => fields[name])
    .filter((text) => typeof text === 'string' && /^[^[]{0,40}CMMVC/.test(text))
    .join(' ');
}

function jsonOr(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

const LOST = ['CHANNEL_LOST', 'unknown', 'after-check'] as const;
const REST_STATUS: Readonly<Record<number, readonly [string, ErrorOutcome, RetryAdvice]>> = {
  400: ['COMMAND_REJECTED', 'not-done', 'never'],
  404: ['COMMAND_UNSUPPORTED', 'not-done', 'never'],
  502: LOST,
  503: LOST,
  504: LOST,
};
