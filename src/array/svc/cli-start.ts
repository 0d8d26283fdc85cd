// The one start that takes the point in time. Promise: `done` only when our own start exited 0; what was read of the group before is
// kept even when the rest of the answer is lost.
import type { Clock } from '../../domain/clock.js';
import type { CommandResult, Session } from '../../transport/transport.js';
import type { StartAnswer, StartSession } from '../array.js';
import { delimited, renderBoth, show } from './command.js';
import { readRefusal } from './errors.js';
import { failedStart, stateIn, STARTED, type Verdict } from './start-verdict.js';
import { parsePartialDetails } from './table.js';

export function createStartSession(session: Session, clock: Clock): StartSession {
  return {
    startPrepared: (group, timeoutMs, { restore = false } = {}) =>
      startPrepared(session, clock, { group, timeoutMs, restore }),
    release: () => session.release(),
  };
}

async function startPrepared(
  session: Session,
  clock: Clock,
  order: { readonly group: string; readonly timeoutMs: number; readonly restore: boolean },
): Promise<StartAnswer> {
  const { group, timeoutMs } = order;
  const flags = order.restore ? ({ restore: true } as const) : {};
  const line = renderBoth(delimited(show('lsfcconsistgrp', group)), {
    verb: 'startfcconsistgrp',
    flags,
    object: group,
  });
  const from = clock.now();
  let seen = '';
  const onStdout = (text: string): void => void (seen += text);
  const verdict = await session.run(line, { timeoutMs, urgent: true, onStdout }).then(
    (result) => judge(line, result),
    // The transport knows whether the line was sent.
    failedStart,
  );
  return {
    ...verdict,
    stateRead: stateIn(() => parsePartialDetails('lsfcconsistgrp', seen), group),
    durationMs: clock.now() - from,
  };
}

/** Exit 0 is the start's own: the shell reports the second command. The read may have failed all the same; then the state is ''. */
function judge(line: string, result: CommandResult): Verdict {
  if (result.exitCode === 0) return STARTED;
  const refusal = readRefusal(line, result);
  // A warning with a failing exit status is no proof of a start.
  return refusal === undefined
    ? {
        started: 'unknown',
        code: 'ARRAY_REFUSED',
        message: `exits ${result.exitCode ?? 'by signal'} with a warning only`,
      }
    : failedStart(refusal);
}
