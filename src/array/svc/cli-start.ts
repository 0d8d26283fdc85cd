// The one start that takes the point in time. Promise: `done` only when our own start exited 0; what was read before is
// kept even when the rest of the answer is lost.
import type { Clock } from '../../domain/clock.js';
import type { CommandResult, Session } from '../../transport/transport.js';
import type { StartAnswer, StartSession } from '../array.js';
import { DELIMITER, delimited, renderInOrder } from './command.js';
import { codesIn, isWarning } from './codes.js';
import { inDoubt, readRefusal, warningsOf } from './errors.js';
import type { Row } from './row.js';
import { groupStart, snapshotStart, type StartOrder } from './start-orders.js';
import {
  failedStart,
  stateIn,
  succeeded,
  warned,
  withWarnings,
  type Verdict,
} from './start-verdict.js';
import { parseListing, parsePartialDetails } from './table.js';

export function createStartSession(session: Session, clock: Clock): StartSession {
  return {
    startPrepared: (group, timeoutMs, { restore = false } = {}) =>
      start(session, clock, { order: groupStart(group, restore), timeoutMs }),
    startSnapshot: async (wanted, timeoutMs) =>
      start(session, clock, { order: snapshotStart(wanted), timeoutMs }),
    release: () => session.release(),
  };
}

async function start(
  session: Session,
  clock: Clock,
  { order, timeoutMs }: { readonly order: StartOrder; readonly timeoutMs: number },
): Promise<StartAnswer> {
  const reads = [order.list, order.show].flatMap((command) =>
    command === undefined ? [] : [delimited(command)],
  );
  const line = renderInOrder([...reads, order.start]);
  const from = clock.now();
  let seen = '';
  const onStdout = (text: string): void => void (seen += text);
  const verdict = await session.run(line, { timeoutMs, urgent: true, onStdout }).then(
    (result) => judge(order, line, result),
    // The transport knows whether the line was sent.
    failedStart,
  );
  return {
    ...verdict,
    stateRead: stateIn(order, () => answersIn(order, seen)),
    durationMs: clock.now() - from,
  };
}

/**
 * Exit 0 is the start's own: the shell reports the last command. The reads may have failed all the same; then the state is ''.
 * A code that may be another command's makes no start refused.
 */
function judge(order: StartOrder, line: string, result: CommandResult): Verdict {
  const refusal = readRefusal(line, result);
  const warnings = warningsOf(result);
  if (refusal !== undefined) {
    const ours = refusal.code === 'ARRAY_BUSY' || !mayBeAnothers(result);
    return withWarnings(failedStart(ours ? refusal : inDoubt(refusal)), warnings);
  }
  if (result.exitCode !== 0) return warned(warnings);
  return withWarnings(succeeded(order, result.stdout), warnings);
}

const mayBeAnothers = ({ exitCode, stderr }: CommandResult): boolean =>
  exitCode === 0 || isWarning(codesIn(stderr).at(-1) ?? '');

/** The output of all commands stands in one text; its end may be lost. Lines of a view hold one separator, rows of a listing many. */
function answersIn(
  order: StartOrder,
  text: string,
): { listed: readonly Row[]; shown: Row | undefined } {
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.includes(DELIMITER));
  const part = (isRow: boolean): string =>
    lines
      .filter((line) => line.split(DELIMITER).length > 2 === isRow)
      .map((line) => `${line}\n`)
      .join('');
  return {
    listed: order.list === undefined ? [] : parseListing(order.list.verb, part(true)),
    shown: order.show === undefined ? undefined : parsePartialDetails(order.show.verb, part(false)),
  };
}
