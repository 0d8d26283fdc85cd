// What the array refuses, and what may be done about it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { arrayErrorReference } from '../../../scripts/array-error-reference.js';
import {
  readRefusal,
  readRestRefusal,
  restWarningsOf,
  warningsOf,
} from '../../../src/array/svc/errors.js';
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
    ['CMMVC7017E', 'ARRAY_BUSY', 'not-done', 'safe'],
    ['CMMVC9406E', 'ARRAY_REFUSED', 'not-done', 'never'],
    ['CMMVC9604E', 'AUTH_REFUSED', 'not-done', 'never'],
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
    expect(readRefusal('mkvdisk', result('CMMVC6450W other', 1))).toBeUndefined();
    expect(readRefusal('mkvdisk', result('', 1, 'CMMVC6450W other\n'))).toBeUndefined();
    expect(readRefusal('mkvdisk', { ...result('CMMVC6450W'), exitCode: undefined })?.outcome).toBe(
      'unknown',
    );
  });

  it('a code counts where a message stands, never in what is listed', () => {
    const listed = 'id!name\n1!CMMVC5754E\n';
    expect(readRefusal('lsvdisk', result('', 0, listed))).toBeUndefined();
    expect(readRefusal('lsvdisk', result('', 1, listed))?.details['cmmvc']).toBeUndefined();
    expect(warningsOf(result('', 0, 'id!name\n1!CMMVC6450W\n'))).toEqual([]);
  });

  it('a warning is told verbatim', () => {
    const told = ['CMMVC6450W The overallocated capacity is close to the limit.'];
    expect(warningsOf(result(`${told[0] ?? ''}\n`))).toEqual(told);
    expect(restWarningsOf({ status: 500, body: told[0] ?? '', durationMs: 1 })).toEqual(told);
  });

  describe.each([0, 1])('with 10 sessions in use, on standard output with exit %i', (exit) => {
    const busy = (stdout: string) => readRefusal('lssystem', result('', exit, stdout));

    it('the array is busy: nobody was let in, and the same may be sent again', () => {
      for (const text of ['CMMVC7017E Login has failed', 'Authorised use only\nCMMVC7017E x\n'])
        expect(busy(text)).toMatchObject({
          ...{ code: 'ARRAY_BUSY', outcome: 'not-done', retry: 'safe' },
          details: { cmmvc: 'CMMVC7017E' },
        });
    });

    it('behind the answer of a command nothing is known of that command', () => {
      for (const text of ['id!0\nname!g\n', 'FlashCopy Mapping, id [0], created\n'])
        expect(busy(`${text}CMMVC7017E x\n`)).toMatchObject({ outcome: 'unknown' });
    });
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

  it('every unknown E code is a refusal, named verbatim and never repeated', () => {
    const known = new Set(KNOWN_REFUSALS.keys());
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), (number) => {
        const cmmvc = `CMMVC${String(number).padStart(4, '0')}E`;
        const refused = readRefusal('cmd', result(cmmvc));
        return (
          known.has(cmmvc) ||
          (refused?.outcome === 'not-done' &&
            refused.retry === 'never' &&
            refused.message.includes(cmmvc))
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

  it('a warning is success with any status', () => {
    expect(answer(500, 'CMMVC6372W licence')).toBeUndefined();
    expect(answer(500, 'CMMVC6450W other')).toBeUndefined();
  });

  it.each([
    ['a text', 'CMMVC5754E nope'],
    ['a JSON text', '"CMMVC5754E nope"'],
    ['an object that says so', '{"code":"CMMVC5754E","description":"nope"}'],
    ['a list of that', '[{"message":"CMMVC5754E nope"}]'],
  ])('are found in an answer 200 that is %s', (_, body) => {
    expect(answer(200, body)).toMatchObject({ code: 'OBJECT_MISSING', outcome: 'not-done' });
  });

  it('are not found in names', () => {
    expect(answer(200, '[{"id":"1","name":"CMMVC5754E"}]')).toBeUndefined();
    expect(answer(200, '{"id":"5","message":"Volume, id [5], CMMVC5754E"}')).toBeUndefined();
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
