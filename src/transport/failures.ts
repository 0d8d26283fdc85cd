// What a transport throws, in one place: each constructor fixes what is known of the effect, so no adapter can get it wrong.
import { FlashCopyError } from '../domain/errors.js';

type Failure = ConstructorParameters<typeof FlashCopyError>[0];
const failure = (address: string, rest: Omit<Failure, 'family'>): FlashCopyError =>
  new FlashCopyError({
    family: 'transport',
    ...rest,
    message: `${address}: ${rest.message}`,
    details: { address, ...rest.details },
  });

/** No command was sent: repeating is safe. */
export const unreachable = (address: string, why: string, cause?: unknown): FlashCopyError =>
  failure(address, {
    code: 'UNREACHABLE',
    message: why,
    outcome: 'not-done',
    retry: 'safe',
    cause,
  });

/** Every session of the budget stayed taken; nothing was sent. */
export const noFreeSession = (address: string, waitedMs: number): FlashCopyError =>
  failure(address, {
    code: 'NO_FREE_SESSION',
    message: `no session became free within ${waitedMs} ms`,
    outcome: 'not-done',
    retry: 'safe',
  });

/** The answer is lost: the command may have run. */
export const channelLost = (address: string, why: string): FlashCopyError =>
  failure(address, {
    code: 'CHANNEL_LOST',
    message: why,
    outcome: 'unknown',
    retry: 'after-check',
  });

export const commandTimedOut = (address: string, timeoutMs: number): FlashCopyError =>
  failure(address, {
    code: 'COMMAND_TIMED_OUT',
    message: `no answer within ${timeoutMs} ms`,
    outcome: 'unknown',
    retry: 'after-check',
    details: { timeoutMs },
  });

/** The caller's own signal; `sent` decides what is known of the effect. */
export const commandCancelled = (address: string, sent: boolean, cause: unknown): FlashCopyError =>
  failure(address, {
    code: 'COMMAND_CANCELLED',
    message: sent ? 'cancelled while the command ran' : 'cancelled before the command was sent',
    outcome: sent ? 'unknown' : 'not-done',
    retry: sent ? 'after-check' : 'safe',
    cause,
  });

export const outputTooLarge = (address: string, limitBytes: number): FlashCopyError =>
  failure(address, {
    code: 'OUTPUT_TOO_LARGE',
    message: `the command wrote more than ${limitBytes} bytes`,
    outcome: 'unknown',
    retry: 'never',
    details: { limitBytes },
  });

export const authRefused = (address: string, why: string): FlashCopyError =>
  failure(address, { code: 'AUTH_REFUSED', message: why });

export const hostKeyUnknown = (
  address: string,
  key: { type: string; fingerprint: string },
): FlashCopyError =>
  failure(address, {
    code: 'HOST_KEY_UNKNOWN',
    message:
      `presents the ${key.type} host key ${key.fingerprint}, and no hostKey is configured for it. ` +
      `Compare it on the machine's own console, then set hostKey: '${key.fingerprint}' for this address in the inventory`,
    details: { seen: key.fingerprint, keyType: key.type },
  });

export const hostKeyChanged = (
  address: string,
  key: { type: string; fingerprint: string; expected: readonly string[] },
): FlashCopyError =>
  failure(address, {
    code: 'HOST_KEY_CHANGED',
    message:
      `presents the ${key.type} host key ${key.fingerprint}, but hostKey in the inventory is ${key.expected.join(', ')}: ` +
      'another machine answers, it was installed anew, or the inventory names a key of another type',
    details: { seen: key.fingerprint, keyType: key.type, expected: key.expected },
  });

/** Neither its CA nor its fingerprint is the one we were told: nothing was sent. */
export const certificateUnknown = (
  address: string,
  certificate: { readonly seen: string; readonly why: string },
): FlashCopyError =>
  failure(address, {
    code: 'CERTIFICATE_UNKNOWN',
    message:
      `presents a certificate that is not trusted (${certificate.why}). ` +
      `Compare its fingerprint ${certificate.seen} on the machine itself, then set fingerprint or caFile in the inventory`,
    details: { seen: certificate.seen },
  });

/** 429 until we gave up: nothing was executed. */
export const rateLimited = (address: string): FlashCopyError =>
  failure(address, {
    code: 'RATE_LIMITED',
    message: 'too many calls or tokens, and still so after waiting (HTTP 429)',
    outcome: 'not-done',
    retry: 'safe',
  });
