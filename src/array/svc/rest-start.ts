// The one start that takes the point in time, over REST: reads and start are calls on the same connection, the start goes out whatever the
// reads say, as on the command line. Promise: `done` only when our own start was answered 200.
import type { Clock } from '../../domain/clock.js';
import type { RestTransport } from '../../transport/transport.js';
import type { StartAnswer, StartSession } from '../array.js';
import { parseJsonDetails, parseJsonListing } from './json.js';
import { callRest } from './rest-call.js';
import { groupStart, snapshotStart, type StartOrder } from './start-orders.js';
import { failedStart, stateIn, succeeded, warned, withWarnings } from './start-verdict.js';

export function createRestStart(transport: RestTransport, clock: Clock): StartSession {
  const start = async (order: StartOrder, timeoutMs: number): Promise<StartAnswer> => {
    const from = clock.now();
    const limits = () => ({
      timeoutMs: Math.max(0, timeoutMs - (clock.now() - from)),
      urgent: true,
    });
    const stateRead = await readBefore(transport, order, limits);
    const verdict = await callRest(transport, order.start, limits()).then(
      ({ body, good, warnings }) =>
        good ? withWarnings(succeeded(order, body), warnings) : warned(warnings),
      failedStart,
    );
    return { ...verdict, stateRead, durationMs: clock.now() - from };
  };
  return {
    startPrepared: async (group, timeoutMs, { restore = false } = {}) =>
      start(groupStart(group, restore), timeoutMs),
    startSnapshot: async (wanted, timeoutMs) => start(snapshotStart(wanted), timeoutMs),
    // Connections belong to all; nothing is held.
    release: () => undefined,
  };
}

type Limits = () => { readonly timeoutMs: number; readonly urgent: boolean };

/** '' when a read fails; a name that may not be sent at all is thrown. */
async function readBefore(
  transport: RestTransport,
  order: StartOrder,
  limits: Limits,
): Promise<string> {
  const { list, show } = order;
  try {
    const listed = list === undefined ? '' : (await callRest(transport, list, limits())).body;
    const shown = show === undefined ? '' : (await callRest(transport, show, limits())).body;
    return stateIn(order, () => ({
      listed: list === undefined ? [] : parseJsonListing(list.verb, listed),
      shown: show === undefined ? undefined : parseJsonDetails(show.verb, shown),
    }));
  } catch (error) {
    if ((error as { family?: unknown } | null)?.family === 'request') throw error;
    return '';
  }
}
