// Errors are data: a stable code, what is known of the effect, and whether a repeat is safe. Everything thrown in this library is one of these.

/** What is known about the effect of the step that failed. */
export type ErrorOutcome = 'done' | 'not-done' | 'unknown';
/** `after-check`: read the state first, then decide. */
export type RetryAdvice = 'never' | 'safe' | 'after-check';
export type ErrorFamily =
  'request' | 'plan' | 'transport' | 'array' | 'parse' | 'state' | 'host' | 'lock' | 'copy';

/** An error as it travels: in reports, failures of activities, and JSON of the command line. */
export interface ErrorData {
  readonly family: ErrorFamily;
  readonly code: string;
  readonly message: string;
  readonly outcome: ErrorOutcome;
  readonly retry: RetryAdvice;
  /** Plain values only; never a secret. */
  readonly details: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

type ErrorInput = Pick<ErrorData, 'family' | 'code' | 'message'> &
  Partial<ErrorData> & { cause?: unknown };

/** The one error class; `data` is what counts, the class only carries it. */
export class FlashCopyError extends Error implements ErrorData {
  readonly family: ErrorFamily;
  readonly code: string;
  readonly outcome: ErrorOutcome;
  readonly retry: RetryAdvice;
  readonly details: ErrorData['details'];

  constructor(input: ErrorInput) {
    super(input.message, input.cause === undefined ? undefined : { cause: input.cause });
    this.name = 'FlashCopyError';
    this.family = input.family;
    this.code = input.code;
    this.outcome = input.outcome ?? 'not-done';
    this.retry = input.retry ?? 'never';
    this.details = input.details ?? {};
  }
}

/** The travelling form of any error; what is not ours becomes UNEXPECTED with an unknown effect. */
export function errorData(error: unknown): ErrorData {
  if (error instanceof FlashCopyError) {
    const { family, code, message, outcome, retry, details } = error;
    return { family, code, message, outcome, retry, details };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    family: 'state',
    code: 'UNEXPECTED',
    message,
    outcome: 'unknown',
    retry: 'after-check',
    details: {},
  };
}

/** A refusal before anything was touched: names the field, the value, and what would be right. */
export interface Refusal {
  readonly code: string;
  /** Path into the request, e.g. `volumes[1].target`. */
  readonly field: string;
  readonly value: string;
  readonly remedy: string;
}

/** One line: `volumes[1].target = "db_x": TARGET_IN_USE; unmap it from host app2`. */
export function refusalLine(refusal: Refusal): string {
  return `${refusal.field} = ${JSON.stringify(refusal.value)}: ${refusal.code}; ${refusal.remedy}`;
}

/** All refusals of a plan as one error; the message holds one line for each. */
export function refusalError(refusals: readonly Refusal[]): FlashCopyError {
  const first = refusals[0];
  return new FlashCopyError({
    family: 'plan',
    code: first?.code ?? 'REFUSED',
    message: refusals.map(refusalLine).join('\n'),
    details: { refusals: refusals.map(refusalLine) },
  });
}

/** A name of a plan or an activity that the worker's inventory lacks. */
export const notInInventory = (what: 'array' | 'host', name: string): FlashCopyError =>
  new FlashCopyError({
    family: 'request',
    code: what === 'array' ? 'UNKNOWN_ARRAY' : 'UNKNOWN_HOST',
    message: `no ${what} ${name} in the inventory`,
    details: { name },
  });
