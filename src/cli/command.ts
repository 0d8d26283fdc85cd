// What every command shares: its output, the flags for Temporal, and how its end becomes an exit code.
import type { Command } from 'commander';
import { exitCodeOf, exitCodeOfError } from './exit-code.js';
import type { Report } from '../domain/report.js';
import { createOutput, type Output } from './output.js';
import { reportLines } from './report-text.js';
import { onEarlyInterrupt } from './interrupt.js';
import type { TemporalFlags } from './temporal.js';
import { FlashCopyError } from '../domain/errors.js';

/** Runs a command's body; whatever it throws, and whatever ends it early, becomes one line and an exit code, never a stack trace. */
export async function perform(
  json: boolean | undefined,
  body: (output: Output) => Promise<number>,
): Promise<void> {
  const output = createOutput(json === true);
  const endNow = (error: unknown): void => {
    output.fail(error);
    process.exit(exitCodeOfError(error)); // children end with this process
  };
  const stopListening = onEarlyInterrupt((signal) => endNow(interrupted(signal)));
  process.on('uncaughtException', endNow);
  try {
    process.exitCode = await body(output);
  } catch (error) {
    output.fail(error);
    process.exitCode = exitCodeOfError(error);
  } finally {
    process.off('uncaughtException', endNow);
    stopListening();
  }
}

const interrupted = (signal: string): FlashCopyError =>
  new FlashCopyError({
    ...{ family: 'state', code: 'INTERRUPTED', message: `ended by ${signal}` },
  });

/** The last word on a run that was watched: the report, as a document or as text. */
export function answerReport(output: Output, report: Report): number {
  output.answer(report, reportLines(report, { live: true }));
  return exitCodeOf(report);
}

export const withJson = (command: Command): Command =>
  command.option('--json', 'print exactly one JSON document on standard output');

/** The doors of every command that speaks to a Temporal server: the same everywhere, and nowhere else defined. */
export const withTemporal = (command: Command): Command =>
  withJson(command)
    .option(
      '--address <host:port>',
      'Temporal server (default: the inventory, then TEMPORAL_ADDRESS)',
    )
    .option(
      '--profile <name>',
      'profile of temporal.toml: address, TLS, API key (default: TEMPORAL_PROFILE)',
    )
    .option('--namespace <name>', 'Temporal namespace')
    .option('--task-queue <name>', 'task queue of the workers (default: flashcopy)')
    .option(
      '--inventory <file>',
      'arrays and hosts; also where the Temporal server is, and the keys of its codec',
    );

/** What a command takes that has `withTemporal`. */
export interface CommandFlags extends TemporalFlags {
  readonly json?: boolean;
}
