// What an answer of the array says: success, or a refusal by its code (refusals.ts), from the CLI as from REST.
// A code that is not in the table is passed on as it is, with an unknown effect: nobody may repeat it blindly.
import { FlashCopyError, type ErrorOutcome, type RetryAdvice } from '../../domain/errors.js';
import type { CommandResult, RestAnswer } from '../../transport/transport.js';
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
const CODE = /CMMVC\d{4}[EWI]/g;

export const refusalClass = (error: unknown): RefusalClass | undefined =>
  error instanceof FlashCopyError && error.family === 'array'
    ? KNOWN_REFUSALS.get(cmmvcOf(error))?.class
    : undefined;
const cmmvcOf = (error: FlashCopyError): string => String(error.details['cmmvc'] ?? '');

/** The refusal in a result, undefined when the command succeeded. Texts are localised: only the code counts. */
export function readRefusal(command: string, result: CommandResult): FlashCopyError | undefined {
  const errors = codesIn(result.stderr).filter((code) => code.endsWith('E'));
  if (result.exitCode === 0) {
    // A refused login stands where the header should be (pysvc).
    const head = /^CMMVC\d{4}E/.exec(result.stdout)?.[0];
    return head === undefined ? undefined : refusal(command, head, result.stdout);
  }
  // The last one: in `a; b` it is the second command's, whose exit status we have.
  const code = errors.at(-1) ?? codesIn(result.stdout).find((one) => one.endsWith('E'));
  if (code !== undefined)
    return refusal(command, code, result.stderr === '' ? result.stdout : result.stderr);
  if (result.exitCode === EXIT_BUSY) return busy(command);
  if (result.exitCode !== undefined && codesIn(result.stderr).some(isHarmless)) return undefined;
  return unknownFailure(command, result);
}

const isHarmless = (code: string): boolean => KNOWN_REFUSALS.get(code)?.class === 'warning';
const codesIn = (text: string): string[] => [...text.matchAll(CODE)].map((match) => match[0]);
const excerpt = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 300);

function refusal(command: string, cmmvc: string, text: string): FlashCopyError {
  const known = KNOWN_REFUSALS.get(cmmvc);
  return new FlashCopyError({
    family: 'array',
    code: known?.code ?? 'ARRAY_REFUSED',
    message: `${command}: ${excerpt(text)}`,
    outcome: known === undefined ? 'unknown' : 'not-done',
    retry: known === undefined ? 'after-check' : RETRY[known.class],
    details: { cmmvc, command },
  });
}

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
    message: `${command} ${how}: ${excerpt(stderr)}`,
    outcome: 'unknown',
    retry: 'after-check',
    details: { command, exitCode: exitCode ?? -1 },
  });
}

/** The same over REST: 200 is success; the first error code in the body counts, plain text or JSON (`{"code":...,"description":...}`). */
export function readRestRefusal(
  command: string,
  { status, body }: RestAnswer,
): FlashCopyError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const codes = codesIn(body);
  const code = codes.find((one) => one.endsWith('E'));
  if (code !== undefined) return refusal(command, code, body);
  if (codes.some(isHarmless)) return undefined;
  const detail = excerpt(body);
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

const LOST = ['CHANNEL_LOST', 'unknown', 'after-check'] as const;
const REST_STATUS: Readonly<Record<number, readonly [string, ErrorOutcome, RetryAdvice]>> = {
  400: ['COMMAND_REJECTED', 'not-done', 'never'],
  404: ['COMMAND_UNSUPPORTED', 'not-done', 'never'],
  502: LOST,
  503: LOST,
  504: LOST,
};
