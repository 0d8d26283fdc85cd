// One command over the REST door: its answer when it was carried out, its refusal thrown otherwise.
import type { RestTransport, RunOptions } from '../../transport/transport.js';
import { restBody, restPath, type SvcCommand } from './command.js';
import { readRestRefusal, restWarningsOf } from './errors.js';

export interface CarriedOut {
  readonly body: string;
  /** Otherwise warnings stand in the place of success. */
  readonly good: boolean;
  readonly warnings: readonly string[];
}

export async function callRest(
  transport: RestTransport,
  command: SvcCommand,
  options: RunOptions,
): Promise<CarriedOut> {
  const answer = await transport.post(restPath(command), restBody(command), options);
  const refusal = readRestRefusal(restPath(command).join(' '), answer);
  if (refusal !== undefined) throw refusal;
  const warnings = restWarningsOf(answer);
  return { body: answer.body, good: answer.status < 300, warnings };
}
