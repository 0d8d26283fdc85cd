// Activities of your own, beside the library's: whatever your site does around a copy. These only say what they would do.
import { log } from '@temporalio/activity';

export async function pauseBatchJobs(queue: string): Promise<void> {
  log.info(`batch queue ${queue} paused`);
  return Promise.resolve();
}

/** Idempotent: it also runs as an undo, when the pause may or may not have happened. */
export async function resumeBatchJobs(queue: string): Promise<string | undefined> {
  log.info(`batch queue ${queue} resumed`);
  return Promise.resolve(undefined);
}

export async function startReports(mountPoints: readonly string[]): Promise<void> {
  log.info(`reports started on ${mountPoints.join(', ')}`);
  return Promise.resolve();
}
