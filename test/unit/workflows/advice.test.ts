// What people are told to do: the pages and the program say the same, and nobody is sent to a target that holds no copy.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ErrorData } from '../../../src/domain/errors.js';
import { remedies, remedyOf } from '../../../src/domain/remedies.js';
import type { StepReport } from '../../../src/domain/report.js';
import { advice } from '../../../src/workflows/advice.js';
import { detailsOf } from '../../../src/workflows/details.js';
import { report } from '../cli/a-report.js';

const NOBODY = new Map<string, string>();
const error: ErrorData = {
  ...{ family: 'host', code: 'QUIESCE_OVERDUE', message: 'db1: not still after 30000 ms' },
  ...{ outcome: 'unknown', retry: 'after-check', details: {} },
};
const prepare: StepReport = {
  name: 'prepare',
  subject: 'svc1',
  state: 'done',
  startedAt: '2026-11-24T02:00:00Z',
};

function failed(changes: Partial<ReturnType<typeof report>> = {}) {
  const {
    grade: _,
    takenAt: _none,
    ...rest
  } = report({ outcome: 'failed', phase: 'FAILED', verified: false, error });
  return { ...rest, ...changes };
}

describe('advice', () => {
  it('after a failure says that every source has its I/O, what the targets hold, and the remedy of the code', () => {
    const [state, todo] = advice(failed({ steps: [prepare] }), NOBODY);
    expect(state).toBe(
      'every source has its I/O; there is no copy, and what the targets held before is void',
    );
    expect(todo).toBe(remedyOf('QUIESCE_OVERDUE'));
    const known = failed({ steps: [], error: { ...error, outcome: 'not-done' } });
    expect(advice(known, NOBODY)[0]).toContain('no data was touched');
    expect(advice(failed({ takenAt: '2026-11-24T02:00:07Z' }), NOBODY)[0]).toContain(
      'do not use the targets',
    );
  });

  it.each([
    ['ensure', 'what ensure did is not known'],
    ['makePreparable', 'a former one that still ran may be stopped'],
  ] as const)('never says that no data was touched when nobody knows it: %s', (name, said) => {
    const [state] = advice(failed({ steps: [{ ...prepare, name, state: 'failed' }] }), NOBODY);
    expect(state).toContain(said);
    expect(state).not.toContain('no data was touched');
  });

  it('never says that every source has its I/O while one lacks it', () => {
    const lines = advice(
      report({ outcome: 'running' }),
      new Map([['db1', 'no answer; by hand there: fsfreeze -u /data']]),
    );
    expect(lines.join('\n')).not.toContain('every source has its I/O');
    expect(lines[0]).toBe('db1 may lack its I/O: no answer; by hand there: fsfreeze -u /data');
    expect(lines[1]).toContain('flashcopy give-back flashcopy/erp');
  });

  it('names what was not undone before anything else', () => {
    const compensation = [{ what: 'give back db1', ok: false, note: 'UNREACHABLE' }];
    expect(advice(failed({ compensation }), NOBODY)).toEqual([
      'not undone: give back db1 (UNREACHABLE); the guard goes on trying',
    ]);
  });
});

describe('current details', () => {
  it('say how it stands, about what, why, and what to do, in this order and before all else', () => {
    const lines = advice(failed({ steps: [prepare] }), NOBODY);
    const text = detailsOf(
      failed({ steps: [prepare], advice: lines }),
      'erp: 1 volume on svc1, from db1 (quiesce)',
    );
    const order = [
      '**FAILED**',
      'erp: 1 volume',
      '`QUIESCE_OVERDUE` db1',
      '> every source',
      'Without I/O',
      'Volumes',
    ];
    const found = order.map((part) => text.indexOf(part));
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found[0]).toBe(0);
  });

  it('hold no number of the background copy while it runs: it would stand still', () => {
    const copying: StepReport = { ...prepare, name: 'backgroundCopy', state: 'running' };
    expect(detailsOf(report({ steps: [copying] }), '')).not.toContain('40 %');
    expect(detailsOf(report(), '')).toContain('40 % when last read');
  });

  it('of 512 mappings stay far below the 20,000 bytes the UI keeps', () => {
    const [volume] = report().volumes;
    const volumes = Array.from({ length: 512 }, (_, n) => ({
      ...volume!,
      target: `a_long_name_of_a_volume_${n}`,
    }));
    expect(detailsOf(report({ volumes }), '').length).toBeLessThan(5_000);
  });
});

describe('docs/failures.md', () => {
  it('gives the same remedy for each code as the program', () => {
    const page = readFileSync('docs/failures.md', 'utf8');
    const rows = [...page.matchAll(/^\| (`[A-Z_`, ]+`) \| .* \| (.*) \|$/gm)];
    const said = rows.flatMap(([, codes = '', todo = '']) =>
      [...codes.matchAll(/[A-Z_]+/g)].map(([code]) => [code, todo] as const),
    );
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(remedies()));
  });
});
