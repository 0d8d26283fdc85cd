// The boundary: what leaves an activity is an ApplicationFailure with ErrorData, and no secret.
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { toFailure, withFailureBoundary } from '../../../src/activities/failure-boundary.js';
import { FlashCopyError } from '../../../src/domain/errors.js';

const error = (over: Partial<ConstructorParameters<typeof FlashCopyError>[0]> = {}) =>
  new FlashCopyError({ family: 'host', code: 'TARGET_IN_USE', message: 'in use', ...over });

describe('the failure boundary', () => {
  it('redacts known secrets and whatever looks like one, in message and details', () => {
    const failure = toFailure(
      error({
        message:
          'login with hunter22 failed; password: "a b"; -----BEGIN RSA PRIVATE KEY-----\nabc',
        details: { line: 'X-Auth-Token: eyJ0', lines: ['hunter22'], count: 3 },
      }),
      ['hunter22'],
    ) as ApplicationFailure;
    const said = JSON.stringify([failure.message, failure.details]) + (failure.stack ?? '');
    for (const secret of ['hunter22', 'a b', 'eyJ0', 'abc']) expect(said).not.toContain(secret);
    expect(failure.cause).toBeUndefined();
  });

  it('keeps ordinary words: names, tokens of runs, codes', () => {
    const message = 'group nightly_k3f9q2 of run nightly-k3f9q2: CMMVC5907E, token k3f9q2';
    expect(toFailure(error({ message })).message).toBe(message);
  });

  it.each([
    ['never', true],
    ['safe', false],
    ['after-check', false],
  ] as const)('retry %s becomes nonRetryable %s', (retry, nonRetryable) => {
    expect(toFailure(error({ retry }))).toMatchObject({
      type: 'TARGET_IN_USE',
      nonRetryable,
      details: [{ retry }],
    });
  });

  it('turns anything else into UNEXPECTED with an unknown effect, without its stack', () => {
    const failure = toFailure(new TypeError('x is not a function')) as ApplicationFailure;
    expect(failure).toMatchObject({
      type: 'UNEXPECTED',
      details: [{ outcome: 'unknown', retry: 'after-check' }],
    });
  });

  it('lets a cancellation through as it is', () => {
    const cancelled = new CancelledFailure('CANCELLED');
    expect(toFailure(cancelled)).toBe(cancelled);
  });

  it('wraps every function of an object', async () => {
    const wrapped = withFailureBoundary(
      { one: () => Promise.reject(error()), two: () => Promise.resolve(2) },
      () => [],
    );
    await expect(wrapped.one()).rejects.toBeInstanceOf(ApplicationFailure);
    await expect(wrapped.two()).resolves.toBe(2);
  });

  it('takes known secrets out of answers too: a pause answers what went wrong in it as data', async () => {
    const answer = {
      starts: [{ started: 'unknown', message: 'login root/hunter2 refused' }],
      pauses: [],
      error: undefined,
    };
    const wrapped = withFailureBoundary({ cut: () => Promise.resolve(answer) }, () => ['hunter2']);
    const cleaned = { started: 'unknown', message: 'login root/[redacted] refused' };
    await expect(wrapped.cut()).resolves.toEqual({
      starts: [cleaned],
      pauses: [],
      error: undefined,
    });
  });
});

describe('pieces of secrets', () => {
  const secrets = ['correct-horse-battery-staple'];
  it('that were cut on either side are masked in errors, what stands around them is not', () => {
    const message = 'login refused: correct-horse-ba (cut) ...se-battery-staple and the rest';
    expect(toFailure(error({ message }), secrets).message).toBe(
      'login refused: [redacted] (cut) ...[redacted] and the rest',
    );
  });

  it('are masked in failures of decorations as well', () => {
    const theirs = ApplicationFailure.create({
      type: 'MINE',
      message: `said ${secrets[0]}`,
      details: [secrets[0]],
      nonRetryable: true,
    });
    const failure = toFailure(theirs, secrets) as ApplicationFailure;
    expect(JSON.stringify([failure.message, failure.details, failure.stack])).not.toContain(
      'horse',
    );
    expect(failure).toMatchObject({ type: 'MINE', nonRetryable: true });
  });
});
