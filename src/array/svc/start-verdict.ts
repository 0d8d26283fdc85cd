// What an end of a start says of its effect. Promise: "already copying" is never success, and never a refusal either: only a fence can tell.
import { errorData } from '../../domain/errors.js';
import type { StartAnswer } from '../array.js';
import { toGroup } from './objects.js';
import type { Row } from './row.js';

export type Verdict = Pick<StartAnswer, 'started' | 'code' | 'message'>;

export const STARTED: Verdict = { started: 'done', code: '', message: '' };

export function failedStart(error: unknown): Verdict {
  const { outcome, message, details, code } = errorData(error);
  const cmmvc = details['cmmvc'];
  // "Already copying": somebody started it, perhaps we, perhaps not.
  const started = outcome === 'not-done' && code !== 'ALREADY_COPYING' ? 'not-done' : 'unknown';
  return { started, code: typeof cmmvc === 'string' ? cmmvc : code, message };
}

/** '' unless the row names this very group and a state we know. */
export function stateIn(read: () => Row, group: string): string {
  try {
    const { name, state } = toGroup(read());
    return name === group ? state : '';
  } catch {
    return '';
  }
}
