// Harm done on purpose, and the moments for it. Each harm is what a machine, a network or a hasty person does; none of them tells the library.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { source1 } from '../../../lab/demo/session.js';
import { until } from '../../../lab/until.js';
import type { CopyHandle } from '../../../src/client/index.js';
import { listed } from '../../lab/copies.js';
import type { Ground } from './ground.js';

/** Holder of the run, and its twin with it: no trap of theirs runs. */
export const killHolder = (both = false) =>
  source1.sh(
    `for run in /run/flashcopy/runs/*; do
       [ -e $run/ended ] || kill -9 $(cat $run/holder.pid ${both ? '$run/watch.pid' : ''})
     done`,
  );

const bootId = () => source1.sh('cat /proc/sys/kernel/random/boot_id');

/** The power is gone at once: nothing is written, nothing unmounted. Comes back when the guest has booted and lets people in. */
export async function cutPower(): Promise<void> {
  const before = await bootId();
  await source1.sh(
    'echo 1 >/proc/sys/kernel/sysrq; (sleep 0.3; echo b >/proc/sysrq-trigger) >/dev/null 2>&1 &',
  );
  await sleepFor(1_000);
  await source1.forget();
  await until('source1 to boot', { within: 300_000, every: 1_000 }, async () => {
    const now = await bootId().catch(() => before);
    return now !== before || undefined;
  });
}

/** As in the UI: of the run alone, or of its guard too. */
export async function terminate(
  { client }: Ground,
  copy: CopyHandle,
  guardToo = false,
): Promise<void> {
  const { workflow } = client.client;
  const handle = workflow.getHandle(copy.workflowId);
  const { runId } = await handle.describe();
  if (guardToo)
    await workflow.getHandle(`${copy.workflowId}/guard/${runId}`).terminate('set on fire');
  await handle.terminate('set on fire');
}

/** As in the UI: back to the last decision of the run, or to its first. */
export async function reset(
  { client }: Ground,
  copy: CopyHandle,
  to: 'first' | 'last',
): Promise<void> {
  const { workflow, workflowService, options } = client.client;
  const handle = workflow.getHandle(copy.workflowId);
  const { runId } = await handle.describe();
  const events = (await handle.fetchHistory()).events ?? [];
  const decided = events.filter(({ workflowTaskCompletedEventAttributes: task }) => task != null);
  const event = to === 'first' ? decided[0] : decided.at(-1);
  if (event?.eventId == null) throw new Error('the run has not decided anything yet');
  await workflowService.resetWorkflowExecution({
    ...{ namespace: options.namespace, workflowExecution: { workflowId: copy.workflowId, runId } },
    ...{ workflowTaskFinishEventId: event.eventId, reason: 'set on fire', requestId: randomUUID() },
  });
}

/** Comes back when the run itself waits for the background copy: the pause is over, and the run knows. */
export const inTheCopy = (_: Ground, copy: CopyHandle) =>
  until('the background copy', { within: 120_000, every: 300 }, async () => {
    const { steps } = await copy.report();
    return (
      steps.some(({ name, state }) => name === 'backgroundCopy' && state === 'running') || undefined
    );
  });

/** Comes back when the array shows the group in this state. */
export const groupIs = (state: string) =>
  until(
    `a group that is ${state}`,
    { within: 120_000, every: 300 },
    async () => (await listed('lsfcconsistgrp'))[0].some((row) => row[2] === state) || undefined,
  );
