// What may be said at a start besides the request. Whatever could end a run without its compensation is refused.
import type { Priority } from '@temporalio/common';
import { FlashCopyError } from '../domain/errors.js';

export interface StartOptions {
  /** One line for the Temporal UI; default names volumes and hosts. */
  readonly summary?: string;
  readonly memo?: Readonly<Record<string, unknown>>;
  readonly priority?: Priority;
}

const ALLOWED: readonly string[] = ['summary', 'memo', 'priority'] satisfies (keyof StartOptions)[];
const WHY: Readonly<Record<string, string>> = {
  workflowExecutionTimeout: 'a time-out of the run would skip giving the source back',
  workflowRunTimeout: 'a time-out of the run would skip giving the source back',
  workflowTaskTimeout: 'its length is decided by the worker',
  retry: 'a run that is started over would take a second point in time',
  cronSchedule: 'use scheduleFlashCopy',
};

/** Throws UNSUPPORTED_OPTION. Callers without types come here too. */
export function checkStartOptions(options: StartOptions): void {
  const refused = Object.keys(options).find((name) => !ALLOWED.includes(name));
  if (refused === undefined) return;
  throw new FlashCopyError({
    family: 'request',
    code: 'UNSUPPORTED_OPTION',
    message: `options.${refused}: UNSUPPORTED_OPTION; ${WHY[refused] ?? `known are ${ALLOWED.join(', ')}`}`,
    details: { option: refused },
  });
}
