// How commands that start and stop read their flags. `start... -prep`: one command that prepares, waits and then starts. Already prepared is fine; somebody else's unfinished prepare is refused.
import type { StopKind } from '../../flashcopy/lifecycle.js';
import type { Machine } from '../../machine.js';
import { refuse } from '../../model/codes.js';
import { checkLegal } from '../../model/legality.js';
import type { GroupState, Mapping } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
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
    const state = stateOf(machine, name);
    if (state === 'prepared') {
      if (machine.profile.prepOfPrepared === 'refused') throw refuse('CMMVC5902E', name);
      return;
    }
    // Refused as the start that it is: who starts what copies is told so (CMMVC5907E).
    if (state !== 'idle_or_copied' && state !== 'stopped') checkLegal('start', state, machine);
    await run([prestart, ...(args.has('restore') ? ['-restore'] : []), name]);
    while (stateOf(machine, name) === 'preparing') {
      await machine.clock.sleep(POLL_MS);
      await run(BRING_TO_NOW);
    }
    if (stateOf(machine, name) === 'stopped') throw refuse('CMMVC5908E', 'the flush failed');
  };
}

/** `-force` and `-split` exclude each other; a split needs every copy at 100 %. */
export function stopKind(args: Arguments, mappings: readonly Mapping[]): StopKind {
  if (args.has('force') && args.has('split')) throw refuse('CMMVC5713E', '-split');
  if (args.has('split') && mappings.some(({ pending }) => pending.size > 0))
    throw refuse('CMMVC5767E', '-split below 100 percent');
  return args.has('force') ? 'force' : args.has('split') ? 'split' : 'cleaning';
}
