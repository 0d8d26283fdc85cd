// AES-256-GCM over whole payloads: what the server stores shows the id of a key and nothing else. A payload that was changed, or whose key is
// not here, is a typed error without any of its content.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { FlashCopyError } from '../domain/errors.js';
import { keyRing, type CodecKey } from './key-ring.js';

const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class AesGcmCodec implements PayloadCodec {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #newest: string;

  /** Throws INVALID_CODEC_KEY. */
  constructor(keys: readonly CodecKey[]) {
    this.#keys = keyRing(keys);
    this.#newest = keys[0]?.id ?? '';
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(payloads.map((payload) => this.#encrypted(payload)));
  }

  /** What is not encrypted (history from before the codec) is handed on. Throws PAYLOAD_KEY_UNKNOWN, PAYLOAD_UNREADABLE. */
  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve().then(() => payloads.map((payload) => this.#decrypted(payload)));
  }

  #encrypted(payload: Payload): Payload {
    const id = this.#newest;
    // A nonce must never come twice under one key: from the system's generator, not from the port that tests may seed.
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key(id), nonce);
    cipher.setAAD(Buffer.from(id));
    const data = Buffer.concat([
      nonce,
      cipher.update(packed(payload)),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return {
      metadata: { encoding: Buffer.from(ENCODING), 'encryption-key-id': Buffer.from(id) },
      data,
    };
  }

  #decrypted(payload: Payload): Payload {
    if (textOf(payload.metadata?.['encoding']) !== ENCODING) return payload;
    const id = textOf(payload.metadata?.['encryption-key-id']);
    const key = this.#key(id);
    const data = Buffer.from(payload.data ?? []);
    try {
      const decipher = createDecipheriv(CIPHER, key, data.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(id));
      decipher.setAuthTag(data.subarray(-TAG_BYTES));
      const plain = Buffer.concat([
        decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
      return unpacked(plain);
    } catch {
      // Neither the cause nor any byte of it: half-decrypted text is text.
      throw failed(
        'PAYLOAD_UNREADABLE',
        id,
        'was changed, or was encrypted with another key of this id',
      );
    }
  }

  #key(id: string): Buffer {
    const key = this.#keys.get(id);
    if (key !== undefined) return key;
    throw failed(
      'PAYLOAD_KEY_UNKNOWN',
      id,
      'is not among the keys here; add it to temporal.codec.keys of the inventory',
    );
  }
}

const textOf = (bytes: Uint8Array | null | undefined): string =>
  Buffer.from(bytes ?? [])
    .toString('latin1')
    .slice(0, 100);

/** Length of the metadata, metadata as JSON with base64 values, data. */
function packed({ metadata, data }: Payload): Buffer {
  const entries = Object.entries(metadata ?? {}).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ]);
  const head = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  // Where there is no data the SDK's messages hold an empty list, not bytes.
  return Buffer.concat([length, head, Buffer.from(data ?? [])]);
}

function unpacked(plain: Buffer): Payload {
  const end = 4 + plain.readUInt32BE(0);
  const head = JSON.parse(plain.toString('utf8', 4, end)) as Record<string, string>;
  const metadata = Object.entries(head).map(([key, value]) => [key, Buffer.from(value, 'base64')]);
  return {
    metadata: Object.fromEntries(metadata) as Record<string, Uint8Array>,
    data: plain.subarray(end),
  };
}

const failed = (code: string, id: string, why: string): FlashCopyError =>
  new FlashCopyError({
    family: 'parse',
    code,
    message: `payload of key ${JSON.stringify(id)}: ${code}; ${why}`,
    details: { keyId: id },
  });
