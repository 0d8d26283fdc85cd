// Concise and detailed views as the CLI prints them: `-delim`, `-nohdr`, `-filtervalue`. No rows = nothing at all, not even a header.
import { refuse } from '../model/codes.js';
import type { Arguments } from './arguments.js';
import { matches } from './filter.js';

export type Row = Readonly<Record<string, string>>;
export type Attribute = readonly [name: string, value: string];

export type ViewArguments = Pick<Arguments, 'value' | 'has'> & { readonly object: string | undefined };

/** What every ls command takes. */
export const VIEW_VALUES = ['delim', 'filtervalue'] as const;
export const VIEW_SWITCHES = ['nohdr', 'bytes'] as const;

export function concise(args: ViewArguments, columns: readonly string[], rows: readonly Row[]): string {
  const filter = args.value('filtervalue');
  if (filter !== undefined && args.object !== undefined) throw refuse('CMMVC5713E', '-filtervalue');
  const shown = filter === undefined ? rows : rows.filter((row) => matches(row, filter, columns));
  if (shown.length === 0) return '';
  const table = [
    ...(args.has('nohdr') ? [] : [columns]),
    ...shown.map((row) => columns.map((name) => row[name] ?? '')),
  ];
  const delimiter = delimiterOf(args);
  if (delimiter !== undefined) return lines(table.map((cells) => cells.join(delimiter)));
  const widths = columns.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
  return lines(
    table.map((cells) =>
      cells
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join(' ')
        .trimEnd(),
    ),
  );
}

/** One attribute a line; repeating blocks repeat their names. */
export function detailed(args: ViewArguments, attributes: readonly Attribute[]): string {
  if (args.value('filtervalue') !== undefined) throw refuse('CMMVC5713E', '-filtervalue');
  const delimiter = delimiterOf(args) ?? ' ';
  return lines(attributes.map(([name, value]) => (args.has('nohdr') ? value : `${name}${delimiter}${value}`)));
}

/** Whole bytes with `-bytes`, else base 2 with two decimals: `1.00GB`. */
export function capacity(bytes: number, args: ViewArguments): string {
  if (args.has('bytes')) return String(bytes);
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  let value = bytes;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${value.toFixed(2)}${units[unit]}`;
}

function delimiterOf(args: ViewArguments): string | undefined {
  const delimiter = args.value('delim');
  if (delimiter !== undefined && Buffer.byteLength(delimiter) !== 1) throw refuse('CMMVC5767E', '-delim');
  return delimiter;
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

/** For views whose rows belong to the object named: filtering them is allowed. */
export function withoutObject(args: Arguments): ViewArguments {
  return { value: (name) => args.value(name), has: (name) => args.has(name), object: undefined };
}
