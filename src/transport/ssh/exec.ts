// Sends one exec request, and tells apart what only the wire knows: was the command sent or not?
import type { Client, ClientChannel } from 'ssh2';
import { channelLost, unreachable } from '../failures.js';

/**
 * `attach` runs in the same turn in which the server accepted: output and exit status may stand in the same packet.
 * Throws UNREACHABLE when the request was never sent, CHANNEL_LOST when it was sent and not accepted.
 */
export function exec<T>(
  client: Client,
  to: { readonly address: string; readonly line: string },
  attach: (channel: ClientChannel) => T | Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    try {
      client.exec(to.line, (error, channel) => {
        if (error === undefined) resolve(attach(channel));
        else if (neverSent(error)) reject(unreachable(to.address, error.message));
        else
          reject(channelLost(to.address, `the command's acceptance was lost (${error.message})`));
      });
    } catch (error) {
      // ssh2 throws before it writes anything.
      reject(unreachable(to.address, error instanceof Error ? error.message : String(error)));
    }
  });
}

/** ssh2 1.17 sends the request once the channel stands; these are its errors from before that (client.js, utils.js). */
function neverSent(error: Error): boolean {
  const before = ['No response from server', 'Channel is not open', 'No free channels available'];
  return 'reason' in error || before.includes(error.message);
}
