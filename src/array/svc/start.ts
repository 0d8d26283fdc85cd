// The one start that takes the point in time. Promise: `done` only when our own start exited 0; what was read of the group before is
// kept even when the rest of the answer is lost.
import type { Clock } from '../../domain/clock.js';
import { errorData } from '../../domain/errors.js';
import type { CommandResult, Session } from '../../transport/transport.js';
import type { StartAnswer, StartSession } from '../array.js';
import { renderBoth, show } from './command.js';
import { readRefusal } from './errors.js';
import { toGroup } from './objects.js';
import { parsePartialDetails } from './table.js';

export function createStartSession(session: Session, clock: Clock): StartSession {
  return {
    startPrepared: (group, timeoutMs) => startPrepared(session, clock, { group, timeoutMs }),
    release: () => session.release(),
  };
}

async function startPrepared(
  session: Session,
  clock: Clock,
  order: { readonly group: string; readonly timeoutMs: number },
): Promise<StartAnswer> {
  const { group, timeoutMs } = order;
  const line = renderBoth(show('lsfcconsistgrp', group), { verb: 'startfcconsistgrp', object: group });
  const from = clock.now();
  let seen = '';
  const onStdout = (text: string): void => void (seen += text);
  const verdict = await session.run(line, { timeoutMs, urgent: true, onStdout }).then(
    (result) => judge(line, result),
    // The transport knows whether the line was sent.
    (error: unknown) => fail(error),
  );
  return { ...verdict, stateRead: readState(seen, group), durationMs: clock.now() - from };
}

type Verdict = Pick<StartAnswer, 'started' | 'code' | 'message'>;

/** Exit 0 is the start's own: the shell reports the second command. The read may have failed all the same; then the state is ''. */
function judge(line: string, result: CommandResult): Verdict {
  if (result.exitCode === 0) return { started: 'done', code: '', message: '' };
  const refusal = readRefusal(line, result);
  // A warning with a failing exit status is no proof of a start.
  return refusal === undefined
    ? {
        started: 'unknown',
        code: 'ARRAY_REFUSED',
        message: `exits ${result.exitCode ?? 'by signal'} with a warning only`,
      }
    : fail(refusal);
}

function fail(error: unknown): Verdict {
  const { outcome, message, details, code } = errorData(error);
  const cmmvc = details['cmmvc'];
  // "Already copying": somebody started it, perhaps we, perhaps not. Only a fence can tell.
  const started = outcome === 'not-done' && code !== 'ALREADY_COPYING' ? 'not-done' : 'unknown';
  return { started, code: typeof cmmvc === 'string' ? cmmvc : code, message };
}

/** '' unless complete lines name this very group and a state we know. */
function readState(stdout: string, group: string): string {
  try {
    const read = toGroup(parsePartialDetails('lsfcconsistgrp', stdout));
    return read.name === group ? read.state : '';
  } catch {
    return '';
  }
}
