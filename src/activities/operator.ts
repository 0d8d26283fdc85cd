// What people and their words need: a look at a source whose give back does not succeed, a note in the ledger, a call.
// Promise kept here: looking changes nothing, and a call that was made is answered as made.
import { activityInfo } from '@temporalio/activity';
import type { FlashCopyActivities } from './contract.js';
import type { ActivityDependencies } from './dependencies.js';
import type { PlannedSource } from '../domain/plan.js';
import { whileBeating } from './heartbeat.js';
import type { SystemIds } from './system-ids.js';

type OperatorActivities = Pick<
  FlashCopyActivities,
  'flashCopyReadSource' | 'flashCopyRecordResolved' | 'flashCopyNotify'
>;

/** '' when the host itself says that this run keeps nothing from its users any more. A freeze of a hold that has ended cannot be read. */
async function lacksIo(
  { hosts }: ActivityDependencies,
  run: string,
  source: PlannedSource,
): Promise<string> {
  const host = hosts(source.host);
  const hold = (await host.source.holds()).find((each) => each.run === run);
  if (hold !== undefined)
    return `its hold of ${hold.mounts.map(({ mountPoint }) => mountPoint).join(', ')} has not ended`;
  const mountPoints = source.mounts.map(({ mountPoint }) => mountPoint);
  const seen = (await host.inspect({ uids: [], mountPoints, units: [], role: 'source' }))
    .mountPoints;
  const missing = source.mounts.filter(
    ({ mountPoint, device }) =>
      !seen.some((each) => each.path === mountPoint && each.device === device),
  );
  return missing.length === 0
    ? ''
    : `not mounted: ${missing.map(({ mountPoint, device }) => `${mountPoint} (${device})`).join(', ')}`;
}

export const operatorActivities = (
  deps: ActivityDependencies & { readonly systems: SystemIds },
): OperatorActivities => ({
  flashCopyReadSource: ({ run, source }) =>
    whileBeating(deps.clock, async () => ({ lacksIo: await lacksIo(deps, run, source) })),

  flashCopyRecordResolved: ({ array, system, resolved }) =>
    whileBeating(deps.clock, async () =>
      deps.ledger.resolved(system ?? (await deps.systems.of(array)), resolved),
    ),

  flashCopyNotify: ({ way, notice }) =>
    whileBeating(deps.clock, async () => {
      const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
      return { told: await deps.notifier.send(way, { ...notice, workflowId, runId }) };
    }),
});
