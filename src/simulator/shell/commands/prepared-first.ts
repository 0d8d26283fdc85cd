// `start... -prep`: one command that prepares, waits and then starts. Already prepared is fine; somebody else's unfinished prepare is refused.
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import type { GroupState } from '../../model/state.js';
import type { Command } from '../command.js';

const POLL_MS = 50;
/** Any command lets array time pass first. */
const BRING_TO_NOW = ['lsfcmap'];

export function preparedFirst(
  prestart: string,
  stateOf: (machine: Machine, name: string) => GroupState,
): NonNullable<Command['before']> {
  return async (machine, args, run) => {
    if (!args.has('prep')) return;
    const name = args.target();
    await run(BRING_TO_NOW);
    if (stateOf(machine, name) === 'prepared') return;
    await run([prestart, ...(args.has('restore') ? ['-restore'] : []), name]);
    while (stateOf(machine, name) === 'preparing') {
      await machine.clock.sleep(POLL_MS);
      await run(BRING_TO_NOW);
    }
    if (stateOf(machine, name) === 'stopped') throw refuse('CMMVC5908E', 'the flush failed');
  };
}
