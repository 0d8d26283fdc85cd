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
  const known = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  return LOOKS_SECRET.reduce((rest, pattern) => rest.replace(pattern, MASK), known);
}

export function redactError(data: ErrorData, secrets: readonly string[]): ErrorData {
  const clean = (value: ErrorData['details'][string]) => {
    if (typeof value === 'string') return redactText(value, secrets);
    return typeof value === 'object' ? value.map((text) => redactText(text, secrets)) : value;
  };
  const details = Object.fromEntries(Object.entries(data.details).map(([key, value]) => [key, clean(value)]));
  return { ...data, message: redactText(data.message, secrets), details };
}
