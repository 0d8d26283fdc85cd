// A reset run has lived through a prefix of the old run's tasks: what that prefix still waited for is put back, what was said since is said again.
// As the dev server does it, open runs and closed ones alike: signals and updates come again, a cancel does not; see conformance/resets.ts.
import { applyCommands } from './commands.js';
import { CLOSE_POLICY } from './protocol.js';
import { Run } from './run.js';
import type { Command, Job } from './sdk-vm.js';
import type { Server } from './server.js';

/** A new run that has lived through the first `tasks` tasks of this one; the next one has ended too. */
export function resetRun(server: Server, run: Run, tasks: number): Run {
  const undone = run.log[tasks];
  if (undone === undefined) throw new Error(`${run.id} has no task ${tasks + 1} to go back to`);
  const reset = new Run({
    ...{ ...run.spec, ...server.fresh(), seed: run.spec.seed, startedAt: run.spec.startedAt },
    firstRunId: run.firstRunId,
    originalRunId: run.spec.originalRunId ?? run.runId,
  });
  run.resetTo = reset;
  if (run.open) server.close(run, 'TERMINATED', { reset: true });
  server.add(reset);
  reset.log = run.log.slice(0, tasks);
  run.flags.forEach((flag) => reset.flags.add(flag));
  reset.events.push(...run.events.slice(0, undone.eventsBefore));
  reset.otherEvents = 3 * (tasks + 1);
  const first = jobsOf(undone).filter((job) => job.doUpdate == null);
  putBack(server, { reset, old: run, first });
  sayAgain(server, { reset, old: run, first });
  server.tasks.wake(reset);
  return reset;
}

interface Life {
  readonly reset: Run;
  readonly old: Run;
  /** What the first task after the kept ones was told. */
  readonly first: readonly Job[];
}

const jobsOf = (entry: Run['log'][number]): readonly Job[] => entry.activations[0]?.jobs ?? [];

function sayAgain(server: Server, { reset, old, first }: Life): void {
  const since = old.log.slice(reset.log.length).flatMap(jobsOf);
  const signals = [...since, ...old.inbox].filter((job) => job.signalWorkflow != null);
  const updates = since.filter((job) => job.doUpdate != null);
  for (const { signalWorkflow } of signals.filter((job) => !first.includes(job)))
    reset.events.push(`WorkflowExecutionSignaled ${signalWorkflow?.signalName ?? ''}`);
  for (const job of updates) server.updates.reapply(reset, job);
  const told = [...reset.log.flatMap(jobsOf), ...first];
  reset.cancelRequested = told.some((job) => job.cancelWorkflow != null);
  const seed = { updateRandomSeed: { randomnessSeed: server.drawSeed() as never } };
  reset.inbox = [...first, seed, ...signals.filter((job) => !first.includes(job)), ...updates];
}

/** What is asked for, and which job answers it. */
const ANSWERS: readonly {
  readonly asked: (command: Command) => number | null | undefined;
  readonly answered: (job: Job) => number | null | undefined;
}[] = [
  {
    asked: (command) => command.scheduleActivity?.seq,
    answered: (job) => job.resolveActivity?.seq,
  },
  { asked: (command) => command.startTimer?.seq, answered: (job) => job.fireTimer?.seq },
  {
    asked: (command) => command.signalExternalWorkflowExecution?.seq,
    answered: (job) => job.resolveSignalExternalWorkflow?.seq,
  },
  {
    asked: (command) => command.requestCancelExternalWorkflowExecution?.seq,
    answered: (job) => job.resolveRequestCancelExternalWorkflow?.seq,
  },
];

/** What the kept tasks asked for and had no answer to. */
function putBack(server: Server, { reset, old, first }: Life): void {
  const told = [
    ...reset.log.flatMap(({ activations }) => activations.flatMap(({ jobs }) => jobs)),
    ...first,
  ];
  const commands = reset.log.flatMap((entry) => entry.commands);
  const cancelled = new Set(commands.map(({ cancelTimer }) => cancelTimer?.seq));
  // Their events stand in the history that was kept.
  const history = reset.events.length;
  for (const { asked, answered } of ANSWERS) {
    const known = new Set(told.map(answered));
    for (const command of commands) {
      const seq = asked(command);
      if (seq == null || known.has(seq)) continue;
      if (command.startTimer != null && cancelled.has(seq)) continue;
      applyCommands(server, reset, { activations: [], commands: [command], eventsBefore: 0 });
    }
  }
  for (const { startChildWorkflowExecution: child } of commands)
    if (child != null) putChildBack(server, { reset, old, first }, child);
  for (const { requestCancelActivity } of commands) {
    const activity = reset.activities.get(requestCancelActivity?.seq ?? -1);
    if (activity !== undefined) activity.cancelRequested = true;
  }
  reset.events.length = history;
}

type StartChild = NonNullable<Command['startChildWorkflowExecution']>;

function putChildBack(server: Server, { reset, old, first }: Life, { seq }: StartChild): void {
  const child = old.children.get(seq!);
  if (child === undefined) return;
  // They are the children of another run: the close of this one does not reach them.
  reset.children.set(seq!, { ...child, closePolicy: CLOSE_POLICY.abandon });
  const told = [...reset.log.flatMap(jobsOf), ...first];
  if (told.some((job) => job.resolveChildWorkflowExecutionStart?.seq === seq)) return;
  server.later(reset, () => {
    if (child.run === undefined) return;
    const succeeded = { runId: child.run.runId };
    const job: Job = { resolveChildWorkflowExecutionStart: { seq: seq!, succeeded } };
    server.deliver(reset, job, `ChildWorkflowExecutionStarted ${child.type}`);
  });
}
