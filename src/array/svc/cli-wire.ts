// The wire over the command line: SSH or in process.
import { COMMANDS } from '../../domain/timing.js';
import type { CommandResult, Transport } from '../../transport/transport.js';
import { withoutNotices } from './codes.js';
import { delimited, list, renderCommand, type SvcCommand } from './command.js';
import { passwordRefusal, readRefusal, warningsOf } from './errors.js';
import { createStartSession } from './cli-start.js';
import { bannerOf, isProse, parseDetails, parseListing } from './table.js';
import { repeatRead, type Ports, type Wire } from './wire.js';

/** The transport becomes the wire's own. */
export function createCliWire(transport: Transport, ports: Ports): Wire {
  const run = async (command: SvcCommand, timeoutMs: number): Promise<CommandResult> => {
    const line = renderCommand(command);
    const result = await transport.run(line, { timeoutMs });
    const refusal = readRefusal(line, result);
    if (refusal !== undefined) throw refusal;
    return result;
  };
  const read = (command: SvcCommand): Promise<string> =>
    repeatRead(async () => {
      const result = await run(delimited(command), COMMANDS.arrayRead);
      const refusal =
        command.verb === 'lssystem' ? passwordRefusal(command.verb, result) : undefined;
      if (refusal !== undefined) throw refusal;
      return result.stdout;
    }, ports);
  return {
    list: async (command) => {
      const text = await read(command);
      if (!isProse(withoutNotices(text))) return parseListing(command.verb, text);
      // A view that is never empty shows which one.
      return parseListing(command.verb, text, bannerOf('lssystem', await read(list('lssystem'))));
    },
    show: async (command) => parseDetails(command.verb, await read(command)),
    change: async (command) => {
      const result = await run(command, COMMANDS.arrayChange);
      return result.exitCode === 0 ? [] : warningsOf(result);
    },
    reserveStart: async (timeoutMs) =>
      createStartSession(await transport.reserve({ timeoutMs, urgent: true }), ports.clock),
    close: () => transport.close(),
  };
}
