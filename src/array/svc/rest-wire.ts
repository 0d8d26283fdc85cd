// The wire over the REST door. The same commands, the same refusals by code; only their clothes differ.
import { COMMANDS } from '../../domain/timing.js';
import type { RestTransport } from '../../transport/transport.js';
import { list, type SvcCommand } from './command.js';
import { parseJsonDetails, parseJsonListing } from './json.js';
import { callRest } from './rest-call.js';
import { createRestStart } from './rest-start.js';
import { repeatRead, type Ports, type Wire } from './wire.js';

/** The transport becomes the wire's own. */
export function createRestWire(transport: RestTransport, ports: Ports): Wire {
  const read = (command: SvcCommand): Promise<string> =>
    repeatRead(
      async () => (await callRest(transport, command, { timeoutMs: COMMANDS.arrayRead })).body,
      ports,
    );
  return {
    list: async (command) => parseJsonListing(command.verb, await read(command)),
    show: async (command) => parseJsonDetails(command.verb, await read(command)),
    change: async (command) => {
      const limits = { timeoutMs: COMMANDS.arrayChange };
      const { good, warnings } = await callRest(transport, command, limits);
      return good ? [] : warnings;
    },
    reserveStart: async (timeoutMs) => {
      // Connection and token are tried out before anything stands still.
      await callRest(transport, list('lscurrentuser'), { timeoutMs, urgent: true });
      return createRestStart(transport, ports.clock);
    },
    close: () => transport.close(),
  };
}
