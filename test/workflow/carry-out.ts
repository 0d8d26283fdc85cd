// Runs one copy on a fresh pair of workers to its end, whatever that is, and asks the world afterwards.
import { expect } from 'vitest';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { ErrorData } from '../../src/domain/errors.js';
import type { Report } from '../../src/domain/report.js';
import { bundle, startCopy, withWorkers, type CopyHandle } from './temporal.js';
import type { World } from './world.js';

export interface Crew {
  readonly env: TestWorkflowEnvironment;
  readonly workflowBundle: WorkflowBundleWithSourceMap;
}

export async function hire(server: () => Promise<TestWorkflowEnvironment>): Promise<Crew> {
  const [env, workflowBundle] = await Promise.all([server(), bundle()]);
  return { env, workflowBundle };
}

export interface End {
  readonly report: Report;
  readonly error: ErrorData | undefined;
  readonly status: string;
  readonly events: number;
}

let count = 0;

export function carryOut(
  crew: Crew,
  world: World,
  during?: (handle: CopyHandle) => Promise<void>,
): Promise<End> {
  const stage = { ...crew, taskQueue: `copy-${(count += 1)}` };
  return withWorkers(stage, world.activities(), async () => {
    const handle = await startCopy(stage);
    world.onCancel = () => handle.cancel();
    world.phase = async () => (await handle.query<Report>('report')).phase;
    const ended = handle.result().then(
      () => undefined,
      (error: unknown) => error,
    );
    const [caught] = await Promise.all([ended, during?.(handle)]);
    const cause = (caught as { cause?: unknown } | undefined)?.cause;
    const error =
      cause instanceof ApplicationFailure ? (cause.details?.[0] as ErrorData) : undefined;
    const report = await handle.query<Report>('report');
    const { status, historyLength } = await handle.describe();
    return { report, error, status: status.name, events: historyLength };
  });
}

export function expectAllGivenBack(world: World): void {
  expect([...world.still], 'sources without I/O').toEqual([]);
  expect(world.preparedGroups, 'groups still prepared').toEqual([]);
  expect([...world.locks], 'locks left').toEqual([]);
  expect([...world.hostLocks], 'target hosts still locked').toEqual([]);
}

export async function until(seen: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await seen()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('never seen');
}
