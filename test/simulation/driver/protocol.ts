// What the server says to a workflow, in the shape in which core says it: jobs in their order, failures wrapped as core wraps them.
import { defaultFailureConverter, defaultPayloadConverter, toPayloads } from '@temporalio/common';
import type { Failure, Job, Payload } from './sdk-vm.js';

/** Numbers of the wire's enums. */
export const RETRY_STATE = {
  none: 0,
  nonRetryable: 2,
  timeout: 3,
  attempts: 4,
  noPolicy: 5,
  cancelRequested: 7,
} as const;
export const TIMEOUT = {
  startToClose: 1,
  scheduleToStart: 2,
  scheduleToClose: 3,
  heartbeat: 4,
} as const;
export const CANCELLATION = { tryCancel: 0, wait: 1, abandon: 2 } as const;
export const CLOSE_POLICY = { unset: 0, terminate: 1, abandon: 2, requestCancel: 3 } as const;

export const payloadsOf = (values: readonly unknown[]): Payload[] =>
  toPayloads(defaultPayloadConverter, ...values) ?? [];
export const payloadOf = (value: unknown): Payload => payloadsOf([value])[0]!;
export const valueOf = <T>(payload: Payload | null | undefined): T =>
  (payload == null ? undefined : defaultPayloadConverter.fromPayload(payload)) as T;
export const valuesOf = (payloads: readonly Payload[] | null | undefined): unknown[] =>
  (payloads ?? []).map((payload) => valueOf(payload));

export const failureOf = (error: unknown): Failure =>
  defaultFailureConverter.errorToFailure(error, defaultPayloadConverter);
export const errorOf = (failure: Failure): Error =>
  defaultFailureConverter.failureToError(failure, defaultPayloadConverter);

export const timeoutFailure = (
  timeoutType: number,
  message: string,
  details?: unknown,
): Failure => ({
  message,
  timeoutFailureInfo: {
    timeoutType,
    ...(details === undefined ? {} : { lastHeartbeatDetails: { payloads: payloadsOf([details]) } }),
  },
});
export const cancelledFailure = (message = 'cancelled'): Failure => ({
  message,
  canceledFailureInfo: {},
});
export const terminatedFailure = (): Failure => ({
  message: 'terminated',
  terminatedFailureInfo: {},
});

export interface ActivityRef {
  readonly type: string;
  readonly id: string;
  readonly scheduledEvent: number;
}

export function activityFailure(
  { type, id, scheduledEvent }: ActivityRef,
  retryState: number,
  cause: Failure,
): Failure {
  const how =
    cause.timeoutFailureInfo != null
      ? 'task timed out'
      : cause.canceledFailureInfo != null
        ? ''
        : 'task failed';
  return {
    message: how === '' ? 'Activity cancelled' : `Activity ${how}`,
    cause,
    activityFailureInfo: {
      ...{ activityType: { name: type }, activityId: id, identity: 'simulated worker', retryState },
      ...({ scheduledEventId: scheduledEvent, startedEventId: scheduledEvent + 1 } as object),
    },
  };
}

export function childFailure(
  child: { readonly id: string; readonly runId: string; readonly type: string },
  cause: Failure,
): Failure {
  const how =
    cause.terminatedFailureInfo != null
      ? 'terminated'
      : cause.canceledFailureInfo != null
        ? 'cancelled'
        : cause.timeoutFailureInfo != null
          ? 'timed out'
          : 'failed';
  return {
    message: `Child Workflow execution ${how}`,
    cause,
    childWorkflowExecutionFailureInfo: {
      ...{
        namespace: 'default',
        workflowType: { name: child.type },
        retryState: how === 'failed' ? RETRY_STATE.noPolicy : RETRY_STATE.nonRetryable,
      },
      workflowExecution: { workflowId: child.id, runId: child.runId },
    },
  };
}

export const notFound = (what: string): Failure => ({
  message: `Unable to ${what} external workflow because it was not found`,
  applicationFailureInfo: { type: 'ExternalWorkflowExecutionNotFound', nonRetryable: false },
});

export const timestamp = (ms: number): object => ({
  seconds: Math.floor(ms / 1000),
  nanos: (ms % 1000) * 1_000_000,
});

type Long = { toNumber(): number } | number;
export function msOf(
  duration: { seconds?: Long | null; nanos?: number | null } | null | undefined,
): number | undefined {
  if (duration == null) return undefined;
  const seconds =
    typeof duration.seconds === 'number' ? duration.seconds : (duration.seconds?.toNumber() ?? 0);
  const ms = seconds * 1000 + (duration.nanos ?? 0) / 1_000_000;
  return ms === 0 ? undefined : ms;
}

const RANKS: readonly (keyof Job)[] = ['initializeWorkflow', 'notifyHasPatch', 'updateRandomSeed'];
function rank(job: Job): number {
  const first = RANKS.findIndex((kind) => job[kind] != null);
  if (first >= 0) return first;
  return job.signalWorkflow != null || job.doUpdate != null ? 3 : 4;
}

/** As core sorts them: signals and updates before results, each in the order of history. */
export const inOrder = (jobs: readonly Job[]): Job[] => jobs.toSorted((a, b) => rank(a) - rank(b));
