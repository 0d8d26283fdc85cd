// The door `temporal-flashcopy/codec`: one data converter for client and worker, which encrypts all payloads.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { AesGcmCodec } from './aes-gcm-codec.js';
import type { CodecKey } from './key-ring.js';

export { AesGcmCodec } from './aes-gcm-codec.js';
export type { CodecKey } from './key-ring.js';

export interface EncryptionOptions {
  /** The first one encrypts, all of them decrypt: a new key is put in front, an old one stays as long as histories need it. */
  readonly keys: readonly CodecKey[];
  /** Messages and stacks of failures are encrypted too. Default true; false leaves them readable without a codec server. */
  readonly encodeFailures?: boolean | undefined;
}

/** For `new Client({ dataConverter })`, `FlashCopyClient.connect({ dataConverter })` and `Worker.create({ dataConverter })`. Throws INVALID_CODEC_KEY. */
export function encryptingConverter({
  keys,
  encodeFailures = true,
}: EncryptionOptions): DataConverter {
  const payloadCodecs = [new AesGcmCodec(keys)];
  return encodeFailures
    ? { payloadCodecs, failureConverterPath: failureConverterPath() }
    : { payloadCodecs };
}

function failureConverterPath(): string {
  const path = fileURLToPath(new URL('./failure-converter.cjs', import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is missing from this installation`);
  return path;
}
