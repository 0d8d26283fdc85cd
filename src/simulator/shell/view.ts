// Concise and detailed views: what every ls command takes, and which rows a filter leaves.
import { refuse } from '../model/codes.js';
import type { Arguments } from './arguments.js';
import { matches } from './filter.js';
import type { Attribute, ConciseView, DetailedView, Row } from './output.js';

export type { Attribute, Row } from './output.js';

export type ViewArguments = Pick<Arguments, 'value' | 'has'> & {
  readonly object: string | undefined;
};

/** What every ls command takes. */
export const VIEW_VALUES = ['delim', 'filtervalue', 'unit'] as const;
export const VIEW_SWITCHES = ['nohdr', 'bytes', 'filtervalue?', 'gui'] as const;

/** Rows may be made late: what a filter on other columns drops costs nothing. */
export function concise(
  args: ViewArguments,
  columns: readonly string[],
  rows: readonly Row[],
): ConciseView {
  checkDelimiter(args);
  if (args.has('filtervalue?')) return attributeList(columns);
  const filter = args.value('filtervalue');
  if (filter !== undefined && args.object !== undefined) throw refuse('CMMVC5713E', '-filtervalue');
  const shown = filter === undefined ? rows : rows.filter((row) => matches(row, filter, columns));
  return { kind: 'concise', columns, rows: shown };
}

export function detailed(
  args: ViewArguments,
  attributes: readonly Attribute[],
  parts: Pick<DetailedView, 'list' | 'apart'> & { blocks?: DetailedView['blocks'] } = {},
): DetailedView {
  checkDelimiter(args);
  if (args.value('filtervalue') !== undefined) throw refuse('CMMVC5713E', '-filtervalue');
  return { kind: 'detailed', attributes, blocks: [], ...parts };
}

/** The named columns of a row, in their order. */
export const attributesOf = (row: Row, columns: readonly string[]): Attribute[] =>
  columns.map((name) => [name, row[name] ?? ''] as const);

/** Whole bytes with `-bytes`, else base 2 with two decimals: `1.00GB`. */
export function capacity(bytes: number, args: ViewArguments): string {
  if (args.has('bytes')) return String(bytes);
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  let value = bytes;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${value.toFixed(2)}${units[unit]}`;
}

/** For views whose rows belong to the object named: filtering them is allowed. */
export function withoutObject(args: Arguments): ViewArguments {
  return { value: (name) => args.value(name), has: (name) => args.has(name), object: undefined };
}

/** `-filtervalue?`: which attributes a filter may name. */
const attributeList = (columns: readonly string[]): ConciseView => ({
  kind: 'concise',
  columns: ['attribute'],
  rows: columns.map((attribute) => ({ attribute })),
});

function checkDelimiter(args: ViewArguments): void {
  const delimiter = args.value('delim');
  if (delimiter !== undefined && Buffer.byteLength(delimiter) !== 1)
    throw refuse('CMMVC5767E', '-delim');
}
