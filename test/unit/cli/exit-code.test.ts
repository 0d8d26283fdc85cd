// The exit codes of the command line are public: one row for each way a run may end.
import { describe, expect, it } from 'vitest';
import { CopyFailedError } from '../../../src/client/errors.js';
import { EXIT, EXIT_CODES_LINE, exitCodeOf, exitCodeOfError } from '../../../src/cli/exit-code.js';
import {
  FlashCopyError,
  refusalError,
  type ErrorFamily,
  type ErrorOutcome,
} from '../../../src/domain/errors.js';
import type { Outcome, Report } from '../../../src/domain/report.js';
import { report } from './a-report.js';

const failedWith = (family: ErrorFamily, outcome: ErrorOutcome = 'not-done'): FlashCopyError =>
  new FlashCopyError({ family, code: 'X', message: 'x', outcome });
const notUndone = { compensation: [{ what: 'give back source1', ok: false }] };

describe('exit code of a report', () => {
  const rows: [Outcome, Partial<Report>, number][] = [
    ['done', {}, 0],
    ['refused', { error: failedWith('plan') }, 3],
    ['refused', { error: failedWith('lock') }, 3],
    ['refused', { error: failedWith('request') }, 2],
    ['failed', {}, 4],
    ['failed', { compensation: [{ what: 'give back source1', ok: true }] }, 4],
    ['failed', notUndone, 5],
    ['needs-operator', {}, 5],
    ['cancelled', {}, 130],
    ['cancelled', notUndone, 5],
    ['done', notUndone, 5],
    ['running', {}, 6],
  ];
  it.each(rows)('%s with %j is %i', (outcome, rest, code) => {
    expect(exitCodeOf(report({ outcome, ...rest }))).toBe(code);
  });
});

describe('exit code of an error', () => {
  it('is 2 for what the user wrote', () => {
    expect(exitCodeOfError(failedWith('request'))).toBe(2);
  });

  it('is 3 for a refusal of the plan', () => {
    const refusal = {
      code: 'SIZES_DIFFER',
      field: 'volumes[0].target',
      value: 'x',
      remedy: 'use one of 1 GiB',
    };
    expect(exitCodeOfError(refusalError([refusal]))).toBe(3);
  });

  it('is 4 when nothing was done and 6 when this command cannot tell', () => {
    expect(exitCodeOfError(failedWith('transport'))).toBe(4);
    expect(exitCodeOfError(failedWith('transport', 'unknown'))).toBe(6);
    expect(exitCodeOfError(new Error('a bug'))).toBe(6);
  });

  it.each(['TEMPORAL_UNREACHABLE', 'TEMPORAL_REFUSED', 'UNKNOWN_NAMESPACE', 'NO_WORKER'])(
    'is 6 for %s, whatever its effect',
    (code) => {
      for (const outcome of ['not-done', 'unknown'] as const)
        expect(
          exitCodeOfError(new FlashCopyError({ family: 'transport', code, message: '', outcome })),
        ).toBe(6);
    },
  );

  it('is 3 for a run that has ended and takes nothing any more', () => {
    expect(
      exitCodeOfError(new FlashCopyError({ family: 'state', code: 'RUN_ENDED', message: '' })),
    ).toBe(3);
  });

  it('is that of the report a failed run carries', () => {
    const data = failedWith('array');
    const failed = new CopyFailedError(data, {
      workflowId: 'flashcopy/a',
      report: report({ outcome: 'failed' }),
    });
    expect(exitCodeOfError(failed)).toBe(4);
  });

  it('is 5 for a run that was terminated: nobody says that everything was given back', () => {
    const data = { ...failedWith('copy', 'unknown'), code: 'TERMINATED' };
    expect(exitCodeOfError(new CopyFailedError(data, { workflowId: 'flashcopy/a' }))).toBe(5);
  });

  it('is 2 for a run that refused its request before it had a report', () => {
    const refused = new CopyFailedError(failedWith('request'), { workflowId: 'flashcopy/a' });
    expect(exitCodeOfError(refused)).toBe(2);
    expect(refused.runOutcome).toBe('refused');
  });

  it('each stands in --help', () => {
    for (const code of Object.values(EXIT)) expect(EXIT_CODES_LINE).toContain(` ${code} `);
  });
});
