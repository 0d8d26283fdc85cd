// `status`, `watch`, `cancel`, `give-back`: about a run that exists, found by the name of its set or by its workflow id.
import { flashcopyCommand } from '../../domain/command-line.js';
import type { Command } from 'commander';
import type { CopyHandle } from '../../client/index.js';
import { answerReport, perform } from '../command.js';
import { EXIT, exitCodeOf } from '../exit-code.js';
import type { Output } from '../output.js';
import { reportLines } from '../report-text.js';
import { withRun, withRunArgument, type RunFlags } from '../which-run.js';
import { watchRun, type Interruption } from '../watch-run.js';

type Body = (copy: CopyHandle, output: Output) => Promise<number>;

async function status(copy: CopyHandle, output: Output): Promise<number> {
  const report = await copy.report();
  const waiting = report.running.map(
    ({ activity, attempt, started, lastFailure }) =>
      `  ${started ? 'runs' : 'waits'}: ${activity}, attempt ${attempt}${lastFailure.message === '' ? '' : `, last: ${lastFailure.message}`}`,
  );
  output.answer(report, [
    ...reportLines(report),
    ...(waiting.length === 0 ? [] : ['now:', ...waiting]),
  ]);
  return exitCodeOf(report);
}

const leaveAlone = (copy: CopyHandle): Interruption => ({
  first(view, signal) {
    if (signal !== 'SIGINT') return true;
    view.note(
      `Ctrl-C again leaves ${copy.workflowId} alone; to stop it: ${flashcopyCommand('cancel', copy.workflowId)}`,
    );
    return false;
  },
  detachedNote: () => `detached: ${copy.workflowId} goes on`,
});

async function watch(copy: CopyHandle, output: Output): Promise<number> {
  return answerReport(output, await watchRun(copy, output, leaveAlone(copy)));
}

/** Exit code of the request, not of the run: 0 once Temporal has taken it. */
async function cancel(copy: CopyHandle, output: Output): Promise<number> {
  await copy.cancel();
  output.answer({ workflowId: copy.workflowId, requested: 'cancel' }, [
    `${copy.workflowId} is asked to stop; what was done will be undone: ${flashcopyCommand('watch', copy.workflowId)}`,
  ]);
  return EXIT.done;
}

async function giveBack(copy: CopyHandle, output: Output): Promise<number> {
  const hosts = await copy.retryGiveBack();
  output.answer({ workflowId: copy.workflowId, hosts }, [
    `tried again now: give back on ${hosts.join(', ')}`,
  ]);
  return EXIT.done;
}

function add(program: Command, name: string, command: { description: string; body: Body }): void {
  const defined = program.command(name).description(command.description);
  withRunArgument(defined).action((run: string, flags: RunFlags) =>
    perform(flags.json, (output) => withRun(run, flags, (copy) => command.body(copy, output))),
  );
}

export function addExistingRun(program: Command): void {
  add(program, 'status', { description: 'the report of a run as of now', body: status });
  add(program, 'watch', { description: 'follow a run to its end', body: watch });
  add(program, 'cancel', { description: 'stop a run and undo what it did', body: cancel });
  add(program, 'give-back', {
    description: 'try again to give back what an operator was needed for',
    body: giveBack,
  });
}
