// The one place where errors become Temporal failures. type = code, details[0] = ErrorData, no secrets; nothing else crosses.
import {
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
} from '@temporalio/common';
import { errorData } from '../domain/errors.js';
import { redactError, redactResult, redactText } from './redaction.js';

/** Not yet what is waited for: no alarm, no log line, the server looks again after details.nextLookMs. */
export const POLLS: ReadonlySet<string> = new Set(['COPY_RUNNING', 'HOST_BUSY', 'COPY_OPEN']);

/** `never` ends the retries; `safe` and `after-check` are repeated, for every activity reads before it writes. */
export function toFailure(error: unknown, secrets: readonly string[] = []): Error {
  if (error instanceof CancelledFailure) return error;
  if (error instanceof ApplicationFailure) return cleaned(error, secrets);
  const data = redactError(errorData(error), secrets);
  const nextLookMs = data.details['nextLookMs'];
  return ApplicationFailure.create({
    message: data.message,
    type: data.code,
    nonRetryable: data.retry === 'never',
    details: [data],
    ...(POLLS.has(data.code) ? { category: ApplicationFailureCategory.BENIGN } : {}),
    ...(typeof nextLookMs === 'number' ? { nextRetryDelay: nextLookMs } : {}),
  });
}

/** Made by decorations of the user's own: their words, but not our secrets. */
function cleaned(failure: ApplicationFailure, secrets: readonly string[]): ApplicationFailure {
  const message = redactText(failure.message, secrets);
  const details = redactResult(failure.details ?? [], secrets) as unknown[];
  const { type, nonRetryable, nextRetryDelay, category } = failure;
  return ApplicationFailure.create({
    message,
    details,
    ...(typeof type === 'string' ? { type } : {}),
    nonRetryable: nonRetryable === true,
    ...(nextRetryDelay == null ? {} : { nextRetryDelay }),
    ...(category == null ? {} : { category }),
  });
}

type Activities<T> = { readonly [K in keyof T]: (...args: never[]) => Promise<unknown> };

/** Every function of `activities`, with its failures translated and secrets taken out of its answers. */
export function withFailureBoundary<T extends Activities<T>>(
  activities: T,
  secrets: () => readonly string[],
): T {
  const guarded = Object.entries<(...args: never[]) => Promise<unknown>>(activities).map(
    ([name, body]) => [
      name,
      async (...args: never[]) => {
        try {
          return redactResult(await body(...args), secrets());
        } catch (error) {
          throw toFailure(error, secrets());
        }
      },
    ],
  );
  return Object.fromEntries(guarded) as T;
}
