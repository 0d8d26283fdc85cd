// The array's two output forms, read by header. Promise: a wrong value is never returned; what is cut, ragged or missing throws UNREADABLE_OUTPUT.
import { FlashCopyError } from '../../domain/errors.js';
import { DELIMITER } from './command.js';

const EXCERPT = 160;

/** The text is not what the command promises. The excerpt is limited and printable; nothing else of the output travels. */
export function unreadable(what: string, why: string, text: string): FlashCopyError {
  const excerpt = text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, EXCERPT);
  return new FlashCopyError({
    family: 'parse',
    code: 'UNREADABLE_OUTPUT',
    message: `${what}: ${why}`,
    outcome: 'unknown',
    retry: 'after-check',
    details: { command: what, excerpt },
  });
}

/** One object: a row of a listing, or a detailed view. Every accessor throws rather than guess. */
export class Row {
  constructor(
    private readonly what: string,
    private readonly fields: ReadonlyMap<string, string>,
  ) {}

  text(column: string): string {
    return this.fields.get(column) ?? this.#refuse(column, 'is missing');
  }

  /** For columns that older code levels do not have. */
  textOr(column: string, otherwise: string): string {
    return this.fields.get(column) ?? otherwise;
  }

  filled(column: string): string {
    const text = this.text(column);
    return text === '' ? this.#refuse(column, 'is empty') : text;
  }

  matching(column: string, pattern: RegExp): string {
    const text = this.text(column);
    return pattern.test(text) ? text : this.#refuse(column, 'has an unknown form');
  }

  integer(column: string, range: { readonly max?: number } = {}): number {
    const value = Number(this.matching(column, /^\d{1,16}$/));
    return value <= (range.max ?? Number.MAX_SAFE_INTEGER) ? value : this.#refuse(column, 'is out of range');
  }

  oneOf<T extends string>(column: string, values: readonly T[]): T {
    const text = this.text(column);
    return values.find((value) => value === text) ?? this.#refuse(column, `is none of ${values.join(', ')}`);
  }

  /** `yes`/`no` and `on`/`off`. */
  flag(column: string): boolean {
    const text = this.oneOf(column, ['yes', 'on', 'no', 'off']);
    return text === 'yes' || text === 'on';
  }

  #refuse(column: string, why: string): never {
    throw unreadable(this.what, `column ${column} ${why}`, [...this.fields].map((f) => f.join(DELIMITER)).join(' '));
  }
}

/** A listing: header line, then one line per object. Nothing at all means no objects; a header alone is no answer. */
export function parseListing(what: string, text: string): Row[] {
  const [header, ...lines] = completeLines(what, text);
  if (header === undefined) return [];
  const columns = header.split(DELIMITER);
  if (columns.length < 2 || columns.some((column) => !/^[A-Za-z][A-Za-z0-9_ ]*$/.test(column)))
    throw unreadable(what, 'the first line is no header', text);
  if (new Set(columns).size !== columns.length) throw unreadable(what, 'a column stands twice in the header', header);
  if (lines.length === 0) throw unreadable(what, 'a header without rows', text);
  return lines.map((line) => {
    const cells = line.split(DELIMITER);
    if (cells.length !== columns.length)
      throw unreadable(what, `a row has ${cells.length} fields, the header ${columns.length}`, line);
    return new Row(what, new Map(columns.map((column, i) => [column, cells[i] ?? ''])));
  });
}

/** A detailed view: one `key!value` line each. Blocks repeat their keys (volume copies, group members): the object's own come first and count. */
export function parseDetails(what: string, text: string): Row {
  const lines = completeLines(what, text).filter((line) => line !== '');
  if (lines.length === 0) throw unreadable(what, 'no output', text);
  return detailsOf(what, lines);
}

/** The complete lines of a view whose end may be lost. */
export function parsePartialDetails(what: string, text: string): Row {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return detailsOf(
    what,
    lines.filter((line) => line !== ''),
  );
}

function detailsOf(what: string, lines: readonly string[]): Row {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const cut = line.indexOf(DELIMITER);
    if (cut < 1) throw unreadable(what, 'a line without a name', line);
    const key = line.slice(0, cut);
    if (!fields.has(key)) fields.set(key, line.slice(cut + 1));
  }
  return new Row(what, fields);
}

/** The last line must be ended: an output cut in the middle of its last value would read like a value. */
function completeLines(what: string, text: string): string[] {
  if (text === '') return [];
  if (!text.endsWith('\n')) throw unreadable(what, 'the last line is cut', text.slice(-EXCERPT));
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
}
