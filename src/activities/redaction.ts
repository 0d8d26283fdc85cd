// Keeps secrets out of histories, logs and reports: what looks like one, and what the worker says is one.
import type { ErrorData } from '../domain/errors.js';

const LOOKS_SECRET: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:password|passwd|passphrase|secret|x-auth-(?:token|password)|authorization)\b["']?\s*[=:]\s*(?:"[^"]*"|'[^']*'|(?:Basic|Bearer)\s+\S+|\S+)/gi,
];
const MASK = '[redacted]';

/** Shorter texts are not replaced: they would tear words apart, and are no secrets worth the name. */
const SHORTEST_SECRET = 4;

export function redactText(text: string, secrets: readonly string[]): string {
  return LOOKS_SECRET.reduce((rest, pattern) => rest.replace(pattern, MASK), maskKnown(text, secrets));
}

const maskKnown = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .reduce((rest, secret) => rest.replaceAll(secret, MASK), text);

/** Known secrets out of everything an activity answers: results may carry the messages of what went wrong. Plain JSON values only. */
export function redactResult(value: unknown, secrets: readonly string[]): unknown {
  if (secrets.length === 0) return value;
  if (typeof value === 'string') return maskKnown(value, secrets);
  if (Array.isArray(value)) return value.map((each) => redactResult(each, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, redactResult(each, secrets)]));
}

export function redactError(data: ErrorData, secrets: readonly string[]): ErrorData {
  const clean = (value: ErrorData['details'][string]) => {
    if (typeof value === 'string') return redactText(value, secrets);
    return typeof value === 'object' ? value.map((text) => redactText(text, secrets)) : value;
  };
  const details = Object.fromEntries(Object.entries(data.details).map(([key, value]) => [key, clean(value)]));
  return { ...data, message: redactText(data.message, secrets), details };
}
