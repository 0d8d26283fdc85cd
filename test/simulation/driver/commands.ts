// What the commands of a finished task do: schedule, start, signal, cancel, close. An unknown command is an error, not a silence.
import type { Activity } from './activity.js';
import { msOf, notFound, valuesOf } from './protocol.js';
import type { Child, LogEntry, Run } from './run.js';
import type { Command, Failure, Job } from './sdk-vm.js';
import type { Server } from './server.js';
import { isClosing } from './tasks.js';

type Apply = (server: Server, run: Run, command: Command) => void;

/** In their order, the closing one last; of several only the first counts. What is started and cancelled in one task never was. */
export function applyCommands(server: Server, run: Run, { commands }: LogEntry): void {
  const cancelled = (kind: 'requestCancelActivity' | 'cancelTimer'): Set<unknown> =>
    new Set(commands.map((command) => command[kind]?.seq));
  const [noActivity, noTimer] = [cancelled('requestCancelActivity'), cancelled('cancelTimer')];
  const closing = commands.find(isClosing);
  for (const command of commands) {
    if (isClosing(command)) continue;
    const never =
      (command.scheduleActivity != null && noActivity.has(command.scheduleActivity.seq)) ||
      (command.startTimer != null && noTimer.has(command.startTimer.seq));
    // In the task that closes the run they enter the history, and are lost: everything takes a moment, and the run is closed by then.
    if (!never) applyOne(server, run, command);
  }
  if (closing !== undefined) applyOne(server, run, closing);
}

function applyOne(server: Server, run: Run, command: Command): void {
  const kind = Object.keys(APPLY).find((name) => command[name as keyof Command] != null);
  if (kind === undefined)
    throw new Error(`the driver does not know this command: ${Object.keys(command).join(', ')}`);
  APPLY[kind]!(server, run, command);
}

const APPLY: Readonly<Record<string, Apply>> = {
  scheduleActivity,
  requestCancelActivity: (server, run, command) => {
    const activity = run.activities.get(command.requestCancelActivity!.seq!);
    if (activity !== undefined) server.activities.requestCancel(activity);
  },
  startTimer: (server, run, command) => {
    const { seq, startToFireTimeout } = command.startTimer!;
    run.events.push('TimerStarted');
    server.startTimer(run, seq!, msOf(startToFireTimeout) ?? 0);
  },
  cancelTimer: (_server, run, command) => {
    const { seq } = command.cancelTimer!;
    if (run.timers.has(seq!)) run.events.push('TimerCanceled');
    run.timers.get(seq!)?.();
    run.timers.delete(seq!);
  },
  startChildWorkflowExecution,
  cancelChildWorkflowExecution: (server, run, command) => cancelChild(server, run, command),
  signalExternalWorkflowExecution: (server, run, command) => {
    const { seq, workflowExecution, childWorkflowId, signalName, args } =
      command.signalExternalWorkflowExecution!;
    run.events.push('SignalExternalWorkflowExecutionInitiated');
    const id = workflowExecution?.workflowId ?? childWorkflowId ?? '';
    server.later(run, () => {
      const reached = server.signal(id, signalName!, args ?? []);
      const job: Job = {
        resolveSignalExternalWorkflow: {
          seq: seq!,
          ...(reached ? {} : { failure: notFound('signal') }),
        },
      };
      server.deliver(
        run,
        job,
        reached ? 'ExternalWorkflowExecutionSignaled' : 'SignalExternalWorkflowExecutionFailed',
      );
    });
  },
  cancelSignalWorkflow: () => undefined,
  requestCancelExternalWorkflowExecution: (server, run, command) => {
    const { seq, workflowExecution } = command.requestCancelExternalWorkflowExecution!;
    run.events.push('RequestCancelExternalWorkflowExecutionInitiated');
    server.later(run, () => {
      const reached = server.cancel(workflowExecution!.workflowId!);
      const failure = reached ? {} : { failure: notFound('cancel') };
      server.deliver(
        run,
        { resolveRequestCancelExternalWorkflow: { seq: seq!, ...failure } },
        'ExternalWorkflowExecutionCancelRequested',
      );
    });
  },
  updateResponse: (server, run, command) => server.updates.answered(run, command.updateResponse!),
  setPatchMarker: (_server, run) => void run.events.push('MarkerRecorded'),
  upsertWorkflowSearchAttributes: (_server, run) =>
    void run.events.push('UpsertWorkflowSearchAttributes'),
  modifyWorkflowProperties: (_server, run) => void run.events.push('WorkflowPropertiesModified'),
  completeWorkflowExecution: (server, run, command) =>
    server.close(run, 'COMPLETED', {
      result: command.completeWorkflowExecution!.result ?? undefined,
    }),
  failWorkflowExecution: (server, run, command) =>
    server.close(run, 'FAILED', { failure: command.failWorkflowExecution!.failure as Failure }),
  cancelWorkflowExecution: (server, run) =>
    server.close(run, 'CANCELLED', { failure: { message: 'cancelled', canceledFailureInfo: {} } }),
  continueAsNewWorkflowExecution: (server, run, command) =>
    server.continueAsNew(run, command.continueAsNewWorkflowExecution!.arguments ?? []),
};

