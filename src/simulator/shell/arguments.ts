// Flags and object of one command, checked against what the command takes: an unknown flag is CMMVC5709E, a missing or doubled one CMMVC5707E.
import { refuse } from '../model/codes.js';

export interface Grammar {
  /** Flags that take a value. */
  readonly values?: readonly string[];
  readonly switches?: readonly string[];
  /** The object named last on the line. */
  readonly object?: 'required' | 'optional';
}

export class Arguments {
  constructor(
    private readonly values: ReadonlyMap<string, string>,
    private readonly switches: ReadonlySet<string>,
    readonly object: string | undefined,
  ) {}

  has(name: string): boolean {
    return this.switches.has(name) || this.values.has(name);
  }

  value(name: string): string | undefined {
    return this.values.get(name);
  }

  required(name: string): string {
    const value = this.values.get(name);
    if (value === undefined) throw refuse('CMMVC5707E', `-${name}`);
    return value;
  }

  /** The object of a command that needs one. */
  target(): string {
    if (this.object === undefined) throw refuse('CMMVC5701E');
    return this.object;
  }

  /** Throws CMMVC5767E outside the range. */
  integer(name: string, range: { min: number; max: number }): number | undefined {
    const value = this.values.get(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < range.min || number > range.max)
      throw refuse('CMMVC5767E', `-${name} ${value}`);
    return number;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.values.get(name);
    if (value === undefined) return undefined;
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) throw refuse('CMMVC5767E', `-${name} ${value}`);
    return chosen;
  }
}

export function parseArguments(words: readonly string[], grammar: Grammar): Arguments {
  const values = new Map<string, string>();
  const switches = new Set<string>();
  let object: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      if (object !== undefined || grammar.object === undefined) throw refuse('CMMVC5709E', word);
      object = word;
      continue;
    }
    const name = word.slice(1);
    if (values.has(name) || switches.has(name)) throw refuse('CMMVC5707E', word);
    if (grammar.switches?.includes(name) === true) switches.add(name);
    else if (grammar.values?.includes(name) === true) {
      const value = words[++at];
      if (value === undefined) throw refuse('CMMVC5707E', word);
      values.set(name, value);
    } else throw refuse('CMMVC5709E', word);
  }
  if (grammar.object === 'required' && object === undefined) throw refuse('CMMVC5701E');
  return new Arguments(values, switches, object);
}
