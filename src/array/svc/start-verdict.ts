// What an end of a start says of its effect. Promise: "already copying" is never success, and never a refusal either: only a fence can tell.
import { errorData } from '../../domain/errors.js';
import type { StartAnswer } from '../array.js';
import type { StartOrder } from './start-orders.js';
import type { Row } from './row.js';

export type Verdict = Pick<StartAnswer, 'started' | 'code' | 'message' | 'unheard' | 'warnings'>;

export const STARTED: Verdict = { started: 'done', code: '', message: '' };

export function failedStart(error: unknown): Verdict {
  const { outcome, message, details, code } = errorData(error);
  const cmmvc = details['cmmvc'];
  // "Already copying": somebody started it, perhaps we, perhaps not.
  const started = outcome === 'not-done' && code !== 'ALREADY_COPYING' ? 'not-done' : 'unknown';
  const unheard = started === 'unknown' && code !== 'ALREADY_COPYING';
  return {
    ...{ started, code: typeof cmmvc === 'string' ? cmmvc : code, message },
    ...(unheard ? { unheard } : {}),
  };
}

/** A warning where success should stand: carried out, says the array; what is seen right after tells. */
export const warned = (warnings: readonly string[]): Verdict => ({
  ...{ started: 'unknown', unheard: true, warnings },
  code: /CMMVC\d{4}W/.exec(warnings[0] ?? '')?.[0] ?? 'ARRAY_REFUSED',
  message: warnings.join('; '),
});

export const withWarnings = (verdict: Verdict, warnings: readonly string[]): Verdict =>
  warnings.length === 0 ? verdict : { ...verdict, warnings };

/** Of a command that succeeded. `Snapshot, id [5], successfully created`, over REST the same in JSON: the id in brackets is the proof. */
export function succeeded({ tellsId, start }: StartOrder, answer: string): Verdict {
  if (tellsId !== true || /\[\d+\]/.test(answer)) return STARTED;
  return {
    started: 'unknown',
    code: 'UNREADABLE_OUTPUT',
    message: `${start.verb} exits 0 without an id`,
    unheard: true,
  };
}

/** '' for whatever cannot be read. */
export function stateIn(
  order: StartOrder,
  read: () => { listed: readonly Row[]; shown: Row | undefined },
): string {
  try {
    const { listed, shown } = read();
    return order.stateOf(listed, shown);
  } catch {
    return '';
  }
}
