// A worker in this command where those that were seen on the queue are gone: Temporal remembers a worker for a minute after its last word.
// Promise: a run that nobody takes does not wait in silence.
import type { CopyHandle, FlashCopyClient } from '../client/index.js';
import { systemClock } from '../clock/system-clock.js';
import type { OwnWorker } from './own-worker.js';

/** A worker that is there takes a new run within milliseconds. */
const TAKEN_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 500;
/** Started, first task scheduled, first task taken. */
const TAKEN_EVENTS = 3;

/** Answers the worker that `start` makes, once nobody took the run in time; undefined when somebody did. */
export async function standInFor(
  copy: CopyHandle,
  client: FlashCopyClient,
  start: () => Promise<OwnWorker>,
): Promise<OwnWorker | undefined> {
  const handle = client.client.workflow.getHandle(copy.workflowId, copy.runId);
  const until = systemClock.now() + TAKEN_WITHIN_MS;
  while ((await handle.describe()).historyLength < TAKEN_EVENTS) {
    if (systemClock.now() > until) return start();
    await systemClock.sleep(LOOK_EVERY_MS);
  }
  return undefined;
}
