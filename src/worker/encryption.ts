// The codec an inventory asks for: its keys are read like every other secret.
import type { DataConverter } from '@temporalio/common';
import { encryptingConverter } from '../codec/index.js';
import type { Inventory } from '../config/inventory.js';
import { Secrets } from './secrets.js';

/** Undefined when the inventory names no codec. Throws INVALID_CODEC_KEY, CREDENTIAL_MISSING, CREDENTIAL_EXPOSED. */
export function dataConverterOf(temporal: Inventory['temporal']): DataConverter | undefined {
  const codec = temporal?.codec;
  if (codec === undefined) return undefined;
  const secrets = new Secrets();
  const keys = codec.keys.map(({ id, keyEnv, keyFile }) => ({
    id,
    key: secrets.password(`temporal.codec.keys ${id}`, {
      passwordEnv: keyEnv,
      passwordFile: keyFile,
    }),
  }));
  return encryptingConverter({ keys, encodeFailures: codec.encodeFailures });
}
