// What the array refuses, and what may be done about it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownRefusals, readRefusal } from '../../../src/array/svc/errors.js';

const result = (stderr: string, exitCode: number | undefined = 1, stdout = '') => ({
  exitCode,
  stdout,
  stderr,
  durationMs: 1,
});

describe('refusals', () => {
  it.each([
    ['CMMVC5754E', 'OBJECT_MISSING', 'not-done', 'never'],
    ['CMMVC6035E', 'OBJECT_EXISTS', 'not-done', 'after-check'],
    ['CMMVC5907E', 'ALREADY_COPYING', 'not-done', 'after-check'],
    ['CMMVC5903E', 'WRONG_STATE', 'not-done', 'after-check'],
    ['CMMVC5786E', 'ARRAY_BUSY', 'not-done', 'safe'],
    ['CMMVC5924E', 'SIZE_DIFFERS', 'not-done', 'never'],
    ['CMMVC0001E', 'ARRAY_REFUSED', 'unknown', 'after-check'],
  ])('%s is %s, %s, retry %s', (...[cmmvc, code, outcome, retry]) => {
    expect(readRefusal('cmd', result(`${cmmvc} irgendein Text\n`))).toMatchObject({
      code,
      outcome,
      retry,
      details: { cmmvc },
    });
  });

  it('an unknown code is passed on as it stands', () => {
    expect(readRefusal('cmd', result('CMMVC4711E Something new.\n'))?.message).toBe('cmd: CMMVC4711E Something new.');
  });

  it('only the code counts: texts are localised', () => {
    expect(readRefusal('cmd', result('CMMVC5754E 指定されたオブジェクトは存在しません。'))?.code).toBe(
      'OBJECT_MISSING',
    );
  });

  it('a warning with a successful command is success', () => {
    expect(readRefusal('mkvdisk', result('CMMVC6372W licence', 0))).toBeUndefined();
    expect(readRefusal('mkvdisk', result('CMMVC6372W licence', 1))).toBeUndefined();
    expect(readRefusal('mkvdisk', result('CMMVC6999W other', 1))).toMatchObject({ outcome: 'unknown' });
  });

  it('a refused login is found where the header should be', () => {
    expect(readRefusal('lssystem', result('', 0, 'CMMVC7017E Login has failed'))?.code).toBe('AUTH_REFUSED');
  });

  it('a failure without a code has an unknown effect, whether it exited or was killed', () => {
    expect(readRefusal('cmd', result('segfault', 139))).toMatchObject({ outcome: 'unknown', retry: 'after-check' });
    expect(readRefusal('cmd', result('', undefined))).toMatchObject({ outcome: 'unknown' });
  });

  it('exit status 11 means busy', () => expect(readRefusal('ls', result('', 11))).toMatchObject({ retry: 'safe' }));

  it('whatever fails with an unknown code is never called safe', () => {
    const known = new Set(knownRefusals());
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), (number) => {
        const cmmvc = `CMMVC${String(number).padStart(4, '0')}E`;
        const refused = readRefusal('cmd', result(cmmvc));
        return known.has(cmmvc) || (refused?.outcome === 'unknown' && refused.retry === 'after-check');
      }),
    );
  });
});
