// Words go where scripts expect them: with --json standard output is one document and nothing else.
import { describe, expect, it } from 'vitest';
import { CopyFailedError } from '../../../src/client/errors.js';
import { createOutput } from '../../../src/cli/output.js';
import { errorData, FlashCopyError, refusalError } from '../../../src/domain/errors.js';
import { report } from './a-report.js';

function recorded(json: boolean) {
  const said = { out: '', err: '' };
  const output = createOutput(json, {
    stdout: { write: (text) => (said.out += text) },
    stderr: { write: (text) => (said.err += text) },
  });
  return { output, said };
}

const refusal = refusalError([
  {
    code: 'TARGET_IN_USE',
    field: 'volumes[1].target',
    value: 'db_x',
    remedy: 'unmap it from host app2',
  },
  {
    code: 'SIZES_DIFFER',
    field: 'volumes[2].target',
    value: 'db_y',
    remedy: 'use a volume of 1 GiB',
  },
]);

describe('with --json', () => {
  it('standard output is exactly one document, whatever was noted before', () => {
    const { output, said } = recorded(true);
    output.note('started a Temporal dev server');
    output.answer(report(), ['erp: done']);
    expect(JSON.parse(said.out)).toEqual(report());
    expect(said.err).toBe('started a Temporal dev server\n');
  });

  it('an error is { error } with all its data', () => {
    const { output, said } = recorded(true);
    output.fail(refusal);
    expect(JSON.parse(said.out)).toMatchObject({
      error: { code: 'TARGET_IN_USE', family: 'plan', outcome: 'not-done' },
    });
  });

  it('a failed run is its report', () => {
    const { output, said } = recorded(true);
    const failed = report({ outcome: 'failed' });
    const data = new FlashCopyError({ family: 'array', code: 'PREPARE_FAILED', message: 'no' });
    output.fail(new CopyFailedError(data, { workflowId: 'flashcopy/erp', report: failed }));
    expect(JSON.parse(said.out)).toEqual(failed);
  });
});

describe('for people', () => {
  it('an error is on standard error, without a stack trace', () => {
    const { output, said } = recorded(false);
    output.fail(
      new FlashCopyError({
        family: 'request',
        code: 'INVALID_REQUEST',
        message: 'volumes: missing',
      }),
    );
    expect(said).toEqual({ out: '', err: 'INVALID_REQUEST: volumes: missing\n' });
  });

  it('a failed run is its report first, and last the one line on standard error', () => {
    const { output, said } = recorded(false);
    const data = errorData(
      new FlashCopyError({ family: 'array', code: 'START_FAILED', message: 'CMMVC5917E' }),
    );
    const failed = report({ outcome: 'failed', advice: ['every source has its I/O'] });
    output.fail(new CopyFailedError(data, { workflowId: 'flashcopy/erp', report: failed }));
    expect(said.out).toMatch(/^\nerp: FAILED.*\n[^]*every source has its I\/O\n$/);
    expect(said.err).toBe('START_FAILED: CMMVC5917E\n');
  });

  it('each refusal has a line of its own with field, value, code and remedy', () => {
    const { output, said } = recorded(false);
    output.fail(refusal);
    expect(said.err.trim().split('\n')).toEqual([
      'volumes[1].target = "db_x": TARGET_IN_USE; unmap it from host app2',
      'volumes[2].target = "db_y": SIZES_DIFFER; use a volume of 1 GiB',
    ]);
  });
});
