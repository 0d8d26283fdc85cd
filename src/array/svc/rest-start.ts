// The one start that takes the point in time, over REST: the read and the start are two calls on the same connection, the start goes out whatever the
// read says, as on the command line. Promise: `done` only when our own start was answered 200.
import type { Clock } from '../../domain/clock.js';
import type { RestTransport } from '../../transport/transport.js';
import type { StartSession } from '../array.js';
import { show } from './command.js';
import { parseJsonDetails } from './json.js';
import { callRest } from './rest-call.js';
import { failedStart, stateIn, STARTED } from './start-verdict.js';

export function createRestStart(transport: RestTransport, clock: Clock): StartSession {
  return {
    startPrepared: async (group, timeoutMs, { restore = false } = {}) => {
      const from = clock.now();
      const limits = () => ({ timeoutMs: Math.max(0, timeoutMs - (clock.now() - from)), urgent: true });
      const read = show('lsfcconsistgrp', group);
      const stateRead = await callRest(transport, read, limits()).then(
        (body) => stateIn(() => parseJsonDetails(read.verb, body), group),
        (error: unknown) => {
          if (isRequestError(error)) throw error;
          return '';
        },
      );
      const start = { verb: 'startfcconsistgrp', flags: restore ? { restore } : {}, object: group } as const;
      const verdict = await callRest(transport, start, limits()).then(() => STARTED, failedStart);
      return { ...verdict, stateRead, durationMs: clock.now() - from };
    },
    // Connections belong to all; nothing is held.
    release: () => undefined,
  };
}

/** A name that may not be sent at all. */
const isRequestError = (error: unknown): boolean => (error as { family?: unknown } | null)?.family === 'request';
