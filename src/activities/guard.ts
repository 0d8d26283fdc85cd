// What the guard asks for: the end of the run it guards.
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { cancellationSignal, whileBeating } from './heartbeat.js';

type GuardActivities = Pick<FlashCopyActivities, 'flashCopyAwaitClose'>;

export const guardActivities = ({
  clock,
  closeWatcher,
}: ActivityDependencies): GuardActivities => ({
  flashCopyAwaitClose: (run) =>
    whileBeating(clock, () => closeWatcher.awaitClose(run, cancellationSignal())),
});
