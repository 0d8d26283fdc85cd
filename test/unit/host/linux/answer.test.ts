// Answers of the agent: read strictly, refusals by code, anything else never taken for success.
import { describe, expect, it } from 'vitest';
import { integer, readAnswer, values } from '../../../../src/host/linux/answer.js';

const result = (stdout: string, exitCode = 0, stderr = '') => ({
  stdout,
  stderr,
  exitCode,
  durationMs: 1,
});

describe('an answer of the agent', () => {
  it('that was cut off before its end is not taken for a short answer', () => {
    expect(() => readAnswer('h', result('disk\tA\n'))).toThrow(
      expect.objectContaining({ code: 'UNREADABLE_OUTPUT' }),
    );
  });

  it('that is empty is not taken for "nothing found"', () => {
    expect(() => readAnswer('h', result(''))).toThrow(
      expect.objectContaining({ code: 'UNREADABLE_OUTPUT' }),
    );
  });

  it('names the other run when the host is held', () => {
    const text = 'error\tHELD_BY_OTHER\trun other-abc holds /data\tother-abc\n';
    expect(() => readAnswer('h', result(text, 3))).toThrow(
      expect.objectContaining({
        code: 'HELD_BY_OTHER',
        retry: 'never',
        outcome: 'not-done',
        message: 'h: run other-abc holds /data [other-abc]',
      }),
    );
  });

  it('killed by a signal leaves the effect unknown', () => {
    expect(() => readAnswer('h', { ...result(''), exitCode: undefined })).toThrow(
      expect.objectContaining({ code: 'AGENT_FAILED', outcome: 'unknown', retry: 'after-check' }),
    );
  });

  it('of sudo asking for a password is a lack of privilege', () => {
    expect(() => readAnswer('h', result('', 1, 'sudo: a password is required'))).toThrow(
      expect.objectContaining({ code: 'NOT_PRIVILEGED', outcome: 'not-done' }),
    );
  });

  it('keeps empty fields', () => {
    expect(readAnswer('h', result('pause\tquiesce\t1\t2\t3\t\nend\n'))).toEqual([
      ['pause', 'quiesce', '1', '2', '3', ''],
    ]);
  });

  it('says that a job still runs', () => {
    expect(readAnswer('h', result('running\n'))).toEqual([['running']]);
  });

  it('refuses rows of another length and numbers that are none', () => {
    expect(() => values('h', ['disk', 'A'], 3)).toThrow(
      expect.objectContaining({ code: 'UNREADABLE_OUTPUT' }),
    );
    expect(() => integer('h', '12 MiB')).toThrow(
      expect.objectContaining({ code: 'UNREADABLE_OUTPUT' }),
    );
    expect(() => integer('h', '')).toThrow(expect.objectContaining({ code: 'UNREADABLE_OUTPUT' }));
  });
});
