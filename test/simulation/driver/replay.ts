// An evicted run is replayed from its log, and a run that was reset from the log of its former life: the commands that come out are compared.
// The same run must answer the same bytes; another run of the same history the same commands, as core compares them. Else no server goes on with it.
import { timestamp } from './protocol.js';
import type { LoggedActivation, Run } from './run.js';
import type { Activated, Command, Failure, VmRun } from './sdk-vm.js';

export class WorkflowTaskFailed extends Error {
  constructor(run: Run, failure: Failure) {
    super(
      `workflow task of ${run.spec.type} ${run.id} failed: ${failure.message}\n${failure.stackTrace ?? ''}`,
    );
    this.name = 'WorkflowTaskFailed';
  }
}

export class NotDeterministic extends Error {
  constructor(run: Run, task: number, how: string) {
    super(
      `[TMPRL1100] replay of ${run.spec.type} ${run.id} differs in task ${task + 1}, the run hangs: ${how}`,
    );
    this.name = 'NotDeterministic';
  }
}

export async function replay(run: Run, vm: VmRun): Promise<void> {
  for (const [at, entry] of run.log.entries())
    for (const activation of entry.activations) {
      const answer = await vm.activate(activationOf(run, activation, true));
      if (answer.failed !== undefined) throw new WorkflowTaskFailed(run, answer.failed);
      const how = difference(activation, answer, run.runId);
      if (how !== '') throw new NotDeterministic(run, at, how);
    }
}

export function activationOf(
  run: Run,
  one: Pick<LoggedActivation, 'jobs' | 'at' | 'historyLength' | 'continueAsNewSuggested'>,
  isReplaying: boolean,
): object {
  const { jobs, at, historyLength, continueAsNewSuggested } = one;
  return {
    ...{ runId: run.runId, timestamp: timestamp(at), isReplaying, historyLength },
    ...{ lastSdkVersion: '1.24.0', continueAsNewSuggested },
    availableInternalFlags: [...run.flags],
    jobs: jobs.map((job) =>
      job.doUpdate == null ? job : { doUpdate: { ...job.doUpdate, runValidator: !isReplaying } },
    ),
  };
}

function difference(then: LoggedActivation, now: Activated, runId: string): string {
  if (then.bytes === undefined || then.bytes.equals(now.bytes)) return '';
  const [before, after] = [then, now].map(({ commands }) => commands.map(identity).join(', '));
  if (before !== after) return `${before} became ${after}`;
  return then.runId === runId ? `other arguments of ${before}` : '';
}

/** What a command carries beside its kind. */
const BESIDE: ReadonlySet<string> = new Set(['userMetadata', 'eventGroupMarkers']);

/** Kind, id and type: what core compares with the event of the history. */
function identity(command: Command): string {
  const kind = Object.keys(command).find(
    (name) => command[name as keyof Command] != null && !BESIDE.has(name),
  );
  const { scheduleActivity, startChildWorkflowExecution: child, updateResponse } = command;
  const { setPatchMarker, upsertWorkflowSearchAttributes: upsert } = command;
  const inner = command[kind as keyof Command] as { readonly seq?: number } | undefined;
  const which =
    scheduleActivity != null
      ? `${scheduleActivity.activityType} ${scheduleActivity.activityId}`
      : child != null
        ? `${child.workflowType} ${child.workflowId}`
        : updateResponse != null
          ? `${updateResponse.protocolInstanceId} ${answerOf(updateResponse)}`
          : setPatchMarker != null
            ? setPatchMarker.patchId
            : upsert != null
              ? Object.keys(upsert.searchAttributes?.indexedFields ?? {})
                  .sort()
                  .join('+')
              : (inner?.seq ?? '');
  return `${kind} ${which}`.trim();
}

const answerOf = (answer: NonNullable<Command['updateResponse']>): string =>
  ['accepted', 'rejected', 'completed'].find((name) => answer[name as 'accepted'] != null) ?? '';
