// The keys of the codec: the first one encrypts, all of them decrypt.
import { FlashCopyError } from '../domain/errors.js';

export interface CodecKey {
  /** Stands in clear beside every payload: 1-64 of A-Z a-z 0-9 . _ -. */
  readonly id: string;
  /** 32 bytes, as they are, or as 64 hex digits or base64. */
  readonly key: string | Uint8Array;
}

const KEY_BYTES = 32;

/** Throws INVALID_CODEC_KEY, which names the key's id and never its text. */
export function keyRing(keys: readonly CodecKey[]): ReadonlyMap<string, Buffer> {
  if (keys.length === 0) throw invalid('keys', 'name at least one key');
  const ring = new Map<string, Buffer>();
  for (const { id, key } of keys) {
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(id)) throw invalid('an id', 'use 1-64 of A-Z a-z 0-9 . _ -');
    if (ring.has(id)) throw invalid(id, 'stands there twice; give each key an id of its own');
    ring.set(id, bytesOf(id, key));
  }
  return ring;
}

function bytesOf(id: string, key: string | Uint8Array): Buffer {
  const bytes = typeof key === 'string' ? fromText(key.trim()) : Buffer.from(key);
  if (bytes?.length === KEY_BYTES) return bytes;
  throw invalid(
    id,
    'use 32 random bytes as 64 hex digits or base64, e.g. from: openssl rand -base64 32',
  );
}

function fromText(text: string): Buffer | undefined {
  if (/^[0-9A-Fa-f]{64}$/.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/]{43}=$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

const invalid = (id: string, remedy: string): FlashCopyError =>
  new FlashCopyError({
    family: 'request',
    code: 'INVALID_CODEC_KEY',
    message: `codec key ${id}: INVALID_CODEC_KEY; ${remedy}`,
  });
