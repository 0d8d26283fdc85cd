// Where words go. Promise: with --json standard output carries exactly one JSON document; everything else is on standard error.
import { errorData } from '../domain/errors.js';
import { CopyFailedError } from '../client/errors.js';
import { errorText, reportLines } from './report-text.js';

export interface Output {
  readonly json: boolean;
  /** True when people watch: standard output is a terminal and no JSON is asked for. */
  readonly terminal: boolean;
  /** A line for people. */
  note(line: string): void;
  /** The answer of the command: the document with --json, the lines otherwise. With --json the first one is the only one. */
  answer(document: unknown, lines: readonly string[]): void;
  /** The end of a command that failed: one clear line on standard error, after the report where there is one; with --json the report or { error }. */
  fail(error: unknown): void;
}

export interface Streams {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown };
}

export function createOutput(json: boolean, streams: Streams = process): Output {
  const { stdout, stderr } = streams;
  let answered = false;
  const answer: Output['answer'] = (document, lines) => {
    if (json && answered) return;
    answered = true;
    if (json) stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    else for (const line of lines) stdout.write(`${line}\n`);
  };
  return {
    json,
    terminal: !json && stdout.isTTY === true,
    note: (line) => void (json ? stderr : stdout).write(`${line}\n`),
    answer,
    fail(error) {
      const data = errorData(error);
      const report = error instanceof CopyFailedError ? error.report : undefined;
      if (json || report !== undefined)
        answer(
          report ?? { error: data },
          report === undefined ? [] : reportLines(report, { live: true }),
        );
      stderr.write(`${errorText(data)}\n`);
    },
  };
}
