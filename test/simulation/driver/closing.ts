// How runs end: what the parent hears, what becomes of children, which updates go on with the next run.
import { childFailure, CLOSE_POLICY } from './protocol.js';
import type { Run, Status } from './run.js';
import type { Failure, Payload } from './sdk-vm.js';
import type { Server } from './server.js';

export interface End {
  readonly status: Status;
  readonly result?: Payload | undefined;
  readonly failure?: Failure;
  /** A reset took its place: its children are the next run's. */
  readonly reset?: true;
}

export function closeRun(server: Server, run: Run, end: End): void {
  const { status } = end;
  run.status = status;
  run.closedAt = server.queue.now();
  run.result = end.result;
  run.failure = end.failure;
  run.events.push(`WorkflowExecution${CLOSE_EVENT[status]}`);
  for (const activity of run.activities.values()) server.activities.forget(activity);
  for (const cancel of run.timers.values()) cancel();
  if (status === 'CONTINUED_AS_NEW') return;
  for (const update of run.updates.values())
    update.reject({ message: 'workflow execution already completed' });
  if (end.reset === true) return;
  for (const { run: child, closePolicy } of run.children.values())
    parentClosed(server, child, closePolicy);
  tellParent(server, run);
}

function parentClosed(server: Server, child: Run | undefined, policy: number): void {
  const open = child && server.newest(child.id);
  if (open?.open !== true) return;
  if (policy === CLOSE_POLICY.terminate || policy === CLOSE_POLICY.unset) server.terminate(open);
  if (policy === CLOSE_POLICY.requestCancel) server.cancel(open.id);
}

function tellParent(server: Server, run: Run): void {
  const { parent } = run.spec;
  // A parent that was reset hears of the children that its kept tasks started.
  const asked = parent?.run.resetTo ?? parent?.run;
  if (parent === undefined || asked?.open !== true || !asked.children.has(parent.seq)) return;
  const { seq } = parent;
  const of = { id: run.id, runId: run.runId, type: run.spec.type };
  const failure = childFailure(of, run.failure ?? {});
  const result =
    run.status === 'COMPLETED'
      ? { completed: { result: run.result ?? null } }
      : run.status === 'CANCELLED'
        ? { cancelled: { failure } }
        : { failed: { failure } };
  const event = `ChildWorkflowExecution${CLOSE_EVENT[run.status]} ${run.spec.type}`;
  server.later(asked, () =>
    server.deliver(asked, { resolveChildWorkflowExecution: { seq, result } }, event),
  );
}

const CLOSE_EVENT: Readonly<Record<Status, string>> = {
  ...{
    RUNNING: '',
    COMPLETED: 'Completed',
    FAILED: 'Failed',
    CANCELLED: 'Canceled',
    TERMINATED: 'Terminated',
  },
  ...{ TIMED_OUT: 'TimedOut', CONTINUED_AS_NEW: 'ContinuedAsNew' },
};
