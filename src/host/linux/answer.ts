// The agent's answers: rows of `key<TAB>value...`, ended by `end`. What does not look so is UNREADABLE_OUTPUT, never guessed at.
import { FlashCopyError, type RetryAdvice } from '../../domain/errors.js';
import type { CommandResult } from '../../transport/transport.js';

export type Row = readonly string[];

/** Refusals that a repeat cannot mend; everything else may be tried again. */
const FINAL = new Set([
  'HELD_BY_OTHER',
  'HOLD_ENDED',
  'ESSENTIAL_FILE_SYSTEM',
  'MOUNT_CHANGED',
  'WRONG_DISK',
  'NAME_TAKEN',
  'MOUNT_POINT_TAKEN',
  'FILE_SYSTEM_DAMAGED',
  'UNKNOWN_LAYER',
  'BAD_ORDER',
]);

export function parseRows(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

/** Rows of a whole answer without its `end`; throws what the agent refused, or UNREADABLE_OUTPUT. */
export function readAnswer(host: string, result: CommandResult): Row[] {
  const rows = parseRows(result.stdout);
  const refusal = rows.find((row) => row[0] === 'error');
  if (refusal !== undefined) throw refused(host, refusal, result.stderr);
  if (result.exitCode !== 0) throw failed(host, result);
  const last = rows.pop();
  if (last?.[0] === 'running') return [last];
  if (last?.[0] !== 'end') throw unreadable(host, result.stdout.slice(-200));
  return rows;
}

/** Exactly `count` values after the key. */
export function values(host: string, row: Row, count: number): string[] {
  if (row.length !== count + 1) throw unreadable(host, row.join(' '));
  return row.slice(1);
}

export function integer(host: string, text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw unreadable(host, text);
  return Number(text);
}

export function refused(host: string, row: Row, stderr = ''): FlashCopyError {
  const [, code = 'AGENT_FAILED', text = '', detail = ''] = row;
  const retry: RetryAdvice = FINAL.has(code) ? 'never' : 'safe';
  const users = detail.replace(/[, ]+$/, '');
  return new FlashCopyError({
    family: 'host',
    code,
    message: `${host}: ${text}${users === '' ? '' : ` [${users}]`}`,
    outcome: code === 'GIVE_BACK_FAILED' ? 'unknown' : 'not-done',
    retry,
    details: { host, detail: users, stderr: stderr.trim().slice(-500) },
  });
}

function failed(host: string, result: CommandResult): FlashCopyError {
  const stderr = result.stderr.trim().slice(-500);
  const sudo = /^sudo:/m.test(stderr);
  return new FlashCopyError({
    family: 'host',
    code: sudo ? 'NOT_PRIVILEGED' : 'AGENT_FAILED',
    message: `${host}: the agent ended with ${result.exitCode ?? 'a signal'}: ${stderr}`,
    outcome: sudo ? 'not-done' : 'unknown',
    retry: sudo ? 'never' : 'after-check',
    details: { host, stderr },
  });
}

export function unreadable(host: string, text: string): FlashCopyError {
  return new FlashCopyError({
    family: 'parse',
    code: 'UNREADABLE_OUTPUT',
    message: `${host}: not an answer of the agent: ${JSON.stringify(text)}`,
    outcome: 'unknown',
    retry: 'after-check',
    details: { host, text },
  });
}
