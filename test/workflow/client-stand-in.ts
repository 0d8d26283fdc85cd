// A workflow with the name, messages and failures of `flashCopy`; what it does follows from the name of the set.
import {
  ApplicationFailure,
  CancelledFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ErrorData } from '../../src/domain/errors.js';
import type { Report } from '../../src/domain/report.js';
import type { FlashCopyInput } from '../../src/workflows/messages.js';

const { look } = proxyActivities<{ look(): Promise<void> }>({
  startToCloseTimeout: '5s',
  retry: { initialInterval: '1s', maximumAttempts: 2 },
});

const failure = (code: string, family: ErrorData['family']): ErrorData => ({
  ...{
    family,
    code,
    message: `${code}: planted`,
    outcome: 'not-done',
    retry: 'never',
    details: {},
  },
});

export async function flashCopy(input: FlashCopyInput): Promise<Report> {
  const { name } = input.request as { name: string };
  const { workflowId, runId } = workflowInfo();
  let report: Report = {
    ...{ set: name, workflowId, runId, phase: 'COPYING', outcome: 'running', verified: false },
    ...{ planLines: [], pauses: [], steps: [], mounts: [], compensation: [] },
    volumes: [
      {
        array: 'svc1',
        source: 'db1',
        target: 'db1c',
        mapping: 'fc_db1c',
        progressPercent: 0,
        independent: false,
      },
    ],
    advice: [`searchAttributes ${String(input.searchAttributes)}`],
  };
  let aborted = false;
  setHandler(defineQuery<Report>('report'), () => report);
  setHandler(defineUpdate('abort'), () => void (aborted = true));
  setHandler(defineUpdate<readonly string[]>('retryGiveBack'), () => ['source1']);

  const end = (outcome: Report['outcome'], error: ErrorData): Error => {
    report = { ...report, outcome, error, phase: outcome === 'cancelled' ? 'CANCELLED' : 'FAILED' };
    if (outcome === 'cancelled') return new CancelledFailure(error.message, [error, report]);
    return ApplicationFailure.create({
      type: error.code,
      message: error.message,
      details: [error, report],
      nonRetryable: true,
    });
  };
  if (name === 'fails') throw end('failed', failure('FLUSH_FAILED', 'array'));
  if (name === 'refused') throw end('refused', failure('TARGET_IN_USE', 'plan'));
  if (name === 'progress') await look().catch(() => undefined);
  if (name.endsWith('-waits')) {
    try {
      await condition(() => aborted);
    } catch (error) {
      if (isCancellation(error)) throw end('cancelled', failure('CANCELLED', 'state'));
      throw error;
    }
    throw end('failed', failure('ABORTED', 'state'));
  }
  if (name === 'says-nothing') return undefined as unknown as Report;
  if (name === 'says-running') return report;
  if (name === 'says-failed') return { ...report, outcome: 'failed' };
  if (name === 'again' && workflowInfo().continuedFromExecutionRunId === undefined)
    await continueAsNew<typeof flashCopy>(input);
  report = { ...report, phase: 'DONE', outcome: 'done' };
  return report;
}
