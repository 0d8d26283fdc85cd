// All activities of the library as one object, as a worker registers them.
import { forCurrentAttempts } from './attempt-over.js';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { withFailureBoundary } from './failure-boundary.js';
import { copiedActivities } from './group-copied.js';
import { ensureActivities } from './group-ensure.js';
import { prepareActivities } from './group-prepare.js';
import { removeActivities } from './group-remove.js';
import { stateActivities } from './group-states.js';
import { watchActivities } from './group-watch.js';
import { guardActivities } from './guard.js';
import { janitorArrayActivities } from './janitor-array.js';
import { janitorHostActivities } from './janitor-host.js';
import { janitorRunActivities } from './janitor-runs.js';
import { lockActivities } from './ledger-locks.js';
import { inTurns } from './ledger-turns.js';
import { withLocksRequired } from './locks-held.js';
import { operatorActivities } from './operator.js';
import { withPatience } from './patience.js';
import { planActivities } from './plan.js';
import { pointInTimeActivities } from './point-in-time.js';
import { requestActivities } from './request.js';
import { cloneActivities } from './snapshot-clones.js';
import { sourceActivities } from './sources.js';
import { SystemIds } from './system-ids.js';
import { targetUseActivities } from './target-use.js';
import { targetActivities } from './targets.js';

/** One call per worker: runs that wait for copies share the array listings of this object, and take turns at the ledgers. */
export function createActivities(given: ActivityDependencies): FlashCopyActivities {
  const current = forCurrentAttempts(given);
  const ledger = inTurns(current.ledger, current.clock);
  const deps = { ...current, ledger, systems: new SystemIds(current.arrays) };
  const activities: FlashCopyActivities = {
    ...requestActivities(deps),
    ...lockActivities(deps),
    ...planActivities(deps),
    ...ensureActivities(deps),
    ...prepareActivities(deps),
    ...removeActivities(deps),
    ...stateActivities(deps),
    ...watchActivities(deps),
    ...copiedActivities(deps),
    ...cloneActivities(deps),
    ...targetActivities(deps),
    ...targetUseActivities(deps),
    ...sourceActivities(deps),
    ...pointInTimeActivities(deps),
    ...guardActivities(deps),
    ...operatorActivities(deps),
    ...janitorArrayActivities(deps),
    ...janitorHostActivities(deps),
    ...janitorRunActivities(deps),
  };
  const patient = withPatience(withLocksRequired(activities, deps), deps);
  return withFailureBoundary(patient, () => deps.secrets?.() ?? []);
}
