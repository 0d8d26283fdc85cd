// One command over the REST door: its body when it succeeded, its refusal thrown otherwise.
import type { RestTransport, RunOptions } from '../../transport/transport.js';
import { restBody, restPath, type SvcCommand } from './command.js';
import { readRestRefusal } from './errors.js';

export async function callRest(
  transport: RestTransport,
  command: SvcCommand,
  options: RunOptions,
): Promise<string> {
  const answer = await transport.post(restPath(command), restBody(command), options);
  const refusal = readRestRefusal(restPath(command).join(' '), answer);
  if (refusal !== undefined) throw refusal;
  return answer.body;
}
