// What every command shares: its output, the flags for Temporal, and how its end becomes an exit code.
import type { Command } from 'commander';
import { EXIT, exitCodeOf, exitCodeOfError } from './exit-code.js';
import type { Report } from '../domain/report.js';
import { createOutput, type Output } from './output.js';
import { reportLines } from './report-text.js';
import { Detached } from './watch-run.js';

/** Runs a command's body; whatever it throws becomes one line and an exit code, never a stack trace. */
export async function perform(
  json: boolean | undefined,
  body: (output: Output) => Promise<number>,
): Promise<void> {
  const output = createOutput(json === true);
  try {
    process.exitCode = await body(output);
  } catch (error) {
    if (error instanceof Detached) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = EXIT.cancelled;
      return;
    }
    output.fail(error);
    process.exitCode = exitCodeOfError(error);
  }
}

/** The last word on a run that was watched: the report, as a document or as text. */
export function answerReport(output: Output, report: Report): number {
  output.answer(report, reportLines(report, { live: true }));
  return exitCodeOf(report);
}

export const withJson = (command: Command): Command =>
  command.option('--json', 'print exactly one JSON document on standard output');

/** For commands that need of the inventory no more than the server and the keys of its codec. */
export const withInventory = (command: Command): Command =>
  command.option('--inventory <file>', 'where the Temporal server is, and the keys of its codec');

export const withTemporal = (command: Command): Command =>
  command
    .option(
      '--address <host:port>',
      'Temporal server (default: the inventory, then TEMPORAL_ADDRESS)',
    )
    .option('--namespace <name>', 'Temporal namespace')
    .option('--task-queue <name>', 'task queue of the workers (default: flashcopy)');
