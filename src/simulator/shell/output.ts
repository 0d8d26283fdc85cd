// What a command answers, before a door gives it a form: text over SSH, JSON over REST.
import type { Arguments } from './arguments.js';

export type Row = Readonly<Record<string, string>>;
export type Attribute = readonly [name: string, value: string];

export interface ConciseView {
  readonly kind: 'concise';
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export interface DetailedView {
  readonly kind: 'detailed';
  readonly attributes: readonly Attribute[];
  /** Parts that repeat: volume copies, host ports, members of a group. */
  readonly blocks: readonly (readonly Attribute[])[];
  /** Set: REST puts the blocks into the object under this name, else behind it in an array. */
  readonly list?: string;
  /** A blank line stands before each block of the text. */
  readonly apart?: boolean;
}

/** A text is the message of a creation, or nothing. */
export type Output = string | ConciseView | DetailedView;

export function textOf(output: Output, args: Pick<Arguments, 'value' | 'has'>): string {
  if (typeof output === 'string') return output;
  return output.kind === 'concise' ? conciseText(output, args) : detailedText(output, args);
}

/** No rows: nothing at all, not even a header. */
function conciseText(
  { columns, rows }: ConciseView,
  args: Pick<Arguments, 'value' | 'has'>,
): string {
  if (rows.length === 0) return '';
  const table = [
    ...(args.has('nohdr') ? [] : [columns]),
    ...rows.map((row) => columns.map((name) => row[name] ?? '')),
  ];
  const delimiter = args.value('delim');
  if (delimiter !== undefined) return lines(table.map((cells) => cells.join(delimiter)));
  const widths = columns.map((_, at) =>
    table.reduce((width, cells) => Math.max(width, cells[at]?.length ?? 0), 0),
  );
  return lines(
    table.map((cells) =>
      cells
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join(' ')
        .trimEnd(),
    ),
  );
}

/** One attribute a line; with `-nohdr` the values alone. */
function detailedText(
  { attributes, blocks, apart }: DetailedView,
  args: Pick<Arguments, 'value' | 'has'>,
): string {
  const delimiter = args.value('delim') ?? ' ';
  const text = (part: readonly Attribute[]): string =>
    lines(part.map(([name, value]) => (args.has('nohdr') ? value : `${name}${delimiter}${value}`)));
  return [attributes, ...blocks].map(text).join(apart === true ? '\n' : '');
}

/** Every value is a string, numbers included. */
export function jsonOf(output: Output): unknown {
  if (typeof output === 'string') {
    const id = /\[(\d+)\]/.exec(output)?.[1];
    return id === undefined ? output.trimEnd() : { id, message: output.trimEnd() };
  }
  if (output.kind === 'concise')
    return output.rows.map((row) =>
      Object.fromEntries(output.columns.map((name) => [name, row[name] ?? ''])),
    );
  const main = Object.fromEntries(output.attributes) as Record<string, unknown>;
  const blocks = output.blocks.map((block) => Object.fromEntries(block));
  if (output.list !== undefined) return { ...main, [output.list]: blocks };
  return blocks.length === 0 ? main : [main, ...blocks];
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
