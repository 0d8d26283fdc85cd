// The shape of one CLI command, and how its objects are looked up: the code of a missing object depends on where it was named.
import { refuse } from '../model/codes.js';
import { find } from '../model/state.js';
import type { Machine } from '../machine.js';
import type { Arguments, Grammar } from './arguments.js';
import { VIEW_SWITCHES, VIEW_VALUES } from './view.js';

export interface Caller {
  readonly user: string;
}

export interface Command {
  readonly grammar: Grammar;
  /** Changes state: written down before the answer goes out. */
  readonly changes: boolean;
  /** Runs before the command takes its turn; may wait, other commands go on meanwhile. */
  readonly before?: (
    machine: Machine,
    args: Arguments,
    run: (words: readonly string[]) => Promise<void>,
  ) => Promise<void>;
  /** Answers standard output; throws ArrayError. */
  readonly run: (machine: Machine, args: Arguments, caller: Caller) => string | Promise<string>;
}

export type Commands = Readonly<Record<string, Command>>;

export function listing(run: Command['run'], object?: 'required' | 'optional'): Command {
  const grammar = { values: VIEW_VALUES, switches: VIEW_SWITCHES, ...(object ? { object } : {}) };
  return { grammar, changes: false, run };
}

export function change(grammar: Grammar, run: Command['run']): Command {
  return { grammar, changes: true, run };
}

type Named = { readonly id: number; readonly name: string };

/** The object of an ls command: CMMVC5754E when missing. */
export const shown = <T extends Named>(objects: readonly T[], name: string): T =>
  must(find(objects, name), 'CMMVC5754E', name);

/** The object a change acts on: CMMVC5753E when missing. */
export const acted = <T extends Named>(objects: readonly T[], name: string): T =>
  must(find(objects, name), 'CMMVC5753E', name);

/** An object named by a flag: CMMVC5804E when missing. */
export const named = <T extends Named>(objects: readonly T[], name: string): T =>
  must(find(objects, name), 'CMMVC5804E', name);

function must<T>(value: T | undefined, code: 'CMMVC5753E' | 'CMMVC5754E' | 'CMMVC5804E', name: string): T {
  if (value === undefined) throw refuse(code, name);
  return value;
}
