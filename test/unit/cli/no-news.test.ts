// Nothing seen is not "nothing wrong": what a look did not reach never ends a command with 0.
import { describe, expect, it } from 'vitest';
import { exitCodeOfFindings } from '../../../src/cli/commands/doctor.js';
import { exitCodeOfRound, janitorLines } from '../../../src/cli/commands/janitor.js';
import type { Finding, FindingKind, JanitorReport } from '../../../src/domain/janitor.js';

const found = (kind: FindingKind, needsPerson = false): Finding => ({
  ...{ key: kind, kind, where: 'db1', what: kind, todo: '', needsPerson },
});

const round = (changes: Partial<JanitorReport>): JanitorReport => ({
  ...{ at: '', arrays: ['svc1'], hosts: ['db1'], openCopies: 0 },
  ...{ repaired: [], reported: [], told: [] },
  ...changes,
});

describe('a round of the janitor', () => {
  it.each([
    ['sees all, and nothing is left', {}, 0],
    ['mended something', { repaired: [found('orphan-lock')] }, 0],
    ['could not look at a host', { reported: [found('not-looked-at')] }, 6],
    ['needs a person, and could not look', { reported: both() }, 5],
    ['has an inventory without machines', { arrays: [], hosts: [] }, 6],
  ] satisfies [string, Partial<JanitorReport>, number][])('that %s ends with %j', (...row) => {
    expect(exitCodeOfRound(round(row[1]))).toBe(row[2]);
  });

  it('that looked at nothing does not say that nothing was left behind', () => {
    expect(janitorLines(round({ arrays: [], hosts: [] })).join()).not.toContain('left behind');
  });
});

function both(): Finding[] {
  return [found('not-looked-at'), found('overdue-hold', true)];
}

describe('a doctor', () => {
  it('who examined nothing does not say that all is well', () => {
    expect(exitCodeOfFindings([])).toBe(6);
    expect(exitCodeOfFindings([{ ok: true }])).toBe(0);
    expect(exitCodeOfFindings([{ ok: true }, { ok: false }])).toBe(4);
  });
});
