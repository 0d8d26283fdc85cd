// The shape of one CLI command, and how its objects are looked up: the code of a missing object depends on where it was named.
import { refuse } from '../model/codes.js';
import type { Role } from '../model/role.js';
import { find } from '../model/state.js';
import type { Machine } from '../machine.js';
import type { Arguments, Grammar } from './arguments.js';
import type { Output } from './output.js';
import { VIEW_SWITCHES, VIEW_VALUES } from './view.js';

export interface Caller {
  readonly user: string;
  readonly role: Role;
}

export interface Command {
  readonly grammar: Grammar;
  /** Changes state: written down before the answer goes out. */
  readonly changes: boolean;
  /** First code level that has it; absent: all. Below it the command answers CMMVC7205E. */
  readonly since?: string;
  /** A Copy Operator may: FlashCopy is started, stopped and tuned, nothing is created. */
  readonly copyOperator?: boolean;
  /** What the positional parameter is called in the specification of the CLI (`catxmlspec`); default `object_id`. */
  readonly objectName?: string;
  /** Runs before the command takes its turn; may wait, other commands go on meanwhile. */
  readonly before?: (
    machine: Machine,
    args: Arguments,
    run: (words: readonly string[]) => Promise<void>,
  ) => Promise<void>;
  /** Throws ArrayError. */
  readonly run: (machine: Machine, args: Arguments, caller: Caller) => Output | Promise<Output>;
}

export type Commands = Readonly<Record<string, Command>>;

export function listing(run: Command['run'], object?: 'required' | 'optional'): Command {
  const grammar = { values: VIEW_VALUES, switches: VIEW_SWITCHES, ...(object ? { object } : {}) };
  return { grammar, changes: false, run };
}

/** A listing that takes more flags than all of them do. */
export function listingWith(
  more: { readonly values?: readonly string[]; readonly switches?: readonly string[] },
  command: Command,
): Command {
  const { values = [], switches = [] } = command.grammar;
  const grammar = {
    ...command.grammar,
    values: [...values, ...(more.values ?? [])],
    switches: [...switches, ...(more.switches ?? [])],
  };
  return { ...command, grammar };
}

export function change(grammar: Grammar, run: Command['run']): Command {
  return { grammar, changes: true, run };
}

/** The same for a whole family. */
export const withEach = (commands: Commands, more: Partial<Command>): Commands =>
  Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [name, { ...command, ...more }]),
  );

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

export function must<T>(
  value: T | undefined,
  code: 'CMMVC5753E' | 'CMMVC5754E' | 'CMMVC5804E',
  name: string,
): T {
  if (value === undefined) throw refuse(code, name);
  return value;
}
