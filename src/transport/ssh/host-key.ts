// Whom we talk to: the host key's fingerprint as OpenSSH prints it. Never trust on first use.
import { createHash } from 'node:crypto';
import type { FlashCopyError } from '../../domain/errors.js';
import { hostKeyChanged, hostKeyUnknown } from '../failures.js';

/** `SHA256:` and base64 without padding, as `ssh-keygen -lf` prints it. */
export const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** Undefined when the key is one of those expected; HOST_KEY_UNKNOWN when none is configured, else HOST_KEY_CHANGED. */
export function judgeHostKey(
  address: string,
  key: Buffer,
  expected: readonly string[],
): FlashCopyError | undefined {
  const fingerprint = fingerprintOf(key);
  const type = keyType(key);
  if (expected.length === 0) return hostKeyUnknown(address, { type, fingerprint });
  if (expected.some((one) => one.trim().replace(/=+$/, '') === fingerprint)) return undefined;
  return hostKeyChanged(address, { type, fingerprint, expected });
}

/** A key blob opens with the name of its type (RFC 4253, section 6.6). */
function keyType(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  return key.subarray(4, 4 + Math.min(length, 64)).toString('latin1');
}
