// What the guard asks for: whether the run it guards has ended.
// Promise kept here: while it has not, the look fails as benign and comes again in a minute, so
// that a copy which only waits holds neither a slot nor a connection, and writes no history.
import { FlashCopyError } from '../domain/errors.js';
import { isEnded } from '../domain/run-status.js';
import { WAITS } from '../domain/timing.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';

type GuardActivities = Pick<FlashCopyActivities, 'flashCopyAwaitClose'>;

export const guardActivities = ({ runs }: ActivityDependencies): GuardActivities => ({
  flashCopyAwaitClose: async ({ workflowId, firstRunId }) => {
    const { status } = await runs.status(workflowId, firstRunId);
    if (isEnded(status)) return { status };
    throw new FlashCopyError({
      family: 'state',
      code: 'COPY_OPEN',
      message: `${workflowId} goes on`,
      retry: 'safe',
      details: { workflowId, nextLookMs: WAITS.guardLook },
    });
  },
});
