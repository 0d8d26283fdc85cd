// Keeps secrets out of histories, logs and reports: what looks like one, and what the worker says is one, whole or in pieces.
import { FlashCopyError, errorData, type ErrorData } from '../domain/errors.js';

const LOOKS_SECRET: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:password|passwd|passphrase|secret|x-auth-(?:token|password)|authorization)\b["']?\s*[=:]\s*(?:"[^"]*"|'[^']*'|(?:Basic|Bearer)\s+\S+|\S+)/gi,
];
const MASK = '[redacted]';

/** Shorter texts are not replaced: they would tear words apart, and are no secrets worth the name. */
const SHORTEST_SECRET = 4;
/** A line of a key file that is no marker. */
const SHORTEST_LINE = 16;
/** What others cut (an answer's first 200 characters) may end within a secret: so much of it in a row is still one. */
const PIECE = 12;

/** The texts to look for when `secret` must not get out: itself, its lines, and how it looks in JSON, in a URL and in base64. */
export function secretForms(secret: string): string[] {
  const one = secret.trim();
  const lines = one
    .split(/\r?\n/)
    .filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
  const texts = one.includes('\n') ? lines : [one];
  const spelt = texts.flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
  ]);
  const forms = new Set([one, ...spelt, Buffer.from(one).toString('base64')]);
  return [...forms].filter((form) => form.length >= SHORTEST_SECRET);
}

/** Errors and other texts for people: pieces of secrets go as well. */
export function redactText(text: string, secrets: readonly string[]): string {
  return LOOKS_SECRET.reduce(
    (rest, pattern) => rest.replace(pattern, MASK),
    maskPieces(maskKnown(text, secrets), secrets),
  );
}

/** The longest first: a secret may hold another. */
export const maskKnown = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .toSorted((one, other) => other.length - one.length)
    .reduce((rest, secret) => rest.replaceAll(secret, MASK), text);

const pieces = new WeakMap<readonly string[], Set<string>>();

function piecesOf(secrets: readonly string[]): Set<string> {
  const known = pieces.get(secrets);
  if (known !== undefined) return known;
  // A whole key file holds its markers too; its lines stand there by themselves.
  const found = secrets
    .filter((secret) => !secret.includes('\n'))
    .flatMap((secret) =>
      Array.from({ length: Math.max(0, secret.length - PIECE + 1) }, (_, at) =>
        secret.slice(at, at + PIECE),
      ),
    );
  const made = new Set(found);
  pieces.set(secrets, made);
  return made;
}

function maskPieces(text: string, secrets: readonly string[]): string {
  const known = piecesOf(secrets);
  if (known.size === 0) return text;
  let [clean, from, end] = ['', 0, -1];
  for (let at = 0; at + PIECE <= text.length; at += 1) {
    if (!known.has(text.slice(at, at + PIECE))) continue;
    if (at > end) clean += text.slice(from, at) + MASK;
    end = at + PIECE;
    from = end;
  }
  return clean + text.slice(from);
}

/** Known secrets out of everything an activity answers: results may carry the messages of what went wrong. Plain JSON values only. */
export function redactResult(value: unknown, secrets: readonly string[]): unknown {
  if (secrets.length === 0) return value;
  if (typeof value === 'string') return maskKnown(value, secrets);
  if (Array.isArray(value)) return value.map((each) => redactResult(each, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, redactResult(each, secrets)]),
  );
}

export function redactError(data: ErrorData, secrets: readonly string[]): ErrorData {
  const clean = (value: ErrorData['details'][string]) => {
    if (typeof value === 'string') return redactText(value, secrets);
    return typeof value === 'object' ? value.map((text) => redactText(text, secrets)) : value;
  };
  const details = Object.fromEntries(
    Object.entries(data.details).map(([key, value]) => [key, clean(value)]),
  );
  return { ...data, message: redactText(data.message, secrets), details };
}

/** The same error without secrets, and without what caused it. */
export const withoutSecrets = (error: unknown, secrets: readonly string[]): FlashCopyError =>
  new FlashCopyError(redactError(errorData(error), secrets));
