// The janitor on Temporal: nothing is concluded from what visibility does not list, and nobody is called for what somebody else called for.
import { describe, expect, it } from 'vitest';
import type { RunReader } from '../../../src/activities/index.js';
import type { Report } from '../../../src/domain/report.js';
import { FLASH_COPY, guardWorkflowId } from '../../../src/workflows/messages.js';
import { report } from '../cli/a-report.js';
import { NO_RUNS, san } from './san.js';

const GUARD_ID = guardWorkflowId('flashcopy/erp', 'first-run');
const MINUTE_MS = 60_000;

async function review(over: Partial<RunReader>) {
  const made = await san(() => ({ runs: { ...NO_RUNS, ...over } }));
  return made.run('flashCopyReviewRuns', undefined);
}
const listed =
  (copies: readonly string[], guards: readonly string[] = []): RunReader['open'] =>
  (type) =>
    Promise.resolve(
      (type === FLASH_COPY ? copies : guards).map((workflowId) => ({
        workflowId,
        firstRunId: 'r',
      })),
    );

const stuck: Report = {
  ...report({
    outcome: 'needs-operator',
    phase: 'NEEDS_OPERATOR',
    advice: ['db1 may lack its I/O: gone'],
  }),
  workflowId: 'flashcopy/erp-1',
  operator: [
    { host: 'db1', since: '', why: 'gone', told: [] },
    { host: 'db2', since: '', why: 'gone', told: [], givenBackAt: '2026-11-25T01:00:00Z' },
  ],
};

describe('a review of runs', () => {
  it('lists a copy that needs an operator without a call, for the run has called, and names its host for the others', async () => {
    const answer = await review({
      open: listed(['flashcopy/erp-1', 'flashcopy/other']),
      report: () => Promise.resolve(stuck),
    });
    expect(answer).toMatchObject({ openCopies: 2, calledHosts: ['db1'] });
    expect(answer.reported[0]).toMatchObject({
      kind: 'stuck-run',
      needsPerson: false,
      where: 'flashcopy/erp-1',
    });
  });

  it('bears copies that no worker answers for, and says that nobody knows how they stand', async () => {
    const answer = await review({
      open: listed(['flashcopy/erp-1']),
      report: () => Promise.resolve(undefined),
    });
    expect(answer).toMatchObject({ openCopies: 1, calledHosts: [] });
    expect(answer.reported).toMatchObject([
      { kind: 'not-looked-at', where: 'flashcopy/erp-1', needsPerson: false },
    ]);
  });

  it.each([
    ['whose copy runs although it is not listed', { status: 'RUNNING', closedAt: 0 }, false],
    ['whose copy is paused', { status: 'PAUSED', closedAt: 20 * MINUTE_MS }, false],
    ['whose copy is in a state of a later server', { status: 'UNKNOWN', closedAt: 0 }, false],
    ['that has just begun to act', { status: 'TERMINATED', closedAt: 5 * MINUTE_MS }, false],
    [
      'that has acted for a quarter of an hour',
      { status: 'TERMINATED', closedAt: 15 * MINUTE_MS },
      true,
    ],
  ])('a guard %s', async (_, { status, closedAt }, called) => {
    const made = await san(() => ({
      runs: {
        ...NO_RUNS,
        open: listed([], [GUARD_ID]),
        status: (id, firstRunId) => {
          expect([id, firstRunId]).toEqual(['flashcopy/erp', 'first-run']);
          return Promise.resolve({
            status,
            ...(closedAt === 0 ? {} : { closedAt: made.clock.now() - closedAt }),
          });
        },
      },
    }));
    const { reported } = await made.run('flashCopyReviewRuns', undefined);
    expect(reported.map(({ kind, needsPerson }) => [kind, needsPerson])).toEqual(
      called ? [['stuck-guard', true]] : [],
    );
  });

  it('raises no alarm for a schedule that left copies out for another reason than a run that needs an operator', async () => {
    const schedules: RunReader['schedules'] = () =>
      Promise.resolve([
        { id: 'slow', skipped: 3, running: ['flashcopy/slow-1'] },
        { id: 'stuck', skipped: 2, running: ['flashcopy/erp-1'] },
        { id: 'stuck-but-in-time', skipped: 0, running: ['flashcopy/erp-1'] },
      ]);
    const { reported } = await review({
      ...{ open: listed(['flashcopy/erp-1', 'flashcopy/slow-1']), schedules },
      report: (id) => Promise.resolve(id === 'flashcopy/erp-1' ? stuck : report({})),
    });
    const alarms = reported.filter(({ kind }) => kind === 'schedule-skipped');
    expect(alarms).toMatchObject([
      { key: 'schedule/stuck/flashcopy/erp-1/2', needsPerson: true, where: 'stuck' },
    ]);
  });
});