function scheduleActivity(server: Server, run: Run, command: Command): void {
  const order = command.scheduleActivity!;
  const policy = order.retryPolicy;
  const initialMs = msOf(policy?.initialInterval) ?? 1_000;
  const activity: Activity = {
    ...{
      run,
      seq: order.seq!,
      id: order.activityId!,
      type: order.activityType!,
      taskQueue: order.taskQueue!,
    },
    args: valuesOf(order.arguments),
    limits: {
      startToCloseMs: msOf(order.startToCloseTimeout),
      scheduleToCloseMs: msOf(order.scheduleToCloseTimeout),
      scheduleToStartMs: msOf(order.scheduleToStartTimeout),
      heartbeatMs: msOf(order.heartbeatTimeout),
    },
    retry: {
      initialMs,
      coefficient: policy?.backoffCoefficient || 2,
      maximumMs: msOf(policy?.maximumInterval) ?? 100 * initialMs,
      attempts: policy?.maximumAttempts ?? 0,
      never: policy?.nonRetryableErrorTypes ?? [],
    },
    ...{ cancellationType: order.cancellationType ?? 0, scheduledEvent: run.historyLength + 1 },
    ...{
      scheduledAt: server.queue.now(),
      attempt: 1,
      state: 'scheduled',
      cancelRequested: false,
      answered: false,
    },
    ...{
      heartbeat: undefined,
      lastFailure: undefined,
      current: undefined,
      timers: new Set(),
      overallTimer: undefined,
    },
  };
  run.events.push(`ActivityTaskScheduled ${activity.type}`);
  run.activities.set(activity.seq, activity);
  server.activities.schedule(activity);
}

function startChildWorkflowExecution(server: Server, run: Run, command: Command): void {
  const { seq, workflowId, workflowType, input, taskQueue, parentClosePolicy } =
    command.startChildWorkflowExecution!;
  const child: Child = {
    id: workflowId!,
    type: workflowType!,
    closePolicy: parentClosePolicy ?? 0,
  };
  run.children.set(seq!, child);
  run.events.push(`StartChildWorkflowExecutionInitiated ${child.type}`);
  server.later(run, () => {
    const order = { id: child.id, type: child.type, args: input ?? [], parent: { run, seq: seq! } };
    const started = server.start({ ...order, taskQueue: taskQueue || run.spec.taskQueue });
    if (started === undefined) {
      const failed = { workflowId: child.id, workflowType: child.type, cause: 1 };
      server.deliver(
        run,
        { resolveChildWorkflowExecutionStart: { seq: seq!, failed } },
        'StartChildWorkflowExecutionFailed',
      );
      return;
    }
    child.run = started;
    const succeeded = { runId: started.runId };
    server.deliver(
      run,
      { resolveChildWorkflowExecutionStart: { seq: seq!, succeeded } },
      `ChildWorkflowExecutionStarted ${child.type}`,
    );
  });
}

function cancelChild(server: Server, run: Run, command: Command): void {
  const { childWorkflowSeq, reason } = command.cancelChildWorkflowExecution!;
  const child = run.children.get(childWorkflowSeq!);
  void reason;
  if (child === undefined) return;
  run.events.push('RequestCancelExternalWorkflowExecutionInitiated');
  server.later(run, () => {
    server.cancel(child.id);
    run.events.push('ExternalWorkflowExecutionCancelRequested');
  });
}
