// What the REST door answers besides success: HTTP status and body. Both forms of an error body are known to clients; the profile chooses.
import type { Profile } from '../model/profile.js';
import type { ArrayError } from '../model/codes.js';

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (value: unknown): Reply => ({ status: 200, body: JSON.stringify(value) });

const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  502: 'Bad Gateway',
};

export function failure(status: number, detail?: string): Reply {
  const headers = status === 429 ? { 'Retry-After': '1' } : {};
  return { status, body: detail ?? STATUS_TEXT[status] ?? 'Error', headers };
}

/** Codes of a clash with what is there already: 409 where errors are objects (Forklift), else 500 like every other. */
const CONFLICTS = new Set(['CMMVC5878E', 'CMMVC6035E', 'CMMVC6071E', 'CMMVC6466E']);

export function refusal(error: ArrayError, { restErrors }: Pick<Profile, 'restErrors'>): Reply {
  if (restErrors === 'text')
    return { status: 500, body: `Command failed: ${error.message.replaceAll(':', ' ')}` };
  const description = error.message.slice(error.code.length + 1);
  const status = error.code === 'CMMVC6253E' ? 403 : CONFLICTS.has(error.code) ? 409 : 500;
  return { status, body: JSON.stringify({ code: error.code, description }) };
}
