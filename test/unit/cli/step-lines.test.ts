// Plain progress: one line for each change, none twice.
import { describe, expect, it } from 'vitest';
import { reportLines } from '../../../src/cli/report-text.js';
import { newLines } from '../../../src/cli/step-lines.js';
import type { StepReport } from '../../../src/domain/report.js';
import { report } from './a-report.js';

const texts = (...args: Parameters<typeof newLines>): string[] =>
  newLines(...args).map((l) => `${l.mark}: ${l.text.replaceAll(/ +/g, ' ')}`);
const running: StepReport = {
  name: 'prepare',
  subject: 'svc1',
  state: 'running',
  startedAt: '2026-11-24T02:00:00.000Z',
};
const done: StepReport = { ...running, state: 'done', endedAt: '2026-11-24T02:00:05.500Z' };

describe('lines between two reports', () => {
  it('a step is said when it begins and when it ends, and not again', () => {
    const begun = report({ steps: [running], pauses: [] });
    const ended = report({ steps: [done], pauses: [] });
    expect(texts(undefined, begun)).toEqual(['running: prepare svc1 the array flushes its cache']);
    expect(texts(begun, ended)).toEqual(['done: prepare svc1 5.5 s the array flushes its cache']);
    expect(texts(ended, ended)).toEqual([]);
  });

  it('a failed step says why', () => {
    const failed: StepReport = { ...done, state: 'failed', note: 'FLUSH_FAILED: twice' };
    expect(texts(report({ steps: [running] }), report({ steps: [failed] }))).toEqual([
      'failed: prepare svc1 5.5 s FLUSH_FAILED: twice',
    ]);
  });

  it('a step that failed for several reasons says the first, for all of them stand at the end', () => {
    const failed: StepReport = {
      ...done,
      name: 'plan',
      subject: '',
      state: 'failed',
      note: 'A: x\nB: y\nC: z',
    };
    expect(texts(report({ steps: [] }), report({ steps: [failed] }))).toEqual([
      'failed: plan 5.5 s A: x (and 2 more)',
    ]);
  });

  it('the pause is said before the source is said to be given back', () => {
    const giveBack: StepReport = { ...done, name: 'giveBack', subject: 'source1' };
    const marks = newLines(
      report({ steps: [], pauses: [] }),
      report({ steps: [done, giveBack] }),
    ).map((l) => l.mark);
    expect(marks).toEqual(['done', 'pause', 'done']);
  });

  it('the pause of each host is said in milliseconds, and a broken quiesce is called broken', () => {
    const before = report({ pauses: [] });
    const [pause] = report().pauses;
    if (pause === undefined) throw new Error('no pause');
    expect(texts(before, report())).toEqual([
      'pause: source1 was without I/O for 131 ms (quiesce), unbroken',
    ]);
    expect(texts(before, report({ pauses: [{ ...pause, broken: 'thawed by another' }] }))).toEqual([
      'pause: source1 did not stand still for certain (quiesce): thawed by another',
    ]);
  });

  it('an undo that failed is not called undone', () => {
    const now = report({ compensation: [{ what: 'unmap db1c', ok: false, note: 'CMMVC5842E' }] });
    expect(texts(report(), now)).toEqual(['not-undone: unmap db1c (CMMVC5842E)']);
  });

  it('a run that needs an operator says what to do, once', () => {
    const stuck = report({ phase: 'NEEDS_OPERATOR', advice: ['source1 has not got its I/O back'] });
    expect(texts(report(), stuck)).toEqual(['phase: source1 has not got its I/O back']);
    expect(texts(stuck, stuck)).toEqual([]);
  });
});

describe('the report at the end', () => {
  it('holds outcome, grade, pause, steps with times, volumes, mounts and what to do', () => {
    const text = reportLines(report({ advice: ['run it again'] })).join('\n');
    for (const part of [
      'erp: DONE, grade filesystem, verified',
      'source1 was without I/O for 131 ms (quiesce), unbroken',
      '5.5 s  prepare         svc1',
      'svc1: db1 -> db1c  40 %, needs its source',
      'backup1: /backup/data (copy of /data)',
      'what to do:\n  run it again',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('does not repeat what was shown live, but says how it ended and what to do', () => {
    const text = reportLines(report({ advice: ['run it again'] }), { live: true });
    expect(text.join('\n')).not.toContain('prepare');
    expect(text.slice(0, 2)).toEqual(['', 'erp: DONE, grade filesystem, verified']);
    expect(text.at(-1)).toBe('  run it again');
  });

  it('does not call a copy graded or verified that is not', () => {
    const { grade: _, ...ungraded } = report({ outcome: 'failed', verified: false });
    expect(reportLines(ungraded)[0]).toBe('erp: FAILED');
    expect(reportLines({ ...ungraded, outcome: 'needs-operator' })[0]).toBe('erp: NEEDS OPERATOR');
  });
});

it('what arrays said besides stands in the report', () => {
  const lines = reportLines(report({ warnings: ['start of g on svc1: CMMVC6450W close'] }));
  expect(lines.join('\n')).toMatch(/warnings[\s\S]*CMMVC6450W close/);
});
