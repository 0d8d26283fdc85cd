// What the array refuses, and what may be done about it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { arrayErrorReference } from '../../../scripts/array-error-reference.js';
import { readRefusal, readRestRefusal } from '../../../src/array/svc/errors.js';
import { KNOWN_REFUSALS } from '../../../src/array/svc/refusals.js';

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
    expect(readRefusal('cmd', result('CMMVC4711E Something new.\n'))?.message).toBe(
      'cmd: CMMVC4711E Something new.',
    );
  });

  it('only the code counts: texts are localised', () => {
    expect(
      readRefusal('cmd', result('CMMVC5754E 指定されたオブジェクトは存在しません。'))?.code,
    ).toBe('OBJECT_MISSING');
  });

  it('a warning with a successful command is success', () => {
    expect(readRefusal('mkvdisk', result('CMMVC6372W licence', 0))).toBeUndefined();
    expect(readRefusal('mkvdisk', result('CMMVC6372W licence', 1))).toBeUndefined();
    expect(readRefusal('mkvdisk', result('CMMVC6999W other', 1))).toMatchObject({
      outcome: 'unknown',
    });
  });

  it('a refused login is found where the header should be', () => {
    expect(readRefusal('lssystem', result('', 0, 'CMMVC7017E Login has failed'))?.code).toBe(
      'AUTH_REFUSED',
    );
  });

  it('a failure without a code has an unknown effect, whether it exited or was killed', () => {
    expect(readRefusal('cmd', result('segfault', 139))).toMatchObject({
      outcome: 'unknown',
      retry: 'after-check',
    });
    expect(readRefusal('cmd', result('', undefined))).toMatchObject({ outcome: 'unknown' });
  });

  it('exit status 11 means busy', () =>
    expect(readRefusal('ls', result('', 11))).toMatchObject({ retry: 'safe' }));

  it('whatever fails with an unknown code is never called safe', () => {
    const known = new Set(KNOWN_REFUSALS.keys());
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), (number) => {
        const cmmvc = `CMMVC${String(number).padStart(4, '0')}E`;
        const refused = readRefusal('cmd', result(cmmvc));
        return (
          known.has(cmmvc) || (refused?.outcome === 'unknown' && refused.retry === 'after-check')
        );
      }),
    );
  });
});

describe('refusals over REST', () => {
  const answer = (status: number, body: string) =>
    readRestRefusal('mkfcmap', { status, body, durationMs: 1 });

  it('are found in plain text and in JSON', () => {
    const text = 'HTTP 500: something: CMMVC5754E 指定されたオブジェクトは存在しません。';
    const json = '{"code":"CMMVC5754E","description":"nope"}';
    for (const body of [text, json])
      expect(answer(500, body)).toMatchObject({
        code: 'OBJECT_MISSING',
        details: { cmmvc: 'CMMVC5754E' },
      });
  });

  it('have an unknown effect without a code, and a known one where the door itself refused', () => {
    expect(answer(500, 'oops')).toMatchObject({
      code: 'ARRAY_REFUSED',
      outcome: 'unknown',
      retry: 'after-check',
    });
    expect(answer(502, '<html>')).toMatchObject({ code: 'CHANNEL_LOST', outcome: 'unknown' });
    expect(answer(404, '')).toMatchObject({ code: 'COMMAND_UNSUPPORTED', outcome: 'not-done' });
    expect(answer(400, '')).toMatchObject({ code: 'COMMAND_REJECTED', outcome: 'not-done' });
  });

  it('a warning is success, and so is every 200', () => {
    expect(answer(500, 'CMMVC6372W licence')).toBeUndefined();
    expect(answer(200, 'CMMVC5754E in a name')).toBeUndefined();
  });
});

describe('the table of refusals', () => {
  it('is what docs/array-errors.md says', () => {
    expect(readFileSync(new URL('../../../docs/array-errors.md', import.meta.url), 'utf8')).toBe(
      arrayErrorReference(),
    );
  });

  it('gives every code a meaning and a source', () => {
    for (const { meaning, source } of KNOWN_REFUSALS.values())
      expect([meaning, source]).not.toContain('');
  });
});
