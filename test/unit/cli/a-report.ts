// A report to change in tests: a copy in order, done.
import type { Report } from '../../../src/domain/report.js';

export const report = (changes: Partial<Report> = {}): Report => ({
  set: 'erp',
  workflowId: 'flashcopy/erp',
  runId: 'run-1',
  phase: 'DONE',
  outcome: 'done',
  grade: 'filesystem',
  verified: true,
  takenAt: '2026-11-24T02:00:07.000Z',
  planHash: 'abc',
  planLines: [],
  pauses: [
    {
      host: 'source1',
      method: 'quiesce',
      beganAt: 0,
      quiescedAt: 20,
      givenBackAt: 131,
      pauseMs: 131,
      broken: '',
    },
  ],
  steps: [
    {
      name: 'prepare',
      subject: 'svc1',
      state: 'done',
      startedAt: '2026-11-24T02:00:00.000Z',
      endedAt: '2026-11-24T02:00:05.500Z',
    },
  ],
  volumes: [
    {
      array: 'svc1',
      source: 'db1',
      target: 'db1c',
      mapping: 'fc_db1c',
      progressPercent: 40,
      independent: false,
    },
  ],
  mounts: [
    { host: 'backup1', from: '/data', at: '/backup/data', device: '/dev/vg_copy/lv', uuid: 'u-1' },
  ],
  compensation: [],
  advice: [],
  ...changes,
});
