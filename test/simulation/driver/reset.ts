// A reset run has lived through a prefix of the old run's tasks: what that prefix still waited for is put back.
import { applyCommands } from './commands.js';
import { CLOSE_POLICY } from './protocol.js';
import type { Run } from './run.js';
import type { Job } from './sdk-vm.js';
import type { Server } from './server.js';

/** What the kept tasks asked for and had no answer to. */
export function putBack(server: Server, reset: Run, old: Run): void {
  const jobs = [
    ...reset.log,
    ...(old.log[reset.log.length] === undefined
      ? []
      : [{ activations: old.log[reset.log.length]!.activations.slice(0, 1) }]),
  ];
  const answered = (seqOf: (job: Job) => number | null | undefined): Set<unknown> =>
    new Set(jobs.flatMap(({ activations }) => activations.flatMap((one) => one.jobs.map(seqOf))));
  const [activities, timers] = [
    answered((job) => job.resolveActivity?.seq),
    answered((job) => job.fireTimer?.seq),
  ];
  const cancelled = new Set(
    reset.log.flatMap(({ commands }) => commands.map(({ cancelTimer }) => cancelTimer?.seq)),
  );
  for (const entry of reset.log)
    for (const command of entry.commands) {
      const { scheduleActivity, startTimer, startChildWorkflowExecution: child } = command;
      const wanted =
        (scheduleActivity != null && !activities.has(scheduleActivity.seq)) ||
        (startTimer != null && !timers.has(startTimer.seq) && !cancelled.has(startTimer.seq));
      if (wanted) applyCommands(server, reset, { activations: [], commands: [command] });
      const known = [...old.children.values()].find(({ id }) => id === child?.workflowId);
      // They are the children of another run: the close of this one does not reach them.
      if (child != null && known !== undefined)
        reset.children.set(child.seq!, { ...known, closePolicy: CLOSE_POLICY.abandon });
    }
}
